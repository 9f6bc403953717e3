import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

const PANEL = 'https://panel.example.com'
const SUBDOMAIN = 'https://eu.customers.example.org'
const FOREIGN = 'https://evil.example'
const VITE = 'http://localhost:5173'
const PREFLIGHT = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' }

let production: TestServer
let demo: TestServer

beforeAll(async () => {
  production = await startServer({
    environment: { NODE_ENV: 'production', CORS_ORIGINS: `${PANEL}, https://*.example.org`, METRICS_TOKEN: 'a token for the metrics' },
  })
  demo = await startServer()
  await createCatalog(production)
})
afterAll(async () => {
  await production.close()
  await demo.close()
})

const preflight = (server: TestServer, origin: string, path = '/graphql') =>
  fetch(server.url + path, { method: 'OPTIONS', headers: { origin, ...PREFLIGHT } })
const granted = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-allow') || name === 'access-control-max-age')
const varyOf = ({ headers }: Response) => (headers.get('vary') ?? '').toLowerCase().split(/, */)

describe('a preflight request', () => {
  test('from a listed origin is granted, with the cookie', async () => {
    const response = await preflight(production, PANEL)
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': PANEL,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
      'access-control-max-age': '7200',
    })
    const allowed = response.headers.get('access-control-allow-headers')?.split(', ')
    expect(allowed).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'accept', 'idempotency-key', 'traceparent', 'range', 'if-none-match']),
    )
    expect(allowed).toEqual(expect.arrayContaining(['apollo-require-preflight', 'x-request-id']))
    expect(varyOf(response)).toContain('origin')
  })

  test('from a subdomain is granted without the cookie', async () => {
    const { headers } = await preflight(production, SUBDOMAIN)
    expect(headers.get('access-control-allow-origin')).toBe(SUBDOMAIN)
    expect(headers.get('access-control-allow-credentials')).toBeNull()
  })

  test.each([
    FOREIGN,
    'null',
    'http://panel.example.com',
    'https://panel.example.com:8443',
    'https://panel.example.com.evil.example',
    'https://example.org',
    'https://evilexample.org',
    'http://eu.example.org',
    'https://eu.example.org:444',
    'https://eu.example.org.evil.example',
    'https://evil.example/.example.org',
    'https://user@eu.example.org',
    VITE,
  ])('from %s is not granted in production', async (origin) => {
    const response = await preflight(production, origin)
    expect(response.status).toBe(404)
    expect(granted(response)).toEqual([])
    expect(varyOf(response)).toContain('origin')
  })

  test.each([VITE, 'https://localhost', 'http://127.0.0.1:3000', 'http://[::1]:8080'])(
    'from %s is granted in demo mode, without the cookie',
    async (origin) => {
      const { headers } = await preflight(demo, origin)
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    },
  )

  test.each([FOREIGN, 'http://localhost.evil.example', 'http://localhost:5173.evil.example', 'http://127.0.0.2', 'null'])(
    'from %s is not granted in demo mode',
    async (origin) => {
      expect(granted(await preflight(demo, origin))).toEqual([])
    },
  )

  test('is granted on every route of the API, also while billing is disabled', async () => {
    const disabled = await startServer({ environment: { BILLING_ENABLED: 'false', CORS_ORIGINS: PANEL } })
    for (const path of [
      '/graphql',
      '/graphql/stream',
      '/api/plans',
      '/api/v1/billing/subscription',
      '/orders/1/invoice',
      '/invoices/1/pdf',
    ]) {
      expect((await preflight(disabled, PANEL, path)).status).toBe(204)
    }
    expect((await preflight(disabled, PANEL, '/admin/invoices.zip?from=2026-01-01&to=2026-01-31')).status).toBe(204)
    await disabled.close()
  })

  test.each(['/metrics', '/livez', '/readyz', '/webhooks/lemonsqueezy', '/sandbox/checkout/1'])('is not granted at %s', async (path) => {
    expect(granted(await preflight(production, PANEL, path))).toEqual([])
  })
})

describe('a response', () => {
  let headers: Record<string, string>
  let pdfUrl: string
  beforeAll(async () => {
    headers = { origin: PANEL, authorization: `Bearer ${await production.token(1, 'admin')}`, 'content-type': 'application/json' }
    await production.ask(55, '{ me { id } }')
    const { data } = await production.ask(
      'admin',
      'mutation { applyPlan(input: { userId: "55", planId: "2" }) { order { invoicePdfUrl } } }',
    )
    pdfUrl = data.applyPlan.order.invoicePdfUrl
  })

  const readableStatus = (response: Response) => {
    expect(response.headers.get('access-control-allow-origin')).toBe(PANEL)
    expect(response.headers.get('access-control-expose-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['x-request-id', 'retry-after', 'content-disposition', 'content-range', 'accept-ranges', 'etag']),
    )
    expect(varyOf(response)).toContain('origin')
    return response.status
  }
  const get = (path: string, more: Record<string, string> = {}) => fetch(production.url + path, { headers: { ...headers, ...more } })
  const post = (path: string, body: string, more: Record<string, string> = {}) =>
    fetch(production.url + path, { method: 'POST', body, headers: { ...headers, ...more } })

  test('of GraphQL can be read by an allowed origin, errors included', async () => {
    expect(readableStatus(await post('/graphql', '{"query":"{ me { id } }"}'))).toBe(200)
    expect(readableStatus(await post('/graphql', '{'))).toBe(400)
    expect(readableStatus(await post('/graphql', '{"query":"{ me { id } }"}', { authorization: 'Bearer wrong' }))).toBe(401)
  })

  test('to a query by GET has its own Vary headers in addition to Origin', async () => {
    const response = await get('/graphql?query={plans{id}}')
    expect(readableStatus(response)).toBe(200)
    expect(varyOf(response)).toEqual(expect.arrayContaining(['origin', 'accept', 'authorization', 'cookie']))
    const etag = response.headers.get('etag') ?? ''
    expect(readableStatus(await get('/graphql?query={plans{id}}', { 'if-none-match': etag }))).toBe(304)
  })

  test('of the REST routes can be read, including errors and unknown routes', async () => {
    expect(readableStatus(await get('/api/plans'))).toBe(200)
    expect(readableStatus(await get('/api/plans/999'))).toBe(404)
    expect(readableStatus(await get('/api/v1/billing/subscription'))).toBe(200)
    expect(readableStatus(await post('/api/orders', '{"planId":"x"}'))).toBe(400)
    expect(readableStatus(await get('/no/such/route'))).toBe(404)
  })

  test('with a PDF, a range of a PDF or an export can be read', async () => {
    const link = pdfUrl.replace(/^https?:\/\/[^/]+/, '')
    const anonymous = { authorization: '' }
    expect(readableStatus(await fetch(production.url + link, { headers: { origin: PANEL } }))).toBe(200)
    expect(readableStatus(await fetch(production.url + link, { headers: { origin: PANEL, range: 'bytes=0-9' } }))).toBe(206)
    expect(readableStatus(await fetch(`${production.url}${link}0`, { headers: { origin: PANEL, ...anonymous } }))).toBeGreaterThanOrEqual(
      400,
    )
    expect(readableStatus(await get('/admin/invoices.zip?from=2026-05-01&to=2026-05-31'))).toBe(200)
  })

  test('of an event stream can be read, errors included', async () => {
    const stop = new AbortController()
    const stream = await fetch(`${production.url}/graphql/stream`, {
      method: 'POST',
      body: '{"query":"subscription { orderUpdated { id } }"}',
      headers: { ...headers, accept: 'text/event-stream' },
      signal: stop.signal,
    })
    expect(readableStatus(stream)).toBe(200)
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    stop.abort()
    expect(readableStatus(await post('/graphql/stream', '{"query":"{ me { id } }"}', { accept: 'text/event-stream' }))).toBe(400)
    expect(readableStatus(await post('/graphql/stream', '{}', { accept: 'text/event-stream', authorization: 'Bearer wrong' }))).toBe(401)
  })

  test('to another origin cannot be read, and is otherwise the same', async () => {
    const response = await post('/graphql', '{"query":"{ me { id } }"}', { origin: FOREIGN })
    expect(response.status).toBe(200)
    expect(granted(response)).toEqual([])
    expect(varyOf(response)).toContain('origin')
  })

  test('of the operator’s routes cannot be read by any page', async () => {
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect(granted(await get(path, { authorization: 'Bearer a token for the metrics' }))).toEqual([])
  })

  test('with the explorer cannot be read by other origins', async () => {
    const page = await fetch(`${demo.url}/graphql`, { headers: { accept: 'text/html', origin: VITE } })
    expect(page.status).toBe(200)
    expect(page.headers.get('access-control-allow-origin')).toBeNull()
  })
})
