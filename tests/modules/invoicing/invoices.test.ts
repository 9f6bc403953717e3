import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { readPdf } from '../../support/pdf.js'
import { applyPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer({ environment: { INVOICE_ISSUED_FROM_NAME: 'Hosting Incorporated', INVOICE_ISSUED_FROM_CITY: 'Springfield' } })
  plans = await createCatalog(server)
})
afterAll(() => server.close())

const pdf = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers })
  return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) }
}
const purchase = async (userId: number, planId: string) => {
  const { data } = await placeOrder(server, userId, { planId, replace: true })
  const { data: applied } = await applyPlan(server, {
    userId: String(userId),
    planId,
    orderId: data.placeOrder.order.id,
    notes: 'internal remark',
  })
  return applied.applyPlan.order
}
const setDetails = (userId: number, input: object) =>
  server.ask(
    userId,
    'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { name country } } }',
    { input },
  )

test('the link opens the invoice with the billing details and without internal notes', async () => {
  await setDetails(10, { name: 'Ada Lovelace', address: "12 St James's Square", city: 'London', country: 'GB', taxId: 'GB-1' })
  const order = await purchase(10, plans.pro)
  const { status, headers, bytes } = await pdf(order.invoicePdfUrl)
  expect([status, headers.get('content-type'), headers.get('content-length')]).toEqual([200, 'application/pdf', String(bytes.length)])
  const name = `${order.invoice.number}.pdf`
  expect(headers.get('content-disposition')).toBe(`inline; filename="${name}"; filename*=UTF-8''${name}`)
  expect([headers.get('cache-control'), headers.get('referrer-policy'), headers.get('x-content-type-options')]).toEqual([
    'private, no-store',
    'no-referrer',
    'nosniff',
  ])
  const { text } = await readPdf(bytes)
  for (const word of [
    order.invoice.number,
    'Ada Lovelace',
    'St James',
    'GB-1',
    'Hosting Incorporated',
    'Springfield',
    '$15.00',
    'May 1, 2026',
  ])
    expect(text).toContain(word)
  expect(text).not.toContain('internal remark')
})

test('a pending order has a pro forma, which uses no number', async () => {
  const count = await server.services.db.invoice.count()
  const { data } = await placeOrder(server, 12, { planId: plans.pro })
  const { bytes, headers } = await pdf(data.placeOrder.order.invoicePdfUrl)
  expect((await readPdf(bytes)).text).toContain('Pro forma')
  expect(headers.get('content-disposition')).toContain('pro-forma')
  expect(await server.services.db.invoice.count()).toBe(count)
})

describe('access to an invoice', () => {
  let url: string
  let id: string
  beforeAll(async () => {
    await createOrganisation(server, 90, { 91: 'OWNER', 92: 'ADMIN', 93: 'MEMBER' })
    const { data } = await placeOrder(server, 91, { planId: plans.pro, organisationId: '90' })
    url = data.placeOrder.order.invoicePdfUrl
    id = data.placeOrder.order.id
  })
  const plain = () => `${server.url}/orders/${id}/invoice`
  const statusFor = async (userId: number, role?: 'admin') =>
    (await pdf(plain(), { authorization: `Bearer ${await server.token(userId, role)}` })).status

  test('is granted to owners and admins of the organisation and to administrators, and is 404 for others', async () => {
    expect([await statusFor(91), await statusFor(92), await statusFor(1, 'admin'), await statusFor(93), await statusFor(94)]).toEqual([
      200, 200, 200, 404, 404,
    ])
    expect((await pdf(`${server.url}/orders/999999/invoice`, { authorization: `Bearer ${await server.token(91)}` })).status).toBe(404)
    expect((await pdf(`${server.url}/orders/x/invoice`)).status).toBe(400)
  })

  test('accepts the cookie for navigation from another site, but not for embedded requests', async () => {
    const cookie = `session=${await server.token(91)}`
    // Does not use fetch, because fetch sets Sec-Fetch-Mode.
    const get = async (headers: object) =>
      (await server.app.inject({ url: `/orders/${id}/invoice`, headers: { cookie, ...headers } })).statusCode
    expect(await get({})).toBe(200)
    expect(await get({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(200)
    expect(await get({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403)
    expect(await get({ cookie: '' })).toBe(401)
  })

  test('refuses a link that was changed in any part', async () => {
    const change = (name: string, value: string) => {
      const changed = new URL(url)
      changed.searchParams.set(name, value)
      return changed.href
    }
    const other = url.replace(`/orders/${rowId(id)}/`, `/orders/${rowId(id) + 1}/`)
    const wrong = [
      change('expires', '9999999999'),
      change('signature', 'x'),
      change('signature', ''),
      change('key', '00000000'),
      other,
      `${url}&signature=x`,
      url.replace(/expires=\d+&/, ''),
    ]
    for (const link of wrong) expect((await pdf(link)).status, link).toBe(401)
    expect((await pdf(url)).status).toBe(200)
  })

  test('expires after an hour or the requested lifetime of at most 30 days', async () => {
    const requestLink = (ttlSeconds: number) =>
      server.ask(91, 'query ($id: ID!, $ttl: Int) { order(id: $id) { invoicePdfUrl(ttlSeconds: $ttl) } }', { id, ttl: ttlSeconds })
    const month = (await requestLink(2_592_000)).data.order.invoicePdfUrl
    server.clock.set('2026-05-01T10:59:59.999Z')
    expect((await pdf(url)).status).toBe(200)
    server.clock.set('2026-05-01T11:00:00.000Z')
    expect((await pdf(url)).status).toBe(401)
    expect((await pdf(month)).status).toBe(200)
    server.clock.set('2026-05-01T10:00:00.000Z')
    expect(codeOf(await requestLink(2_592_001))).toBe('BAD_USER_INPUT')
    expect(codeOf(await requestLink(0))).toBe('BAD_USER_INPUT')
  })
})

test('invoices are listed newest first, by cursor', async () => {
  await purchase(20, plans.pro)
  server.clock.set('2026-05-02T10:00:00.000Z')
  await purchase(20, plans.starter)
  server.clock.set('2026-05-01T10:00:00.000Z')
  const query =
    'query ($after: String) { invoices(first: 1, after: $after) { totalCount nodes { createdAt order { status } amount { decimal } } pageInfo { hasNextPage endCursor } } }'
  const { data: first } = await server.ask(20, query)
  const { data: second } = await server.ask(20, query, { after: first.invoices.pageInfo.endCursor })
  expect(first.invoices).toMatchObject({
    totalCount: 2,
    nodes: [{ createdAt: '2026-05-02T10:00:00.000Z' }],
    pageInfo: { hasNextPage: true },
  })
  expect(second.invoices).toMatchObject({
    nodes: [{ createdAt: '2026-05-01T10:00:00.000Z', order: { status: 'CANCELLED' } }],
    pageInfo: { hasNextPage: false },
  })
})

test('invoices of a customer are listed by status, also those that are older than the first page', async () => {
  const older = await purchase(94, plans.pro)
  server.clock.set('2026-05-02T10:00:00.000Z')
  const newer = await purchase(94, plans.starter)
  server.clock.set('2026-05-01T10:00:00.000Z')
  const query = `query ($status: InvoiceStatus) {
    me { invoices(first: 1, status: $status) { totalCount nodes { number status } pageInfo { hasNextPage } } }
  }`
  const list = async (status: string | null) => (await server.ask(94, query, { status })).data.me.invoices
  // The second plan replaced the first one, whose unused part was credited.
  expect(await list('PARTIALLY_REFUNDED')).toEqual({
    totalCount: 1,
    nodes: [{ number: older.invoice.number, status: 'PARTIALLY_REFUNDED' }],
    pageInfo: { hasNextPage: false },
  })
  expect(await list('OPEN')).toMatchObject({ totalCount: 0, nodes: [] })
  expect(await list(null)).toMatchObject({ totalCount: 2, nodes: [{ number: newer.invoice.number }], pageInfo: { hasNextPage: true } })
})
