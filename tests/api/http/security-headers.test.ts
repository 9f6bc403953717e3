import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

const STRICT = "default-src 'none';frame-ancestors 'none'"

let server: TestServer
let admin: Record<string, string>
let pdfUrl: string
let checkoutUrl: string

beforeAll(async () => {
  server = await startServer()
  admin = { authorization: `Bearer ${await server.token(1, 'admin')}` }
  await createCatalog(server)
  await server.ask(55, '{ me { id } }')
  const granted = await server.ask('admin', 'mutation { applyPlan(input: { userId: "55", planId: "2" }) { order { invoicePdfUrl } } }')
  pdfUrl = granted.data.applyPlan.order.invoicePdfUrl
  const input = { plan: 'pro', successUrl: `${server.url}/graphql`, cancelUrl: `${server.url}/graphql` }
  const created = await server.ask(56, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
    input,
  })
  checkoutUrl = created.data.createCheckout.checkoutUrl
})
afterAll(() => server.close())

interface ResponseHead {
  status: number
  headers: Record<string, string | string[] | undefined>
}

/** Sends exactly this path, and reads only the headers, because a stream never ends. */
function send(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<ResponseHead> {
  const { hostname, port } = new URL(server.url)
  return new Promise((done, failed) => {
    const sent = request({ hostname, port, method, path, headers }, (response) => {
      done({ status: response.statusCode ?? 0, headers: response.headers })
      response.destroy()
    })
    sent.on('error', failed).end(body)
  })
}

/** All methods and paths of the app, with a value for each parameter. */
function routes(): [method: string, path: string][] {
  const parents: string[] = []
  return server.app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const found = /^((?:[│ ] {3})*)[├└]── (.*) \(([A-Z, ]+)\)$/.exec(line)
      if (!found) return []
      const [, indent = '', part = '', methods = ''] = found
      const depth = indent.length / 4
      parents.splice(depth, parents.length, part)
      const path = parents
        .join('')
        .replace(/:\w+(\([^)]*\))?/g, '1')
        .replace(/^\*|\*/, '/x')
      return methods.split(', ').map((method): [string, string] => [method, path])
    })
}

const expectHeaders = ({ headers }: ResponseHead, about: string) => {
  expect(headers['x-content-type-options'], about).toBe('nosniff')
  expect(headers['referrer-policy'], about).toBe('no-referrer')
  expect(headers['content-security-policy'], about).toMatch(/default-src 'none'/)
}

test('every route of the app sends nosniff, a referrer policy and a content security policy', async () => {
  const all = routes()
  expect(all).toEqual(
    expect.arrayContaining([
      ['GET', '/orders/1/invoice'],
      ['POST', '/graphql'],
      ['GET', '/api/docs/json'],
    ]),
  )
  expect(all.length).toBeGreaterThan(50)
  const statuses = new Set<number>()
  for (const [method, path] of all) {
    for (const headers of [{}, admin, { accept: 'text/html' }]) {
      const response = await send(method, path, headers)
      statuses.add(response.status)
      expectHeaders(response, `${method} ${path}`)
    }
  }
  expect([...statuses]).toEqual(expect.arrayContaining([200, 302, 400, 401, 404, 405]))
})

test('unknown paths, errors, redirects, assets, preflights and streams send these headers as well', async () => {
  const json = { 'content-type': 'application/json' }
  const stream = { ...admin, ...json, accept: 'text/event-stream' }
  const [asset] = readdirSync(new URL('../../../dist/explorer/assets', import.meta.url))
  const preflight = { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' }
  const cases: [number, string, string, Record<string, string>?, string?][] = [
    [404, 'GET', '/no/such/route'],
    [404, 'PUT', '/graphql'],
    [404, 'GET', '/api/no/such/route'],
    [400, 'POST', '/graphql', json, '{'],
    [413, 'POST', '/graphql', json, JSON.stringify({ query: 'x'.repeat(1_100_000) })],
    [401, 'POST', '/graphql', { ...json, authorization: 'Bearer wrong' }, '{}'],
    [401, 'POST', '/webhooks/lemonsqueezy', json, '{}'],
    [302, 'GET', '/'],
    [200, 'GET', `/graphql/assets/${asset}`],
    [404, 'GET', '/graphql/assets/none.js'],
    [200, 'GET', '/api/docs/json'],
    [204, 'OPTIONS', '/graphql', preflight],
    [404, 'OPTIONS', '/graphql', { ...preflight, origin: 'https://evil.example' }],
    [200, 'POST', '/graphql/stream', stream, '{"query":"subscription { orderUpdated { id } }"}'],
    [400, 'POST', '/graphql/stream', stream, '{"query":"{ me { id } }"}'],
    [200, 'GET', '/admin/invoices.zip?from=2026-05-01&to=2026-05-31', admin],
    [200, 'GET', pdfUrl.replace(server.url, '')],
  ]
  for (const [status, method, path, headers, body] of cases) {
    const response = await send(method, path, headers, body)
    expect(response.status, `${method} ${path}`).toBe(status)
    expectHeaders(response, `${method} ${path}`)
  }
})

test('refuses a URL that cannot be decoded, with nosniff', async () => {
  const { status, headers } = await send('GET', '/%zz')
  expect([status, headers['x-content-type-options']]).toEqual([400, 'nosniff'])
})

/** Sends bytes that no HTTP client would send. @returns the whole response */
function sendRaw(request: string): Promise<string> {
  const { hostname, port } = new URL(server.url)
  return new Promise((done, failed) => {
    let response = ''
    const socket = connect(Number(port), hostname, () => socket.write(request))
    socket.on('data', (chunk) => (response += chunk.toString()))
    socket.on('error', failed).on('close', () => done(response))
  })
}

test.each([
  ['431 Request Header Fields Too Large', `GET /livez HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`],
  ['400 Bad Request', 'NONSENSE\r\n\r\n'],
])('returns %s for a request that Node refuses, with nosniff and a log line', async (status, request) => {
  const before = server.logged.length
  const response = await sendRaw(request)
  expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\\r\\n`))
  expect(response).toContain('x-content-type-options: nosniff')
  expect(JSON.parse(response.split('\r\n\r\n')[1] ?? '').error).toBeTruthy()
  expect(server.logged.slice(before).filter((line) => line.includes(`"status":${status.slice(0, 3)}`))).toHaveLength(1)
})

describe('the content security policy', () => {
  const policyOf = async (path: string, headers: Record<string, string> = {}): Promise<ResponseHead['headers'] & { policy: string }> => {
    const { headers: response } = await send('GET', path, headers)
    return { ...response, policy: String(response['content-security-policy']) }
  }

  test('of the API allows nothing, not even in a frame', async () => {
    const response = await policyOf('/api/plans')
    expect(response.policy).toBe(STRICT)
    expect(response).toMatchObject({ 'x-frame-options': 'DENY', 'cross-origin-resource-policy': 'same-origin' })
  })

  test('of a PDF lets pages of this server and of allowed origins embed it in a frame', async () => {
    const response = await policyOf(pdfUrl.replace(server.url, ''))
    expect(response.policy).toBe(
      "default-src 'none';frame-ancestors 'self' http://localhost:* https://localhost:* http://127.0.0.1:* https://127.0.0.1:*",
    )
    expect(response['x-frame-options']).toBeUndefined()
    expect(response['cross-origin-resource-policy']).toBe('cross-origin')
  })

  test('of a page allows only what the page needs', async () => {
    const html = { accept: 'text/html' }
    const explorer = await policyOf('/graphql', html)
    expect(explorer.policy).toContain("script-src 'self';")
    expect(explorer.policy).toContain("worker-src 'self'")
    expect(explorer['cross-origin-opener-policy']).toBe('same-origin')
    expect((await policyOf('/api/docs', html)).policy).toContain("script-src 'self';")
    const checkout = await policyOf(checkoutUrl.replace(server.url, ''), html)
    expect(checkout.policy).toContain(`form-action 'self' ${server.url}`)
    expect(checkout.policy).not.toContain('script-src')
  })
})

test('a response to a link is not stored, and one to a token must be revalidated', async () => {
  const path = new URL(pdfUrl).pathname
  expect((await send('GET', pdfUrl.replace(server.url, ''))).headers['cache-control']).toBe('private, no-store')
  const { headers } = await send('GET', path, admin)
  expect(headers['cache-control']).toBe('private, no-cache')
  expect((await send('GET', path, { ...admin, 'if-none-match': String(headers.etag) })).status).toBe(304)
})

test('HSTS is sent only where PUBLIC_URL is https', async () => {
  expect((await send('GET', '/livez')).headers['strict-transport-security']).toBeUndefined()
  const secure = await startServer({ environment: { PUBLIC_URL: 'https://billing.example.com' }, database: server.database })
  const { headers } = await fetch(`${secure.url}/livez`)
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
  await secure.close()
})

test('allows frames of CORS_ORIGINS in production, and none of localhost', async () => {
  const environment = { NODE_ENV: 'production', CORS_ORIGINS: 'https://panel.example.com,https://*.example.org' }
  const production = await startServer({ environment, database: server.database })
  const { headers } = await fetch(production.url + pdfUrl.replace(server.url, ''))
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none';frame-ancestors 'self' https://panel.example.com https://*.example.org",
  )
  await production.close()
})

describe('in production the explorer and the API documentation', () => {
  test('are disabled', async () => {
    const production = await startServer({ environment: { NODE_ENV: 'production' }, database: server.database })
    const get = (path: string) => fetch(production.url + path, { headers: { accept: 'text/html' }, redirect: 'manual' })
    const [asset] = readdirSync(new URL('../../../dist/explorer/assets', import.meta.url))
    const paths = ['/', '/graphql', '/api/docs', '/api/docs/json', `/graphql/assets/${asset}`]
    for (const path of paths) {
      const response = await get(path)
      expect([path, response.status, response.headers.get('x-content-type-options')]).toEqual([path, 404, 'nosniff'])
      expect((await response.text()).length).toBeLessThan(300)
    }
    expect((await fetch(`${production.url}/graphql?query={billingEnabled}`, { headers: { accept: 'text/html' } })).status).not.toBe(404)
    await production.close()
  })

  test('are served with EXPLORER=true, without tokens', async () => {
    const environment = { NODE_ENV: 'production', EXPLORER: 'true' }
    const production = await startServer({ environment, database: server.database })
    const page = await fetch(`${production.url}/graphql`, { headers: { accept: 'text/html' } })
    expect(page.status).toBe(200)
    expect(await page.text()).not.toContain('-token"')
    expect((await fetch(`${production.url}/api/docs/json`)).status).toBe(200)
    await production.close()
  })

  test('are disabled in demo mode by EXPLORER=false', async () => {
    const closed = await startServer({ environment: { EXPLORER: 'false' }, database: server.database })
    expect((await fetch(`${closed.url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(404)
    await closed.close()
  })
})
