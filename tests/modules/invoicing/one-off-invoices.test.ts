import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { dataOf, grantCredit, readInvoice, readOrder, readPostings, recordPayment, reversePayment } from '../../support/payments.js'
import { readPdf } from '../../support/pdf.js'
import { readUserBalance, requestRefund } from '../../support/refunds.js'
import { applyPlan, cancelOrder, cancelPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { issueInvoice } from '../../support/top-up.js'

// Administrators issue invoices that belong to no plan.

const START = '2026-05-01T10:00:00.000Z'
const DUE = '2026-05-15T10:00:00.000Z'
const SETUP = { description: 'Setup', quantity: 1, unitPrice: 1000 }
const HOURS = { description: 'Hour of support', quantity: 2, unitPrice: 100 }
let server: TestServer
let plans: Catalog
let user = 700

beforeAll(async () => {
  server = await startServer({
    now: START,
    environment: { INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: 'DE123456788', PRICES_INCLUDE_TAX: 'false' },
  })
  plans = await createCatalog(server)
  const rate = 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { __typename } }'
  await dataOf(server.ask('admin', rate, { input: { country: 'DE', customerType: 'USER', basisPoints: 2000 } }))
})
afterAll(() => server.close())
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await server.ask(user, '{ me { id } }')
  const details = 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { __typename } }'
  await dataOf(server.ask(user, details, { input: { name: 'Ada Lovelace', country: 'DE' } }))
})
afterEach(async () => expect(await checkLedger(server)).toEqual([]))

const inputFor = (changes: object = {}) => ({ userId: String(user), items: [SETUP], currency: 'USD', ...changes })
const issue = async (changes: object = {}) => (await dataOf(issueInvoice(server, inputFor(changes)))).issueInvoice.invoice
const balance = () => readUserBalance(server, user)
const credit = (invoiceId: string, amount?: number) =>
  server.ask('admin', 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { invoice { status } } }', {
    input: { invoiceId, amount },
  })
const textOf = async (url: string) => (await readPdf(new Uint8Array(await (await fetch(url)).arrayBuffer()))).text

describe('an issued invoice', () => {
  test('is open and numbered, has tax by the rules of all others, and is due in 14 days', async () => {
    const invoice = await issue({ items: [SETUP, HOURS], notes: 'agreed by phone' })
    expect(invoice).toMatchObject({
      number: expect.stringMatching(/^INV-2026-\d{6}$/),
      status: 'OPEN',
      createdAt: START,
      dueAt: DUE,
      paidAt: null,
      subtotal: { minorUnits: 1200 },
      tax: { minorUnits: 240 },
      amount: { minorUnits: 1440 },
      amountDue: { minorUnits: 1440 },
      lines: [
        { description: 'Setup', quantity: 1, unitPrice: '10.00', amount: { minorUnits: 1000 } },
        { description: 'Hour of support', quantity: 2, unitPrice: '1.00', amount: { minorUnits: 200 } },
      ],
      order: { status: 'ACTIVE', reason: 'PURCHASE', plan: null, notes: 'agreed by phone', description: 'Setup, 2 x Hour of support' },
    })
    expect(invoice.order).toMatchObject({ amount: { minorUnits: 1440 }, net: { minorUnits: 1200 }, activatedAt: START, expiresAt: null })
    expect(await readPostings(server, user)).toEqual([{ kind: 'INVOICE', receivable: 1440, revenue: -1200, tax: -240 }])
    const events = await server.services.db.outboxEvent.findMany({ where: { holder: `user:${user}` }, orderBy: { id: 'asc' } })
    // The order is not pending.
    expect(events.map(({ type }) => type)).toEqual(['invoice.issued'])
    const audit = await server.services.db.auditEntry.findFirstOrThrow({ where: { action: 'issueInvoice' }, orderBy: { id: 'desc' } })
    expect(audit).toMatchObject({ actor: 'user:1', subject: `user:${user}`, details: { amount: '1440', currency: 'USD' } })
  })

  test('states when it is due, and that it is open', async () => {
    const text = await textOf((await issue({ dueAt: '2026-06-30T12:00:00.000Z', notes: 'never printed' })).pdfUrl)
    for (const words of ['Invoice', 'Setup', 'Amount due $12.00', 'Due June 30, 2026']) expect(text).toContain(words)
    expect(text).not.toContain('never printed')
  })

  test('is paid in parts, and an excess goes to the balance', async () => {
    const { id } = await issue()
    await dataOf(recordPayment(server, { invoiceId: id, amount: 200 }))
    expect(await readInvoice(server, id)).toMatchObject({ status: 'OPEN', amountDue: { minorUnits: 1000 } })
    const { payment } = (await dataOf(recordPayment(server, { invoiceId: id, amount: 1100 }))).recordPayment
    expect(await readInvoice(server, id)).toMatchObject({ status: 'PAID', paidAt: START })
    expect(await balance()).toMatchObject({ amount: 100 })
    await dataOf(reversePayment(server, { paymentId: payment.id }))
    // Its own due date is later than the reversal.
    expect(await readInvoice(server, id)).toMatchObject({ status: 'OPEN', amountDue: { minorUnits: 1000 }, dueAt: DUE })
  })

  test('two parts at once pay it once', async () => {
    const { id, order } = await issue()
    await Promise.all([
      dataOf(recordPayment(server, { invoiceId: id, amount: 600, reference: 'A' })),
      dataOf(recordPayment(server, { orderId: order.id, amount: 600, reference: 'B' })),
    ])
    expect(await readInvoice(server, id)).toMatchObject({ status: 'PAID', amountDue: { minorUnits: 0 } })
    expect(await balance()).toMatchObject({ amount: 0 })
  })

  test('is credited: VOID if nothing was paid, and what was paid goes to the balance', async () => {
    const unpaid = await issue()
    expect((await dataOf(credit(unpaid.id))).creditInvoice.invoice.status).toBe('VOID')
    const paid = await issue()
    await dataOf(recordPayment(server, { invoiceId: paid.id, amount: 1200 }))
    expect((await dataOf(credit(paid.id, 200))).creditInvoice.invoice.status).toBe('PARTIALLY_REFUNDED')
    expect(await balance()).toMatchObject({ amount: 200 })
  })

  test('is refunded by administrators only', async () => {
    const { id, order } = await issue()
    await dataOf(recordPayment(server, { invoiceId: id, amount: 1200 }))
    expect(codeOf(await requestRefund(server, user, { orderId: order.id }))).toBe('REFUND_NOT_ELIGIBLE')
    const refund = { orderId: order.id, amount: 500, reason: 'Half of it', endPlan: false, to: 'BALANCE' }
    expect((await dataOf(requestRefund(server, 'admin', refund))).requestRefund.refund.status).toBe('DONE')
    expect(await balance()).toMatchObject({ amount: 500 })
  })

  test('is not cancelled with its order', async () => {
    const { number, order } = await issue()
    for (const who of [user, 'admin'] as const) {
      const { errors } = await cancelOrder(server, who, order.id)
      expect(errors?.[0]?.extensions.code).toBe('INVALID_TRANSITION')
      expect(errors?.[0]?.message).toContain(`it has the invoice ${number}; an administrator can void it (voidInvoice) or credit it`)
    }
    expect((await readOrder(server, order.id)).status).toBe('ACTIVE')
  })

  test('can be for an organisation', async () => {
    await createOrganisation(server, user, { [user]: 'ADMIN', [user + 1000]: 'MEMBER' })
    const invoice = await issue({ organisationId: String(user) })
    expect(invoice).toMatchObject({ customer: { __typename: 'Organisation' }, amount: { minorUnits: 1190 } })
    const read = (who: number) => server.ask(who, 'query ($id: ID!) { invoice(id: $id) { id order { notes } } }', { id: invoice.id })
    expect([(await read(user)).data.invoice, (await read(user + 1000)).data.invoice]).toEqual([
      { id: invoice.id, order: { notes: null } },
      null,
    ])
    expect(codeOf(await issueInvoice(server, inputFor({ userId: String(user + 1000), organisationId: String(user) })))).toBe(
      'ORGANISATION_NOT_FOUND',
    )
  })
})

describe('the balance', () => {
  const grant = (minorUnits: number) => dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits, currency: 'USD' } }))

  test('pays a part of it first', async () => {
    await grant(300)
    expect(await issue()).toMatchObject({ status: 'OPEN', amountDue: { minorUnits: 900 }, dueAt: DUE })
    expect(await balance()).toMatchObject({ amount: 0, granted: 0 })
  })

  test('pays the whole of it, which is then printed as paid', async () => {
    await grant(2000)
    const invoice = await issue()
    expect(invoice).toMatchObject({ status: 'PAID', paidAt: START, dueAt: START, payments: [{ kind: 'BALANCE' }] })
    expect(await textOf(invoice.pdfUrl)).toContain('Paid')
    expect(await balance()).toMatchObject({ amount: 800 })
  })

  test('pays it when it appears later', async () => {
    const { id } = await issue()
    await grant(1200)
    expect((await readInvoice(server, id)).status).toBe('PAID')
  })

  test('is spent once by two invoices at the same time', async () => {
    await grant(1200)
    const invoices = await Promise.all([issue(), issue()])
    expect(invoices.map(({ status }) => status).sort()).toEqual(['OPEN', 'PAID'])
    expect(await balance()).toMatchObject({ amount: 0, granted: 0 })
  })
})

describe('beside a plan', () => {
  test('it neither prevents a purchase nor ends with the plan', async () => {
    const { id, order } = await issue()
    const { placeOrder: placed } = await dataOf(placeOrder(server, user, { planId: plans.pro }))
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, orderId: placed.order.id }))
    await dataOf(cancelPlan(server, { userId: String(user) }))
    // The unused share of the plan, 1800 with tax, pays the invoice.
    expect(await readInvoice(server, id)).toMatchObject({ status: 'PAID' })
    expect((await readOrder(server, order.id)).status).toBe('ACTIVE')
  })
})

describe('an input', () => {
  test.each([
    [{ items: [] }, 'input.items: must contain at least one item'],
    [{ items: Array.from({ length: 51 }, () => SETUP) }, 'input.items: must contain at most 50 items'],
    [{ items: [{ ...SETUP, unitPrice: -1 }] }, 'input.items.0.unitPrice: must be 0 or more'],
    [{ items: [{ ...SETUP, quantity: 0 }] }, 'input.items.0.quantity: must be 1 or more'],
    [{ items: [{ ...SETUP, quantity: 1_000_001 }] }, 'input.items.0.quantity: must be at most 1000000'],
    [{ items: [{ ...SETUP, description: ' ' }] }, 'input.items.0.description: must not be empty'],
    [{ items: [{ ...SETUP, description: 'x'.repeat(201) }] }, 'input.items.0.description: must be at most 200 characters long'],
    [
      { items: [SETUP, { ...SETUP, description: 'a \u{13000}' }] },
      expect.stringMatching(/^input\.items\.1\.description: .* cannot be printed/),
    ],
    [{ items: [{ ...SETUP, unitPrice: 0 }] }, 'input.items: must add up to more than 0'],
    [
      { items: [{ ...SETUP, unitPrice: Number.MAX_SAFE_INTEGER, quantity: 2 }] },
      'input.items: must add up to at most 9007199254740991 minor units, tax included',
    ],
    [
      { items: [{ ...SETUP, unitPrice: Number.MAX_SAFE_INTEGER }] },
      'input.items: must add up to at most 9007199254740991 minor units, tax included',
    ],
    [{ dueAt: '2026-05-01T09:59:59.999Z' }, 'input.dueAt: must not be in the past'],
    [{ dueAt: '2036-05-01T10:00:00.000Z' }, 'input.dueAt: must be within 3650 days'],
    [{ notes: 'x'.repeat(2001) }, 'input.notes: must be at most 2000 characters long'],
    [{ userId: 'nobody' }, 'User nobody does not exist'],
  ])('%o is refused', async (changes, message) => {
    const { errors } = await issueInvoice(server, inputFor(changes))
    expect(errors?.[0]?.message).toEqual(message)
    expect(await server.services.db.order.count({ where: { userId: String(user) } })).toBe(0)
  })

  test('with items that cost nothing beside others is accepted, up to the largest amount', async () => {
    const rest = BigInt(Number.MAX_SAFE_INTEGER) / 6n
    const items = [
      { ...SETUP, unitPrice: Number(rest * 5n) },
      { ...SETUP, description: 'Gift', unitPrice: 0 },
    ]
    const { id, amount } = await issue({ items })
    expect(amount.minorUnits).toBe(Number(rest * 6n))
    await dataOf(credit(id))
  })

  test('with an idempotency key issues one invoice, also if it is sent twice at once', async () => {
    const input = inputFor({ idempotencyKey: `issue-${user}` })
    const answers = await Promise.all([1, 2, 3].map(() => dataOf(issueInvoice(server, input))))
    expect(new Set(answers.map(({ issueInvoice: { invoice } }) => invoice.id)).size).toBe(1)
    expect(await server.services.db.invoice.count({ where: { userId: String(user) } })).toBe(1)
    expect(codeOf(await issueInvoice(server, { ...input, currency: 'EUR' }))).toBe('IDEMPOTENCY_CONFLICT')
  })

  test('is for administrators', async () => {
    expect(codeOf(await issueInvoice(server, inputFor(), user))).toBe('FORBIDDEN')
    const query = 'mutation ($input: IssueInvoiceInput!) { issueInvoice(input: $input) { invoice { id } } }'
    expect(codeOf(await server.ask(undefined, query, { input: inputFor() }))).toBe('UNAUTHENTICATED')
  })
})

test('INVOICE_DUE_DAYS decides when an invoice is due, and numbers have no gaps', async () => {
  const other = await startServer({ now: START, environment: { INVOICE_DUE_DAYS: '30' } })
  await other.ask(user, '{ me { id } }')
  const issueThere = async () => (await issueInvoice(other, inputFor())).data.issueInvoice.invoice
  const invoices = await Promise.all([issueThere(), issueThere(), issueThere()])
  expect(invoices.map(({ number }) => number).sort()).toEqual(['INV-2026-000001', 'INV-2026-000002', 'INV-2026-000003'])
  expect(invoices[0].dueAt).toBe('2026-05-31T10:00:00.000Z')
  await other.close()
})
