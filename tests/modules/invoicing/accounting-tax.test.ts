import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { dataOf } from '../../support/payments.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let danish: TestServer
let plans: Catalog
let user = 0

beforeAll(async () => {
  danish = await startServer({ environment: { INVOICE_ISSUED_FROM_COUNTRY: 'DK', INVOICE_TIME_ZONE: 'Europe/Copenhagen' } })
  plans = await createCatalog(danish)
  await setRates('2026-04-29', 'ECB', { USD: '1.10', DKK: '7.40' })
  await setRates('2026-04-30', 'ECB', { USD: '1.25', DKK: '7.46', PLN: '4.30' })
  await setRates('2026-05-04', 'ECB', { USD: '1.20', DKK: '7.50', PLN: '4.20' })
})
afterAll(() => danish.close())

function setRates(day: string, source: string, rates: Record<string, string>): Promise<unknown> {
  const list = Object.entries(rates).map(([currency, perEuro]) => ({ currency, perEuro }))
  const mutation = 'mutation ($input: SetExchangeRatesInput!) { setExchangeRates(input: $input) { exchangeRates { currency } } }'
  return dataOf(danish.ask('admin', mutation, { input: { day, source, rates: list } }))
}

async function snapshotOf(server: TestServer, kind: 'CREDIT_NOTE' | 'INVOICE' = 'INVOICE'): Promise<any> {
  return (await server.services.db.invoice.findFirstOrThrow({ where: { userId: String(user), kind }, orderBy: { id: 'desc' } })).snapshot
}

async function sell(server: TestServer): Promise<any> {
  user += 1
  await server.ask(user, '{ me { id } }')
  await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro }))
  return snapshotOf(server)
}

test('states the tax of 3.00 USD in DKK, at the rate of the last day before', async () => {
  // 1 May is a holiday without rates: 7.46 / 1.25 = 5.968; 300 x 5.968 = 1790.4.
  expect(await sell(danish)).toMatchObject({
    tax: '300',
    currency: 'USD',
    accountingTax: { currency: 'DKK', tax: '1790', rate: '5.968', day: '2026-04-30', source: 'ECB' },
  })
})

test("uses the day of the seller's calendar", async () => {
  danish.clock.set('2026-05-03T22:30:00.000Z')
  expect((await sell(danish)).accountingTax).toMatchObject({ day: '2026-05-04', rate: '6.25' })
})

test('credit notes state their shares at the rate of the invoice, which add up', async () => {
  danish.clock.set('2026-05-01T10:00:00.000Z')
  const invoice = await sell(danish)
  danish.clock.set('2026-05-05T10:00:00.000Z')
  const { id } = await danish.services.db.invoice.findFirstOrThrow({ where: { number: invoice.number } })
  let sum = 0n
  for (const amount of [500, 500, undefined]) {
    const input = { invoiceId: String(id), reason: 'Goodwill', amount }
    await dataOf(danish.ask('admin', 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { __typename } }', { input }))
    const { accountingTax } = await snapshotOf(danish, 'CREDIT_NOTE')
    expect(accountingTax).toMatchObject({ currency: 'DKK', rate: '5.968', day: '2026-04-30' })
    sum += BigInt(accountingTax.tax)
  }
  expect(sum).toBe(1790n)
})

test('a Polish seller uses the rate of the day before', async () => {
  const polish = await startServer({
    environment: { INVOICE_ISSUED_FROM_COUNTRY: 'PL' },
    database: danish.database,
    now: '2026-05-04T10:00:00.000Z',
  })
  expect((await sell(polish)).accountingTax).toMatchObject({ currency: 'PLN', day: '2026-04-30', rate: '3.44' })
  await polish.close()
})

test('an invoice in the currency of the country does not repeat its tax, and one without a known rate is issued without', async () => {
  const american = await startServer({ environment: { INVOICE_ISSUED_FROM_COUNTRY: 'US' }, database: danish.database })
  expect(await sell(american)).not.toHaveProperty('accountingTax')
  await american.close()
  danish.clock.set('2026-06-01T10:00:00.000Z')
  expect(await sell(danish)).not.toHaveProperty('accountingTax')
})
