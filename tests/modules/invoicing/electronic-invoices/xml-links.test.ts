import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCatalog } from '../../../support/catalog.js'
import { violatedRules } from '../../../support/en16931.js'
import { rowId } from '../../../support/ids.js'
import { dataOf } from '../../../support/payments.js'
import { violatedProfileRules } from '../../../support/profile-rules.js'
import { applyPlan } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'

const NOW = '2026-05-01T10:00:00.000Z'
const FIELDS = `id number xmlUrl pdfUrl
  facturX: xmlUrl(format: FACTUR_X, ttlSeconds: 60) xrechnung: xmlUrl(format: XRECHNUNG) peppol: xmlUrl(format: PEPPOL)
  missingForXml missingForXrechnung: missingForXml(format: XRECHNUNG)`
let server: TestServer

beforeAll(async () => {
  server = await startServer({
    now: NOW,
    environment: {
      INVOICE_ISSUED_FROM_ADDRESS: 'Hauptstraße 1',
      INVOICE_ISSUED_FROM_CITY: 'Berlin',
      INVOICE_ISSUED_FROM_ZIP: '10115',
      INVOICE_ISSUED_FROM_COUNTRY: 'DE',
      INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976',
      INVOICE_ISSUED_FROM_EMAIL: 'billing@hosting.example',
    },
  })
})
afterAll(() => server.close())

let user = 100
let plan: string
interface Documents {
  invoice: Record<string, any>
  creditNote: Record<string, any>
}

/** Issues an invoice and a credit note to a new user. */
async function issue(): Promise<Documents> {
  plan ??= (await createCatalog(server)).pro
  user += 1
  await server.ask(user, '{ me { id } }')
  const details = { name: 'Stadt Köln', address: 'Rathausplatz 1', city: 'Köln', zip: '50667', country: 'DE' }
  const set = 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { __typename } }'
  await dataOf(server.ask(user, set, { input: details }))
  const rate = 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { __typename } }'
  await dataOf(server.ask('admin', rate, { input: { country: 'DE', customerType: 'USER', percentage: '19' } }))
  const { data } = await applyPlan(server, { userId: String(user), planId: plan })
  const order = await dataOf(
    server.ask('admin', `query ($id: ID!) { order(id: $id) { invoice { ${FIELDS} } } }`, { id: data.applyPlan.order.id }),
  )
  const credit = `mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { ${FIELDS} } } }`
  const credited = await dataOf(server.ask('admin', credit, { input: { invoiceId: order.order.invoice.id, amount: 500 } }))
  return { invoice: order.order.invoice, creditNote: credited.creditInvoice.creditNote }
}

const bearer = async (who: number) => ({ headers: { authorization: `Bearer ${await server.token(who)}` } })
const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status

test('a link returns the electronic invoice with the headers of documents', async () => {
  const { invoice, creditNote } = await issue()
  for (const { number, xmlUrl, facturX, missingForXml } of [invoice, creditNote]) {
    expect(missingForXml).toEqual([])
    for (const url of [xmlUrl, facturX]) {
      const response = await fetch(url)
      const xml = await response.text()
      expect(response.status).toBe(200)
      expect([...violatedRules(xml), ...violatedProfileRules(xml, 'FACTUR_X')]).toEqual([])
      expect(xml).toContain(`<rsm:ExchangedDocument><ram:ID>${number}</ram:ID>`)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': expect.stringMatching(/^application\/xml/),
        'content-disposition': `attachment; filename="${number}.xml"`,
        'content-length': String(Buffer.byteLength(xml)),
        'cache-control': 'private, no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      })
    }
  }
})

test('the link is null if the document lacks details of the format, and the API lists them', async () => {
  const { invoice } = await issue()
  expect([invoice.xrechnung, invoice.peppol]).toEqual([null, null])
  expect(invoice.missingForXrechnung).toEqual(['seller: contact (BR-DE-5)', 'seller: phone with at least three digits (BR-DE-6, BR-DE-27)'])
  const response = await fetch(`${server.url}/invoices/${invoice.id}/xml?format=XRECHNUNG`, await bearer(user))
  expect(response.status).toBe(409)
  expect((await response.json()).error).toContain(
    `${invoice.number} cannot be expressed as XRECHNUNG; it lacks: seller: contact (BR-DE-5); seller: phone`,
  )
})

test('with the details of the seller there is a link to an XRechnung', async () => {
  Object.assign(server.config.invoices.issuer, { contact: 'Accounting', phone: '+49 30 1234567' })
  const { invoice, creditNote } = await issue()
  for (const { xrechnung, missingForXrechnung } of [invoice, creditNote]) {
    expect(missingForXrechnung).toEqual([])
    const xml = await (await fetch(xrechnung)).text()
    expect([...violatedRules(xml), ...violatedProfileRules(xml, 'XRECHNUNG')]).toEqual([])
  }
})

test('a link is valid for one document, one format and until it expires', async () => {
  const { invoice, creditNote } = await issue()
  const url: string = invoice.facturX
  const otherId = url.replace(`/invoices/${rowId(invoice.id)}/`, `/invoices/${rowId(creditNote.id)}/`)
  const changed = [
    otherId,
    url.replace('format=FACTUR_X', 'format=FRANCE'),
    url.replace('format=FACTUR_X&', ''),
    url.replace('/xml', '/pdf'),
    invoice.pdfUrl.replace('/pdf', '/xml'),
    `${invoice.pdfUrl.replace('/pdf', '/xml')}&format=FACTUR_X`,
  ]
  for (const link of changed) {
    expect(link).not.toBe(url)
    expect(await statusOf(link), link).toBe(401)
  }
  expect(await statusOf(url)).toBe(200)
  server.clock.set('2026-05-01T10:01:00.000Z')
  expect(await statusOf(url)).toBe(401)
  server.clock.set(NOW)
})

test('the route also accepts the token of everybody who may view the document', async () => {
  const { invoice, creditNote } = await issue()
  const url = `${server.url}/invoices/${invoice.id}/xml`
  expect(await statusOf(url, await bearer(user))).toBe(200)
  expect(await statusOf(`${url}?format=FACTUR_X`, await bearer(user))).toBe(200)
  expect(await statusOf(`${server.url}/invoices/${creditNote.id}/xml`, await bearer(user))).toBe(200)
  expect(await statusOf(url, await bearer(999))).toBe(404)
  expect(await statusOf(url)).toBe(401)
  const unknown = await fetch(`${url}?format=ZUGFERD`, await bearer(user))
  expect([unknown.status, await unknown.json()]).toEqual([
    400,
    expect.objectContaining({ error: 'format: must be one of FACTUR_X, XRECHNUNG, PEPPOL, FRANCE' }),
  ])
})

test('the route responds to HEAD, and with 304 to a client that has the file', async () => {
  const { invoice } = await issue()
  const response = await fetch(invoice.xmlUrl, { method: 'HEAD' })
  expect([response.status, await response.text()]).toEqual([200, ''])
  const etag = response.headers.get('etag') ?? ''
  expect(await statusOf(invoice.xmlUrl, { headers: { 'if-none-match': etag } })).toBe(304)
})
