import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { issueCreditNote, lockInvoice } from '../../../src/modules/invoicing/index.js'
import { runTransaction } from '../../../src/platform/postgres/transaction.js'
import { createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { checkLedger } from '../../support/ledger.js'
import { buy, buyUnpaid, dataOf, grantCredit, order, readPostings, recordPayment, reversePayment } from '../../support/payments.js'
import { cancelOrder, cancelPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

// The rows of the table "The ledger", with 20% tax: a plan of 1200 (200 tax) and one of 600 (100 tax). Refunds have tests
// of their own.

let server: TestServer
let large: string
let small: string
let user = 300

beforeAll(async () => {
  const environment = { INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976', DEFAULT_CUSTOMER_COUNTRY: 'DE' }
  server = await startServer({ environment })
  await createCatalog(server)
  await dataOf(
    server.ask('admin', 'mutation { setTaxRate(input: { country: "DE", customerType: USER, basisPoints: 2000 }) { taxRate { country } } }'),
  )
  large = await createPlan('large', 1200)
  small = await createPlan('small', 600)
})
afterAll(async () => {
  expect(await checkLedger(server)).toEqual([])
  await server.close()
})
beforeEach(async () => {
  user += 1
  const input = '{ name: "Ada", country: "DE" }'
  await dataOf(server.ask(user, `mutation { setBillingDetails(input: ${input}) { billingDetails { country } } }`))
})

async function createPlan(slug: string, minorUnits: number): Promise<string> {
  const input = { slug, name: slug, type: 'PAID', price: { minorUnits, currency: 'USD' } }
  const query = 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }'
  return (await dataOf(server.ask('admin', query, { input }))).createPlan.plan.id
}

const credit = (invoiceId: string, amount: number) =>
  dataOf(
    server.ask('admin', 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { invoice { status } } }', {
      input: { invoiceId, amount },
    }),
  )

/** An order that is cancelled: money for it goes to the balance. */
async function cancelledOrder(): Promise<string> {
  const orderId = await order(server, user, small)
  await dataOf(cancelOrder(server, user, orderId))
  return orderId
}

const topUp = (orderId: string, amount: number) => dataOf(recordPayment(server, { orderId, amount }))

test('an invoice of 1200 (200 tax) is a debit of the receivable, and its payment of cash', async () => {
  await buy(server, user, large)
  expect(await readPostings(server, user)).toEqual([
    { kind: 'INVOICE', receivable: 1200, revenue: -1000, tax: -200 },
    { kind: 'PAYMENT', receivable: -1200, cash: 1200 },
  ])
})

test('a payment of 1500 for an invoice of 1200 leaves 300 on the balance, and its reversal takes everything back', async () => {
  const { invoiceId } = await buyUnpaid(server, user, large)
  const { payment } = (await dataOf(recordPayment(server, { invoiceId, amount: 1500 }))).recordPayment
  await dataOf(reversePayment(server, { paymentId: payment.id }))
  expect((await readPostings(server, user)).slice(3)).toEqual([
    { kind: 'PAYMENT', receivable: -1200, balance: -300, cash: 1500 },
    { kind: 'REVERSAL', receivable: 1200, balance: 300, cash: -1500 },
  ])
})

test('an invoice of 600 (100 tax) is paid with 300 from the balance', async () => {
  const cancelled = await cancelledOrder()
  await buyUnpaid(server, user, small)
  await topUp(cancelled, 300)
  const postings = await readPostings(server, user)
  expect(postings[0]).toEqual({ kind: 'INVOICE', receivable: 600, revenue: -500, tax: -100 })
  expect(postings.slice(-2)).toEqual([
    { kind: 'PAYMENT', balance: -300, cash: 300 },
    { kind: 'BALANCE_PAYMENT', receivable: -300, balance: 300 },
  ])
})

test('a credit note of 600 on a paid invoice goes to the balance', async () => {
  const { invoiceId } = await buy(server, user, large)
  await credit(invoiceId, 600)
  expect((await readPostings(server, user)).at(-1)).toEqual({ kind: 'CREDIT_NOTE', balance: -600, revenue: 500, tax: 100 })
})

test('a credit note of 600 on an unpaid invoice reduces the receivable', async () => {
  const { invoiceId } = await buyUnpaid(server, user, large)
  await credit(invoiceId, 600)
  expect((await readPostings(server, user)).at(-1)).toEqual({ kind: 'CREDIT_NOTE', receivable: -600, revenue: 500, tax: 100 })
})

test('a credit note of 600 on a paid invoice, returned to the card, is a credit of cash', async () => {
  const bought = await buy(server, user, large)
  const orderId = BigInt(rowId(bought.orderId))
  await runTransaction(server.services.db, async (tx) => {
    const invoice = await lockInvoice(tx, { orderId })
    if (!invoice) throw new Error('the order has no invoice')
    await issueCreditNote(tx, server.services, invoice, { amount: 600n, reason: null, isPaidOut: true })
  })
  expect((await readPostings(server, user)).at(-1)).toEqual({ kind: 'CREDIT_NOTE', cash: -600, revenue: 500, tax: 100 })
  // No refund names the money that was paid out here, unlike in a real one.
  await server.services.db.$executeRaw`
    WITH refund AS (INSERT INTO refunds (user_id, order_id, currency, amount, tax, days, created_at)
      VALUES (${String(user)}, ${orderId}, 'USD', 600, 100, 0, now()) RETURNING id)
    INSERT INTO refund_parts (refund_id, destination, amount, status, done_at) SELECT id, 'ORIGINAL', 600, 'DONE', now() FROM refund`
})

test('a top-up of 500 is on the balance', async () => {
  await topUp(await cancelledOrder(), 500)
  expect(await readPostings(server, user)).toEqual([{ kind: 'PAYMENT', balance: -500, cash: 500 }])
})

test('credit of 300 that an administrator grants reduces the revenue', async () => {
  await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 300, currency: 'USD' } }))
  expect(await readPostings(server, user)).toEqual([{ kind: 'GRANT', balance: -300, revenue: 300 }])
})

test('the unused part of a cancelled plan that is forfeited has no posting', async () => {
  await buy(server, user, small)
  const before = await readPostings(server, user)
  await dataOf(cancelPlan(server, { userId: String(user), creditUnused: false }))
  expect(await readPostings(server, user)).toEqual(before)
})

test('postings are never changed or removed', async () => {
  await topUp(await cancelledOrder(), 500)
  const change = (statement: string) => server.owner.query(statement).catch((error: Error) => error.message)
  expect(await change('UPDATE ledger_postings SET balance = 0, cash = 0')).toMatch('never changed or removed')
  expect(await change('DELETE FROM ledger_postings')).toMatch('never changed or removed')
  expect(await change('TRUNCATE ledger_postings')).toMatch('never changed or removed')
})
