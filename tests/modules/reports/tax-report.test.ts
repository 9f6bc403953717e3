import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { dataOf } from '../../support/payments.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { readReport } from './report.js'

const ZONE = 'Europe/Berlin'
let server: TestServer
let plans: Catalog

beforeAll(async () => {
  const environment = {
    INVOICE_TIME_ZONE: ZONE,
    INVOICE_ISSUED_FROM_COUNTRY: 'DE',
    INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976',
    TAX_OSS_REGISTERED: 'true',
  }
  server = await startServer({ now: '2026-01-10T10:00:00.000Z', environment })
  plans = await createCatalog(server)
  for (const [name, percentage] of [
    ['GST', '5'],
    ['QST', '9.975'],
  ]) {
    const input = { country: 'CA', region: 'QC', customerType: 'USER', name, percentage, validFrom: '2013-01-01' }
    await dataOf(server.ask('admin', 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { taxRate { name } } }', { input }))
  }
  await sell(10, { country: 'DE' })
  await sell(11, { country: 'AT' })
  await sell(12, { country: 'US' })
  await sell(13, { country: 'CA', state: 'QC' })
  // Still January in UTC, February in Berlin.
  server.clock.set('2026-01-31T23:30:00.000Z')
  await sell(14, { country: 'DE' })
  await dataOf(server.ask('admin', 'mutation { cancelPlan(input: { userId: "14" }) { __typename } }'))
  server.clock.set('2026-02-05T10:00:00.000Z')
  await dataOf(server.ask('admin', 'mutation { cancelPlan(input: { userId: "10" }) { __typename } }'))
})
afterAll(() => server.close())

async function sell(user: number, details: object): Promise<void> {
  const mutation = 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { country } } }'
  await dataOf(server.ask(user, mutation, { input: { name: 'Ada', ...details } }))
  await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro }))
}

async function requestTax(query: string, token = server.token(1, 'admin')): Promise<Response> {
  return fetch(`${server.url}/export/tax.csv?${query}`, { headers: { authorization: `Bearer ${await token}` } })
}

async function readTax(query: string): Promise<Record<string, string>[]> {
  const response = await requestTax(query)
  expect(response.status).toBe(200)
  return parse(await response.text(), { columns: true, bom: true })
}

test('lists tax by month, country, rate and category', async () => {
  const rows = await readTax('from=2026-01&to=2026-02&currency=USD')
  const short = rows.map(({ month, country, region, category, tax_name, percentage, net, tax, documents }) =>
    [month, country, region, category, tax_name, percentage, net, tax, documents].filter(Boolean).join(' '),
  )
  expect(short).toEqual([
    '2026-01 AT STANDARD 20 12.50 2.50 1',
    '2026-01 CA QC STANDARD GST 5 13.05 0.65 1',
    '2026-01 CA QC STANDARD QST 9.975 13.05 1.30 1',
    '2026-01 DE STANDARD 19 12.61 2.39 1',
    '2026-01 US OUT_OF_SCOPE 0 15.00 0.00 1',
    expect.stringMatching(/^2026-02 DE STANDARD 19 /),
  ])
})

test('subtracts credit notes in the month in which they are issued', async () => {
  const [february] = (await readTax('from=2026-02&to=2026-02')).filter(({ country }) => country === 'DE')
  const notes = await server.services.db.invoice.findMany({ where: { issuedAt: { gte: new Date('2026-01-31T23:00:00.000Z') } } })
  const sum = notes.reduce((total, { kind, tax }) => total + (kind === 'CREDIT_NOTE' ? -tax : tax), 0n)
  expect(notes.map(({ kind }) => kind).sort()).toEqual(['CREDIT_NOTE', 'CREDIT_NOTE', 'INVOICE'])
  expect(february).toMatchObject({ documents: '3', tax: (Number(sum) / 100).toFixed(2) })
})

test('equals the tax of the ledger, by month and currency', async () => {
  const rows = await readTax('from=2026-01&to=2026-02')
  const ledger = await readReport(server, '2026-01', '2026-02', 'USD')
  expect(ledger).toHaveLength(2)
  for (const { month, tax } of ledger) {
    const cents = rows.filter((row) => row.month === month).map((row) => Math.round(Number(row.tax) * 100))
    expect(cents.reduce((sum, value) => sum + value, 0)).toBe(tax)
  }
})

test('splits the tax in the national currency over the taxes of a document', async () => {
  const danish = await startServer({ now: '2026-01-10T10:00:00.000Z', environment: { INVOICE_ISSUED_FROM_COUNTRY: 'DK' } })
  const { pro } = await createCatalog(danish)
  const ask = (who: 'admin' | number, name: string, type: string, input: object) =>
    dataOf(danish.ask(who, `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`, { input }))
  for (const [name, percentage] of [
    ['First', '5'],
    ['Second', '9.975'],
  ]) {
    await ask('admin', 'setTaxRate', 'SetTaxRateInput', { country: 'DK', customerType: 'USER', name, percentage })
  }
  const rates = [
    { currency: 'USD', perEuro: '1.25' },
    { currency: 'DKK', perEuro: '7.46' },
  ]
  await ask('admin', 'setExchangeRates', 'SetExchangeRatesInput', { day: '2026-01-09', source: 'ECB', rates })
  await ask(10, 'setBillingDetails', 'SetBillingDetailsInput', { name: 'Ada', country: 'DK' })
  await dataOf(applyPlan(danish, { userId: '10', planId: pro }))
  const authorization = `Bearer ${await danish.token(1, 'admin')}`
  const response = await fetch(`${danish.url}/export/tax.csv?from=2026-01&to=2026-01`, { headers: { authorization } })
  const rows = parse(await response.text(), { columns: true, bom: true }) as Record<string, string>[]
  // 1.95 USD of tax are 11.64 DKK.
  expect(rows.map(({ tax_name, tax, national_currency, national_tax }) => [tax_name, tax, national_currency, national_tax])).toEqual([
    ['First', '0.65', 'DKK', '3.88'],
    ['Second', '1.30', 'DKK', '7.76'],
  ])
  await danish.close()
})

test.each([
  ['from=2026-01', 'query.to'],
  ['from=2026-02&to=2026-01', 'query.to'],
  ['from=2026-01&to=2026-03', 'query.to'],
  ['from=2026-1&to=2026-02', 'query.from'],
  ['from=2026-01&to=2026-02&currency=usd', 'query.currency'],
])('refuses %s and names %s', async (query, field) => {
  const response = await requestTax(query)
  expect(response.status).toBe(400)
  expect(JSON.stringify(await response.json())).toContain(field)
})

test('is for administrators only', async () => {
  expect((await requestTax('from=2026-01&to=2026-01', server.token(10))).status).toBe(403)
})
