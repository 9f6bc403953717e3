import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { checkLedger } from '../../support/ledger.js'
import {
  buy,
  buyUnpaid,
  countLedgerRows,
  dataOf,
  order,
  readBalances,
  readEntries,
  readInvoice,
  readOrder,
  readPostings,
  recordPayment,
} from '../../support/payments.js'
import { applyPlan, cancelOrder, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
let server: TestServer
let plans: Catalog
let user = 500

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
})
afterAll(async () => {
  expect(await checkLedger(server)).toEqual([])
  await server.close()
})
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await server.ask(user, '{ me { id } }')
})

const record = async (input: object) => (await dataOf(recordPayment(server, input))).recordPayment
const plan = async () => (await dataOf(server.ask(user, '{ subscription { plan { slug } collection } }'))).subscription
const pay = (amount: number, held = 0) => ({
  amount: { minorUnits: amount },
  available: { minorUnits: amount - held },
  held: { minorUnits: held },
  granted: { minorUnits: 0 },
})

describe('a payment for an open invoice', () => {
  test('pays it, and keeps how, when and by whom it was received', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.pro)
    const receivedAt = '2026-04-29T00:00:00.000Z'
    const { payment, invoice, balance } = await record({ invoiceId, amount: 1500, reference: ' RF18 5390 ', receivedAt })
    expect(payment).toEqual({
      id: expect.stringMatching(/^pay_\d+$/),
      kind: 'BANK_TRANSFER',
      amount: { minorUnits: 1500 },
      reference: 'RF18 5390',
      receivedAt,
      recordedBy: 'user:1',
    })
    expect(invoice).toMatchObject({
      id: invoiceId,
      status: 'PAID',
      amountPaid: { minorUnits: 1500 },
      amountDue: { minorUnits: 0 },
      paidAt: START,
      payments: [{ id: payment.id, kind: 'BANK_TRANSFER', reference: 'RF18 5390' }],
    })
    expect(balance).toEqual({ currency: 'USD', ...pay(0) })
    const audit = await server.services.db.auditEntry.findFirstOrThrow({ where: { action: 'recordPayment' }, orderBy: { id: 'desc' } })
    expect(audit).toMatchObject({ actor: 'user:1', subject: `user:${user}`, details: { amount: '1500', reference: 'RF18 5390' } })
  })

  test('adds up with others, the oldest first', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.pro)
    const first = await record({ invoiceId, amount: 400, kind: 'CASH' })
    expect(first.invoice).toMatchObject({ status: 'OPEN', amountPaid: { minorUnits: 400 }, amountDue: { minorUnits: 1100 }, paidAt: null })
    const second = await record({ invoiceId, amount: 1100, kind: 'OTHER' })
    expect(second.invoice).toMatchObject({
      status: 'PAID',
      payments: [
        { id: first.payment.id, kind: 'CASH' },
        { id: second.payment.id, kind: 'OTHER' },
      ],
    })
  })

  test('goes to the balance as far as it exceeds the amount due', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.pro)
    const { invoice, balance } = await record({ invoiceId, amount: 1800, reference: 'RF18' })
    expect(invoice).toMatchObject({ status: 'PAID', amountPaid: { minorUnits: 1500 } })
    expect(balance).toMatchObject(pay(300))
    const [entry] = await readEntries(server, user)
    expect(entry).toMatchObject({ amount: 300, description: `Bank transfer RF18, more than was due on invoice ${invoice.number}` })
  })

  test('goes to the balance completely if nothing is due', async () => {
    const { invoiceId } = await buy(server, user, plans.pro)
    const { payment, invoice, balance } = await record({ invoiceId, amount: 700, reference: 'twice' })
    expect(invoice).toMatchObject({ status: 'PAID', amountPaid: { minorUnits: 1500 } })
    expect(invoice.payments.map(({ id }: any) => id)).not.toContain(payment.id)
    expect(balance).toMatchObject(pay(700))
  })
})

describe('a payment for a pending order', () => {
  test('is held for it until it is complete, and then activates it', async () => {
    const orderId = await order(server, user, plans.pro)
    const first = await record({ orderId, amount: 1000, reference: 'first' })
    expect(first).toMatchObject({ invoice: null, balance: pay(1000, 1000) })
    expect(await readOrder(server, orderId)).toMatchObject({ status: 'PENDING', invoice: null })
    expect(await readEntries(server, user)).toMatchObject([
      { amount: 1000, description: `Bank transfer first for order ${rowId(orderId)}` },
    ])
    const second = await record({ orderId, amount: 500, reference: 'second' })
    expect(second).toMatchObject({ invoice: { status: 'PAID', amountPaid: { minorUnits: 1500 } }, balance: pay(0) })
    expect(second.invoice.payments).toMatchObject([{ id: first.payment.id }, { id: second.payment.id }])
    expect(await plan()).toEqual({ plan: { slug: 'pro' }, collection: 'INVOICE' })
    expect((await readPostings(server, user)).map(({ kind }) => kind)).toEqual(['PAYMENT', 'PAYMENT', 'INVOICE', 'BALANCE_PAYMENT'])
  })

  test('leaves what is too much on the balance', async () => {
    const orderId = await order(server, user, plans.pro)
    const { invoice, balance } = await record({ orderId, amount: 2000 })
    expect(invoice).toMatchObject({ status: 'PAID', amountPaid: { minorUnits: 1500 } })
    expect(balance).toMatchObject(pay(500))
  })

  test('is not spent on anything else, and becomes free when the order ends', async () => {
    const orderId = await order(server, user, plans.pro)
    await record({ orderId, amount: 1000 })
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    expect(await readInvoice(server, invoiceId)).toMatchObject({ status: 'OPEN', amountPaid: { minorUnits: 0 } })
    await dataOf(cancelOrder(server, user, orderId))
    expect(await readInvoice(server, invoiceId)).toMatchObject({ status: 'PAID' })
    expect(await readBalances(server, user)).toMatchObject([{ amount: 500, available: 500, held: 0 }])
  })

  test('goes to the balance when the order has expired, also before the job has noticed it', async () => {
    const orderId = await order(server, user, plans.pro)
    await record({ orderId, amount: 1000, reference: 'in time' })
    server.clock.set('2026-05-08T10:00:00.000Z')
    expect(await record({ orderId, amount: 500, reference: 'late' })).toMatchObject({ invoice: null, balance: pay(1500, 1000) })
    await server.tick()
    expect(await readOrder(server, orderId)).toMatchObject({ status: 'EXPIRED' })
    expect(await readBalances(server, user)).toMatchObject([{ amount: 1500, available: 1500, held: 0 }])
  })

  test('goes to the balance when the order expires while it is recorded', async () => {
    const orderId = await order(server, user, plans.pro)
    const other = await server.connections.pool.connect()
    try {
      await other.query('BEGIN')
      await other.query("UPDATE orders SET status = 'EXPIRED' WHERE id = $1", [rowId(orderId)])
      let isRecorded = false
      const recorded = record({ orderId, amount: 700 }).finally(() => {
        isRecorded = true
      })
      const waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
      await expect.poll(async () => isRecorded || (await server.owner.query(waiting)).rowCount === 1, { timeout: 30_000 }).toBe(true)
      await other.query('COMMIT')
      expect(await recorded).toMatchObject({ invoice: null, balance: pay(700) })
    } finally {
      other.release()
    }
  })

  test('goes to the balance when the order is cancelled, and settles open invoices', async () => {
    const orderId = await order(server, user, plans.pro)
    await dataOf(cancelOrder(server, user, orderId))
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    expect(await record({ orderId, amount: 700 })).toMatchObject({ invoice: null, balance: pay(200) })
    expect(await readInvoice(server, invoiceId)).toMatchObject({ status: 'PAID', payments: [{ kind: 'BALANCE', reference: null }] })
  })

  test('pays the invoice that the order has already', async () => {
    const { orderId, invoiceId } = await buyUnpaid(server, user, plans.pro)
    const { payment, invoice } = await record({ orderId, amount: 1500 })
    expect(invoice).toMatchObject({ id: invoiceId, status: 'PAID', payments: [{ id: payment.id }] })
  })

  test('of an organisation activates it for the organisation', async () => {
    const organisationId = String(8000 + user)
    await createOrganisation(server, Number(organisationId), { [user]: 'OWNER' })
    const { data } = await placeOrder(server, user, { planId: plans.pro, organisationId })
    const { balance } = await record({ orderId: data.placeOrder.order.id, amount: 1600 })
    expect(balance).toMatchObject(pay(100))
    const query =
      'query ($id: ID!) { subscription(organisationId: $id) { plan { slug } } balances(organisationId: $id) { amount { minorUnits } } }'
    expect(await dataOf(server.ask(user, query, { id: organisationId }))).toEqual({
      subscription: { plan: { slug: 'pro' } },
      balances: [{ amount: { minorUnits: 100 } }],
    })
  })

  test('is completed by an approval, which records only the rest', async () => {
    const orderId = await order(server, user, plans.pro)
    await record({ orderId, amount: 1000 })
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, orderId }))
    const { invoice } = await readOrder(server, orderId)
    expect(invoice.payments.map(({ kind }: any) => kind)).toEqual(['BANK_TRANSFER', 'OTHER'])
  })
})

describe('the same reference twice', () => {
  const refusal = { code: 'BAD_USER_INPUT', field: 'input.reference' }

  test('is refused for an invoice or an order, and changes nothing', async () => {
    const orderId = await order(server, user, plans.pro)
    await record({ orderId, amount: 500, reference: 'RF18' })
    const before = await countLedgerRows(server)
    expect((await recordPayment(server, { orderId, amount: 500, reference: 'RF18' })).errors?.[0]?.extensions).toMatchObject(refusal)
    expect(await countLedgerRows(server)).toEqual(before)
    const { invoice } = await record({ orderId, amount: 1000, reference: 'RF19' })
    const again = await recordPayment(server, { invoiceId: invoice.id, amount: 1000, reference: 'RF18' })
    expect(again.errors?.[0]?.extensions).toMatchObject(refusal)
  })

  test('is recorded once when it arrives at the same time', async () => {
    const orderId = await order(server, user, plans.pro)
    const answers = await Promise.all(Array.from({ length: 6 }, () => recordPayment(server, { orderId, amount: 1500, reference: 'RF18' })))
    expect(answers.map(codeOf).sort()).toEqual([...Array(5).fill('BAD_USER_INPUT'), 'none'])
    expect(await readBalances(server, user)).toMatchObject([{ amount: 0 }])
  })

  test('is accepted for another invoice, and a missing one any number of times', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.pro)
    await record({ invoiceId, amount: 100, reference: 'shared' })
    await record({ invoiceId, amount: 100 })
    await record({ invoiceId, amount: 100 })
    user += 1
    await server.ask(user, '{ me { id } }')
    const other = await buyUnpaid(server, user, plans.pro)
    expect((await record({ invoiceId: other.invoiceId, amount: 100, reference: 'shared' })).payment.reference).toBe('shared')
  })
})

test('two simultaneous payments for an order activate it once, and both are recorded', async () => {
  const orderId = await order(server, user, plans.pro)
  await Promise.all([1, 2].map((reference) => record({ orderId, amount: 1500, reference: `simultaneous ${reference}` })))
  expect(await readOrder(server, orderId)).toMatchObject({
    status: 'ACTIVE',
    invoice: { status: 'PAID', amountPaid: { minorUnits: 1500 } },
  })
  expect(await readBalances(server, user)).toMatchObject([{ amount: 1500, available: 1500, held: 0 }])
})

test('ten simultaneous parts of a payment add up', async () => {
  const { invoiceId } = await buyUnpaid(server, user, plans.pro)
  await Promise.all(Array.from({ length: 10 }, () => record({ invoiceId, amount: 160 })))
  expect(await readInvoice(server, invoiceId)).toMatchObject({ status: 'PAID', amountPaid: { minorUnits: 1500 } })
  expect(await readBalances(server, user)).toMatchObject([{ amount: 100 }])
})

test('is recorded once for an idempotency key', async () => {
  const { invoiceId } = await buyUnpaid(server, user, plans.pro)
  const input = { invoiceId, amount: 1500, reference: 'RF18', idempotencyKey: `payment ${user}` }
  const [first, second] = await Promise.all([record(input), record(input)])
  expect(first.payment.id).toBe(second.payment.id)
  expect(codeOf(await recordPayment(server, { ...input, amount: 1 }))).toBe('IDEMPOTENCY_CONFLICT')
})

test.each([
  ['neither an invoice nor an order', {}, 'input.invoiceId'],
  ['an invoice and an order', { invoiceId: '1', orderId: '1' }, 'input.invoiceId'],
  ['no amount', { orderId: '1', amount: 0 }, 'input.amount'],
  ['a payment of a provider', { orderId: '1', kind: 'PROVIDER' }, 'input.kind'],
  ['a payment from the balance', { orderId: '1', kind: 'BALANCE' }, 'input.kind'],
  ['a time in the future', { orderId: '1', receivedAt: '2026-05-01T10:00:00.001Z' }, 'input.receivedAt'],
  ['a reference of two lines', { orderId: '1', reference: 'a\nb' }, 'input.reference'],
])('is refused for %s', async (_case, input, field) => {
  const answer = await recordPayment(server, { amount: 1, ...input })
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field })
})

test('is refused for an unknown order or invoice and for a credit note, and only administrators can record it', async () => {
  expect(codeOf(await recordPayment(server, { amount: 1, orderId: '404404' }))).toBe('ORDER_NOT_FOUND')
  expect(codeOf(await recordPayment(server, { amount: 1, invoiceId: '404404' }))).toBe('INVOICE_NOT_FOUND')
  const { orderId, invoiceId } = await buy(server, user, plans.pro)
  const credit = 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { id } } }'
  const { creditInvoice } = await dataOf(server.ask('admin', credit, { input: { invoiceId, amount: 1 } }))
  expect(codeOf(await recordPayment(server, { amount: 1, invoiceId: String(rowId(creditInvoice.creditNote.id)) }))).toBe(
    'INVOICE_NOT_FOUND',
  )
  expect(codeOf(await recordPayment(server, { amount: 1, orderId }, user))).toBe('FORBIDDEN')
})

describe('the amount owed for a pending order', () => {
  let taxed: TestServer

  beforeAll(async () => {
    const environment = {
      INVOICE_ISSUED_FROM_COUNTRY: 'DE',
      INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976',
      DEFAULT_CUSTOMER_COUNTRY: 'DE',
      PRICES_INCLUDE_TAX: 'false',
    }
    taxed = await startServer({ now: START, environment })
  })
  afterAll(async () => {
    expect(await checkLedger(taxed)).toEqual([])
    await taxed.close()
  })

  test('is calculated again with every payment', async () => {
    const { pro } = await createCatalog(taxed)
    const setRate = (basisPoints: number) =>
      dataOf(
        taxed.ask('admin', 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { taxRate { country } } }', {
          input: { country: 'DE', customerType: 'USER', basisPoints },
        }),
      )
    await setRate(0)
    const orderId = await order(taxed, user, pro)
    expect(await readOrder(taxed, orderId)).toMatchObject({ amount: { minorUnits: 1500 }, net: { minorUnits: 1500 } })
    await setRate(2000)
    expect((await dataOf(recordPayment(taxed, { orderId, amount: 1500 }))).recordPayment.invoice).toBeNull()
    expect(await readOrder(taxed, orderId)).toMatchObject({ status: 'PENDING', amount: { minorUnits: 1800 }, net: { minorUnits: 1500 } })
    const { invoice, balance } = (await dataOf(recordPayment(taxed, { orderId, amount: 300 }))).recordPayment
    expect(invoice).toMatchObject({ status: 'PAID', amountPaid: { minorUnits: 1800 } })
    expect(balance).toMatchObject(pay(0))
  })
})
