import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { dataOf, recordPayment } from '../../support/payments.js'
import { buyPlan } from '../../support/refunds.js'
import { startServer, type TestServer } from '../../support/server.js'
import { readReport } from './report.js'

// Prices include tax, so the net price of a subscription changes with the tax of its customer.

const USER = 10
let server: TestServer

beforeAll(async () => {
  const environment = { INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976', TAX_OSS_REGISTERED: 'true' }
  server = await startServer({ now: '2026-01-10T10:00:00.000Z', environment })
  await setTaxRate('DE', 1900)
  await setTaxRate('AT', 2000)
})
afterAll(() => server.close())

const setTaxRate = (country: string, basisPoints: number) =>
  dataOf(
    server.ask('admin', 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { taxRate { country } } }', {
      input: { country, customerType: 'USER', basisPoints },
    }),
  )
const moveTo = (country: string) =>
  dataOf(server.ask(USER, `mutation { setBillingDetails(input: { name: "Ada", country: "${country}" }) { billingDetails { country } } }`))

/** Lets the days pass until a time, and pays what is invoiced. */
async function advance(to: string): Promise<void> {
  server.clock.set(to)
  await server.tick()
  const open = await server.services.db.invoice.findMany({ where: { status: 'OPEN' } })
  for (const { id, total } of open)
    await dataOf(recordPayment(server, { invoiceId: String(id), amount: Number(total), reference: `${id}` }))
}

test('the MRR follows the tax of the customer from the renewal to which it applies', async () => {
  const plans = await createCatalog(server)
  await moveTo('DE')
  await buyPlan(server, USER, plans.pro)
  await moveTo('AT')
  await advance('2026-02-05T10:00:00.000Z')
  await advance('2026-02-10T10:00:00.000Z')
  // The rate itself changes.
  await setTaxRate('AT', 2500)
  await advance('2026-03-05T10:00:00.000Z')
  await advance('2026-03-10T10:00:00.000Z')
  const invoices = await server.services.db.invoice.findMany({ orderBy: { id: 'asc' } })
  expect(invoices.map(({ subtotal, tax }) => [Number(subtotal), Number(tax)])).toEqual([
    [1261, 239],
    [1250, 250],
    [1200, 300],
  ])
  const rows = await readReport(server, '2026-01', '2026-03', 'USD')
  expect(rows.map(({ month, contraction, mrrEnd }) => `${month} ${contraction} ${mrrEnd}`)).toEqual([
    '2026-01 0 1261',
    '2026-02 11 1250',
    '2026-03 50 1200',
  ])
})
