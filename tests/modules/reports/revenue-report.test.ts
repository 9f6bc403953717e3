import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY_MS } from '../../../src/core/duration.js'
import { formatDecimal } from '../../../src/core/money.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { MRR_LAW } from '../../support/mrr-law.js'
import { cancelSubscription, dataOf, grantCredit, order, readOrder, recordPayment, reversePayment } from '../../support/payments.js'
import { buyPlan, changePlanNow, confirmRefund, must, payOutBalance, requestRefund } from '../../support/refunds.js'
import { applyPlan, cancelPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { AMOUNTS, REPORT, type ReportRow, readReport, wrongMrr } from './report.js'

// DOMAIN: "Reports". A year of several customers. Prices include 19% tax: Starter is 420 net, Pro 1261, Pro for a year
// 12605, which is 1050 per month, and the plan in EUR 839.

const ZONE = 'Europe/Berlin'
let server: TestServer
let plans: Catalog
let yearly: string
let euro: string
/** What the report of the first months was before the others. */
let early: ReportRow[]
let rows: ReportRow[]

const ask = (who: number | 'admin', query: string, variables?: object) => dataOf(server.ask(who, query, variables))

async function createPlan(input: object): Promise<string> {
  const { createPlan } = await ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', { input })
  return createPlan.plan.id.replace('plan_', '')
}

const isUnpaidOnPurpose = new Set<string>()

/** Pays every open invoice, as customers do who are not late. */
async function payInvoices(): Promise<void> {
  const open = await server.services.db.invoice.findMany({ where: { status: 'OPEN', kind: 'INVOICE' } })
  for (const { id, total, creditedTotal, paidTotal, currency } of open) {
    if (isUnpaidOnPurpose.has(`inv_${id}`)) continue
    const amount = { minorUnits: Number(total - creditedTotal - paidTotal), currency }
    await dataOf(recordPayment(server, { invoiceId: String(id), amount: amount.minorUnits, reference: `transfer ${id}` }))
  }
}

/** Lets the time pass, a few days at a time, with what is due in between. */
async function advance(to: string): Promise<void> {
  const end = new Date(to).getTime()
  for (let at = server.clock.now().getTime(); at < end; ) {
    at = Math.min(end, at + 6 * DAY_MS)
    server.clock.set(new Date(at).toISOString())
    await server.tick()
    await payInvoices()
  }
}

const join = (user: number) =>
  ask(user, 'mutation { setBillingDetails(input: { name: "Ada", country: "DE" }) { billingDetails { country } } }')

async function buy(user: number, planId: string): Promise<string> {
  await join(user)
  return buyPlan(server, user, planId)
}

beforeAll(async () => {
  const environment = {
    INVOICE_TIME_ZONE: ZONE,
    INVOICE_ISSUED_FROM_COUNTRY: 'DE',
    INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976',
    PRICES_INCLUDE_TAX: 'true',
    RATE_LIMIT_POINTS: '1000000000',
    RATE_LIMIT_RESTORE_RATE: '1000000',
  }
  server = await startServer({ now: '2026-01-10T10:00:00.000Z', environment })
  plans = await createCatalog(server)
  yearly = await createPlan({
    slug: 'y',
    name: 'Yearly',
    type: 'PAID',
    rank: 4,
    interval: 'YEAR',
    price: { minorUnits: 15000, currency: 'USD' },
  })
  euro = await createPlan({ slug: 'e', name: 'Euro', type: 'PAID', rank: 5, price: { minorUnits: 999, currency: 'EUR' } })
  for (const customerType of ['USER', 'ORGANISATION']) {
    const input = { country: 'DE', customerType, basisPoints: 1900 }
    await ask('admin', 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { taxRate { country } } }', { input })
  }
  // January: two customers. 101 changes plans, 103 will leave.
  await buy(101, plans.starter)
  await advance('2026-01-20T10:00:00.000Z')
  await buy(103, plans.pro)
  // 104 has a plan as a gift, and 105 one that nobody collects for.
  await join(104)
  must(await applyPlan(server, { userId: '104', planId: plans.pro, amount: 0 }))
  await join(105)
  must(await applyPlan(server, { userId: '105', planId: plans.pro }))
  await advance('2026-02-16T10:00:00.000Z')
  await changePlanNow(server, 101, plans.pro)
  // 102 buys a year on 1 March and gets all of it back within the month; the money is paid out in April.
  await advance('2026-03-01T10:00:00.000Z')
  const orderId = await buy(102, yearly)
  await advance('2026-03-05T10:00:00.000Z')
  const { refund } = must(await requestRefund(server, 102, { orderId })).requestRefund
  // The downgrade happens on 10 April.
  await advance('2026-03-20T10:00:00.000Z')
  await ask(101, 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { subscription { status } } }', {
    input: { planId: plans.starter, when: 'PERIOD_END' },
  })
  await advance('2026-04-03T10:00:00.000Z')
  must(await confirmRefund(server, 'admin', { partId: refund.parts[0].id, reference: 'SEPA 1' }))
  await advance('2026-04-10T10:00:00.000Z')
  // 103 cancels on 5 May, and has the plan until the 20th.
  await advance('2026-05-05T10:00:00.000Z')
  await dataOf(cancelSubscription(server, 103))
  await advance('2026-05-20T10:00:00.000Z')
  early = await readReport(server, '2026-01', '2026-04')
  // 106 buys a plan until 15 July.
  await advance('2026-06-01T10:00:00.000Z')
  await join(106)
  const fixedTerm = await order(server, 106, plans.pro)
  must(await applyPlan(server, { userId: '106', planId: plans.pro, orderId: fixedTerm, expiresAt: '2026-07-15T10:00:00.000Z' }))
  await advance('2026-07-03T10:00:00.000Z')
  await buy(108, euro)
  await advance('2026-07-15T10:00:00.000Z')
  // An organisation buys on 1 August; its plan is cancelled on the 16th, with the unused share on the balance.
  await advance('2026-08-01T10:00:00.000Z')
  await createOrganisation(server, 7, { 110: 'OWNER' })
  await ask(
    110,
    'mutation { setBillingDetails(input: { organisationId: "7", name: "Engines", country: "DE" }) { billingDetails { country } } }',
  )
  const placed = must(await placeOrder(server, 110, { planId: plans.pro, organisationId: '7' })).placeOrder.order.id
  must(await applyPlan(server, { userId: '110', organisationId: '7', planId: plans.pro, orderId: placed }))
  await advance('2026-08-16T10:00:00.000Z')
  must(await cancelPlan(server, { userId: '110', organisationId: '7' }))
  await advance('2026-09-02T10:00:00.000Z')
  must(
    await payOutBalance(server, 'admin', {
      organisationId: '7',
      amount: 500,
      currency: 'USD',
      reason: 'Account closed',
      reference: 'SEPA 2',
    }),
  )
  const granted = { amount: { minorUnits: 300, currency: 'EUR' }, expiresAt: '2026-11-10T10:00:00.000Z' }
  await dataOf(grantCredit(server, { organisationId: '7', ...granted }))
  // The transfer of 111 bounces at the end of October, and is repeated in November.
  await advance('2026-10-29T10:00:00.000Z')
  const late = await buy(111, plans.pro)
  const { invoice } = await readOrder(server, late)
  isUnpaidOnPurpose.add(invoice.id)
  await advance('2026-10-30T10:00:00.000Z')
  await dataOf(reversePayment(server, { paymentId: invoice.payments[0].id }))
  await advance('2026-11-01T10:00:00.000Z')
  isUnpaidOnPurpose.clear()
  await payInvoices()
  // 22:30 UTC is still 2026 in Berlin, 23:30 UTC is 2027.
  await advance('2026-12-31T22:30:00.000Z')
  await buy(112, yearly)
  await advance('2026-12-31T23:30:00.000Z')
  await buy(113, plans.pro)
  await advance('2027-01-05T10:00:00.000Z')
  rows = await readReport(server, '2026-01', '2027-01')
}, 600_000)
afterAll(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

const mrrOf = (currency: string) =>
  rows
    .filter((row) => row.currency === currency)
    .map(({ month, mrrStart, newMrr, expansion, contraction, churn, mrrEnd, activeCustomers }) =>
      [month, mrrStart, newMrr, expansion, contraction, churn, mrrEnd, activeCustomers].join(' '),
    )

describe('the MRR', () => {
  test('of a year is the net price per month of the live paid subscriptions, by start, new, expansion, contraction, churn and end', () => {
    expect(mrrOf('USD')).toEqual([
      '2026-01 0 1681 0 0 0 1681 2',
      '2026-02 1681 0 841 0 0 2522 2',
      '2026-03 2522 0 0 0 0 2522 2',
      '2026-04 2522 0 0 841 0 1681 2',
      '2026-05 1681 0 0 0 1261 420 1',
      '2026-06 420 1261 0 0 0 1681 2',
      '2026-07 1681 0 0 0 1261 420 1',
      '2026-08 420 0 0 0 0 420 1',
      '2026-09 420 0 0 0 0 420 1',
      '2026-10 420 1261 0 0 0 1681 2',
      '2026-11 1681 0 0 0 0 1681 2',
      '2026-12 1681 1050 0 0 0 2731 3',
      '2027-01 2731 1261 0 0 0 3992 4',
    ])
  })

  test('of another currency has rows of its own', () => {
    const changed = mrrOf('EUR').filter((row) => /^2026-0[678]/.test(row))
    expect(changed).toEqual(['2026-06 0 0 0 0 0 0 0', '2026-07 0 839 0 0 0 839 1', '2026-08 839 0 0 0 0 839 1'])
  })

  test('adds up within each month and from one to the next', () => {
    expect(rows.map(({ currency, month }) => `${currency} ${month}`)).toEqual(
      ['EUR', 'USD'].flatMap((currency) => mrrOf('USD').map((row) => `${currency} ${row.slice(0, 7)}`)),
    )
    expect(wrongMrr(rows)).toEqual([])
  })

  test('of a past month does not change later', async () => {
    const later = rows.filter(({ month, currency }) => month <= '2026-04' && currency === 'USD')
    expect(later).toEqual(early)
  })

  test('is recorded in a history that refuses changes', async () => {
    for (const statement of ['UPDATE mrr_changes SET amount = amount + 1', 'DELETE FROM mrr_changes', 'TRUNCATE mrr_changes'])
      await expect(server.owner.query(statement)).rejects.toThrow('the history of the MRR is never changed or removed')
  })

  test('of the last month is what the live subscriptions are sold for, without tax', async () => {
    const gross = (await server.owner.query<{ wrong: string }>(MRR_LAW)).rows.map(({ wrong }) => /(\d+), but recorded is (\d+)/.exec(wrong))
    expect(gross.map((amounts) => amounts?.slice(1).map(Number)).sort()).toEqual([
      [1250, 1050],
      [1500, 1261],
      [1500, 1261],
      [500, 420],
      [999, 839],
    ])
  })
})

/** The month of a moment in the time zone of the seller, not by the code of the report. */
const monthOf = (at: Date) => new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, year: 'numeric', month: '2-digit' }).format(at)

describe('the other amounts', () => {
  test('equal the postings of the ledger in every month and currency, to the cent', async () => {
    const postings = await server.services.db.ledgerPosting.findMany()
    const kinds = [...new Set(postings.map(({ kind }) => kind))].sort()
    expect(kinds).toEqual(['BALANCE_PAYMENT', 'CREDIT_NOTE', 'GRANT', 'GRANT_EXPIRY', 'INVOICE', 'PAYMENT', 'REFUND', 'REVERSAL'])
    for (const row of rows) {
      const isBefore = (at: Date) => monthOf(at) <= row.month
      const ofCurrency = postings.filter(({ currency }) => currency === row.currency)
      const inMonth = ofCurrency.filter(({ at }) => monthOf(at) === row.month)
      const sum = (list: typeof postings, amountOf: (posting: (typeof postings)[number]) => bigint) =>
        Number(list.reduce((total, posting) => total + amountOf(posting), 0n))
      const ofKind = (...kinds: string[]) => inMonth.filter(({ kind }) => kinds.includes(kind))
      expect(row).toMatchObject({
        invoiced: sum(ofKind('INVOICE'), ({ receivable }) => receivable),
        credited: sum(ofKind('CREDIT_NOTE'), ({ revenue, tax, providerTax }) => revenue + tax + providerTax),
        revenue: sum(inMonth, ({ revenue }) => -revenue),
        tax: sum(inMonth, ({ tax }) => -tax),
        providerTax: sum(inMonth, ({ providerTax }) => -providerTax),
        received: sum(ofKind('PAYMENT', 'REVERSAL'), ({ cash }) => cash),
        refunded: sum(ofKind('REFUND', 'CREDIT_NOTE'), ({ cash }) => -cash),
        granted: sum(ofKind('GRANT', 'GRANT_EXPIRY'), ({ balance }) => -balance),
        balance: sum(
          ofCurrency.filter(({ at }) => isBefore(at)),
          ({ balance }) => -balance,
        ),
        receivable: sum(
          ofCurrency.filter(({ at }) => isBefore(at)),
          ({ receivable }) => receivable,
        ),
      })
    }
  })

  test('equal the documents, the payments and the refunds of every month', async () => {
    const { db } = server.services
    const documents = await db.invoice.findMany()
    const payments = await db.payment.findMany({ where: { kind: { not: 'BALANCE' } } })
    const parts = await db.refundPart.findMany({ where: { status: 'DONE', destination: 'ORIGINAL' }, include: { refund: true } })
    for (const row of rows) {
      const total = (list: readonly { at: Date | null; currency: string; amount: bigint }[]) =>
        Number(
          list
            .filter(({ at, currency }) => currency === row.currency && at !== null && monthOf(at) === row.month)
            .reduce((sum, { amount }) => sum + amount, 0n),
        )
      const documentsOf = (isCredit: boolean, amount: 'total' | 'tax') =>
        total(
          documents
            .filter(({ kind }) => (kind === 'CREDIT_NOTE') === isCredit)
            .map((document) => ({ ...document, at: document.issuedAt, amount: document[amount] })),
        )
      expect(row).toMatchObject({
        invoiced: documentsOf(false, 'total'),
        credited: documentsOf(true, 'total'),
        tax: documentsOf(false, 'tax') - documentsOf(true, 'tax'),
        received:
          total(payments.map((payment) => ({ ...payment, at: payment.createdAt }))) -
          total(payments.map((payment) => ({ ...payment, at: payment.reversedAt }))),
        refunded: total(parts.map(({ doneAt, amount, refund: { currency } }) => ({ at: doneAt, currency, amount }))),
      })
    }
  })

  test('obey the law of the ledger in every month', () => {
    for (const [index, row] of rows.entries()) {
      const before = rows[index - 1]
      const { balance, receivable } = before?.currency === row.currency ? before : { balance: 0, receivable: 0 }
      expect(row.received + row.granted - row.refunded).toBe(
        row.invoiced - row.credited + (row.balance - balance) - (row.receivable - receivable),
      )
      expect(row.invoiced - row.credited - row.granted).toBe(row.revenue + row.tax + row.providerTax)
    }
  })

  test('are those of the events of that year', () => {
    const find = (month: string, currency = 'USD') => rows.find((row) => row.month === month && row.currency === currency)
    expect(find('2026-03')).toMatchObject({ credited: 15000, refunded: 0, balance: 15000 })
    expect(find('2026-04')).toMatchObject({ refunded: 15000, balance: 0 })
    expect(find('2026-08')).toMatchObject({ credited: 774, balance: 774 })
    expect(find('2026-09')).toMatchObject({ refunded: 500, balance: 274 })
    expect(find('2026-10')).toMatchObject({ receivable: 1500 })
    expect(find('2026-11')).toMatchObject({ receivable: 0 })
    expect(find('2026-09', 'EUR')).toMatchObject({ granted: 300 })
    expect(find('2026-11', 'EUR')).toMatchObject({ granted: -300 })
  })
})

describe('the arguments', () => {
  test('select the months and the currency; the first month begins with what was before', async () => {
    const [row, ...others] = await readReport(server, '2026-05', '2026-05', 'USD')
    expect(others).toEqual([])
    expect(row).toEqual(rows.find(({ month, currency }) => month === '2026-05' && currency === 'USD'))
    expect(await readReport(server, '2026-05', '2026-12')).toEqual(rows.filter(({ month }) => month >= '2026-05' && month <= '2026-12'))
  })

  test('may name a currency in which nothing was sold: its rows are zero', async () => {
    const [row] = await readReport(server, '2026-05', '2026-05', 'JPY')
    expect(row).toEqual({ month: '2026-05', currency: 'JPY', activeCustomers: 0, ...Object.fromEntries(AMOUNTS.map((name) => [name, 0])) })
  })

  test.each([
    ['from', { from: '2026-13', to: '2027-01' }, 'from: must be a month, for example 2026-01'],
    ['from', { from: '2026-1', to: '2027-01' }, 'from: must be a month, for example 2026-01'],
    ['to', { from: '2026-03', to: '2026-02' }, 'to: must not be before from'],
    ['to', { from: '2026-03', to: '2027-02' }, 'to: must not be after the current month, 2027-01'],
    ['to', { from: '2024-01', to: '2027-01' }, 'to: must be at most 36 months from from, both included'],
  ])('%s is refused in %o', async (field, variables, message) => {
    const { errors } = await server.ask('admin', REPORT, variables)
    expect(errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT', field } })
  })

  test('has the twelve months up to now, unless it names others', async () => {
    const months = async (range: string) => {
      const { revenueReport } = await ask('admin', `{ revenueReport(currency: "USD"${range}) { month } }`)
      return revenueReport.map(({ month }: any) => month)
    }
    expect(await months('')).toEqual(
      rows.filter(({ currency, month }) => currency === 'USD' && month > '2026-01').map(({ month }) => month),
    )
    expect(await months(', from: "2026-12"')).toEqual(['2026-12', '2027-01'])
    expect((await months(', to: "2026-12"')).at(0)).toBe('2026-01')
  })

  test('may span 36 months', async () => {
    expect(await readReport(server, '2024-02', '2027-01', 'USD')).toHaveLength(36)
  })

  test('are for administrators only', async () => {
    const variables = { from: '2026-01', to: '2026-02' }
    expect(codeOf(await server.ask(101, REPORT, variables))).toBe('FORBIDDEN')
    expect(codeOf(await server.ask(undefined, REPORT, variables))).toBe('UNAUTHENTICATED')
  })
})

describe('the export', () => {
  async function download(query: string, format = 'csv', who: 'admin' | number = 'admin') {
    const token = who === 'admin' ? await server.token(1, 'admin') : await server.token(who)
    const response = await fetch(`${server.url}/export/revenue.${format}?${query}`, { headers: { authorization: `Bearer ${token}` } })
    return { status: response.status, text: Buffer.from(await response.arrayBuffer()).toString() }
  }

  /** The names of the columns, which differ from the fields only for what is new. */
  const columnOf = (name: string) => (name === 'newMrr' ? 'new' : name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))

  test.each(['csv', 'jsonl'])('as %s has the rows of the query, with decimal amounts', async (format) => {
    const { status, text } = await download('from=2026-01&to=2027-01', format)
    expect(status).toBe(200)
    const found =
      format === 'csv'
        ? parse(text, { columns: true, bom: true, record_delimiter: '\r\n' })
        : text
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line))
    const expected = rows.map(({ month, currency, activeCustomers, ...amounts }) => ({
      month,
      currency,
      active_customers: String(activeCustomers),
      ...Object.fromEntries(AMOUNTS.map((name) => [columnOf(name), formatDecimal({ minorUnits: BigInt(amounts[name]), currency })])),
    }))
    expect(found).toEqual(expected)
    // A negative amount remains a number.
    expect(rows.some((row) => AMOUNTS.some((name) => row[name] < 0))).toBe(true)
    expect(text).not.toContain("'-")
  })

  test('takes the arguments of the query, and refuses others', async () => {
    const { text } = await download('from=2026-05&to=2026-05&currency=USD', 'jsonl')
    expect(text.trimEnd().split('\n')).toHaveLength(1)
    expect((await download('from=2026-05')).status).toBe(400)
    expect((await download('from=2026-05&to=2026-04')).text).toContain('query.to')
    expect((await download('from=2026-05&to=2026-05&plan=1')).status).toBe(400)
    expect((await download('from=2026-05&to=2026-05&currency=usd')).status).toBe(400)
    expect((await download('from=2026-05&to=2026-05', 'csv', 101)).status).toBe(403)
  })
})
