import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { checkLedger } from '../../support/ledger.js'
import { dataOf, grantCredit, recordPayment } from '../../support/payments.js'
import { placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { issueInvoice } from '../../support/top-up.js'

// Nothing locks the rates and billing details of a customer, so they may change at any time within a command. A trigger
// raises the rate where a concurrent request could.

let server: TestServer
let plans: Catalog
let user = 1200

beforeAll(async () => {
  server = await startServer({
    environment: { PRICES_INCLUDE_TAX: 'false', INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976' },
  })
  plans = await createCatalog(server)
  await server.owner.query(`
    CREATE FUNCTION raise_rate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN UPDATE dated_tax_rates SET millionths = 200000; RETURN NULL; END $$`)
})
afterAll(() => server.close())

beforeEach(async () => {
  user += 1
  await server.ask(user, '{ me { id } }')
  const rate = 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { __typename } }'
  await dataOf(server.ask('admin', rate, { input: { country: 'DE', customerType: 'USER', percentage: '10', validFrom: '2026-01-01' } }))
})

async function whileRateRises<T>(event: 'INSERT' | 'UPDATE', work: () => Promise<T>): Promise<T> {
  await server.owner.query(`CREATE TRIGGER rate_rises AFTER ${event} ON orders FOR EACH STATEMENT EXECUTE FUNCTION raise_rate()`)
  try {
    return await work()
  } finally {
    await server.owner.query('DROP TRIGGER rate_rises ON orders')
  }
}

const rateNow = async () => (await server.services.db.taxRate.findFirstOrThrow({ where: { country: 'DE' } })).millionths

test('an order is invoiced with the tax that its payment was compared with', async () => {
  const { order } = (await dataOf(placeOrder(server, user, { planId: plans.pro }))).placeOrder
  await whileRateRises('UPDATE', () => dataOf(recordPayment(server, { orderId: order.id, amount: 1650, reference: 'transfer' })))
  expect(await rateNow()).toBe(200_000)
  const { db } = server.services
  const invoice = await db.invoice.findFirstOrThrow({ where: { orderId: BigInt(rowId(order.id)) } })
  expect(invoice).toMatchObject({ status: 'PAID', tax: 150n, total: 1650n })
  // Not a second one for the difference, which never arrived.
  expect(await db.payment.findMany({ where: { userId: String(user) } })).toMatchObject([{ kind: 'BANK_TRANSFER', amount: 1650n }])
  expect(await checkLedger(server)).toEqual([])
})

test('an invoice of its own has the amount of its order, and is printed as paid only if it is', async () => {
  await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 1100, currency: 'USD' }, reason: 'test' }))
  const items = [{ description: 'Setup', quantity: 1, unitPrice: 1000 }]
  const issued = await whileRateRises('INSERT', () => dataOf(issueInvoice(server, { userId: String(user), items, currency: 'USD' })))
  expect(await rateNow()).toBe(200_000)
  const { id } = issued.issueInvoice.invoice
  const invoice = await server.services.db.invoice.findUniqueOrThrow({ where: { id: BigInt(rowId(id)) }, include: { order: true } })
  expect(invoice).toMatchObject({ status: 'PAID', total: 1100n, order: { amount: 1100n }, snapshot: { paid: true } })
})
