import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ environment: { METRICS_TOKEN: 'reader of metrics', TRUST_PROXY: '127.0.0.0/8' } })
})
afterAll(() => server.close())

const lines = () => server.logged.map((line) => JSON.parse(line) as Record<string, any>)

/** The line is written after the response. */
const LOGGED = { timeout: 60_000 }

describe('the log', () => {
  test('has a line for every request with its id, principal, operation and status', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await server.token(55)}`,
        'x-request-id': 'from-the-proxy-1',
      },
      body: JSON.stringify({ query: 'query Mine { orders { totalCount } }', operationName: 'Mine' }),
    })
    expect(response.headers.get('x-request-id')).toBe('from-the-proxy-1')
    await vi.waitFor(
      () =>
        expect(lines()).toContainEqual(
          expect.objectContaining({
            reqId: 'from-the-proxy-1',
            method: 'POST',
            route: '/graphql',
            status: 200,
            caller: 'user:55',
            operation: 'query Mine',
            ms: expect.any(Number),
          }),
        ),
      LOGGED,
    )
  })

  test('has exactly one line for each request', async () => {
    const own = await startServer({ environment: { TRUST_PROXY: '127.0.0.0/8' } })
    const token = await own.token(1, 'admin')
    const json = (query: string) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) })
    const requests: Record<string, { path: string; init?: RequestInit; status: number }> = {
      'a-valid-query': { path: '/graphql', init: json('{ plans { name } }'), status: 200 },
      'a-query-that-fails': { path: '/graphql', init: json('{ orders { totalCount } }'), status: 200 },
      'an-invalid-query': { path: '/graphql', init: json('{ unknown }'), status: 200 },
      'a-body-that-is-no-json': { path: '/graphql', init: { ...json(''), body: '{' }, status: 400 },
      'a-rest-request': { path: '/api/plans', status: 200 },
      'a-refused-rest-request': { path: '/api/orders', status: 401 },
      'an-unknown-route': { path: '/nowhere', status: 404 },
      'a-malformed-url': { path: '/api/plans/%', status: 400 },
      'an-invalid-token': { path: '/graphql', init: { headers: { authorization: 'Bearer none' } }, status: 401 },
      'a-preflight-request': { path: '/graphql', init: { method: 'OPTIONS' }, status: 404 },
      'an-export': { path: '/export/orders.csv', init: { headers: { authorization: `Bearer ${token}` } }, status: 200 },
    }
    for (const [id, { path, init, status }] of Object.entries(requests)) {
      const response = await fetch(own.url + path, { ...init, headers: { ...init?.headers, 'x-request-id': id } })
      expect([id, response.status]).toEqual([id, status])
      await response.arrayBuffer()
    }
    // It waits for all responses, and so for their lines.
    await own.close()
    const logged = own.logged.map((line) => JSON.parse(line) as { reqId?: string; msg: string; status?: number })
    const ofRequests = logged.filter(({ reqId }) => reqId !== undefined).map(({ reqId, msg, status }) => `${reqId}: ${msg} ${status}`)
    const expected = Object.entries(requests).map(([id, { status }]) => `${id}: request ${status}`)
    expect(ofRequests.sort()).toEqual(expected.sort())
  })

  test.each(['', 'short', 'with\nnewline and "quotes" in it', 'x'.repeat(101)])('replaces the invalid request id "%s"', async (id) => {
    const { headers } = await fetch(`${server.url}/livez`, { headers: id && !id.includes('\n') ? { 'x-request-id': id } : {} })
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test.each(['', '10.0.0.0/8,192.0.2.1', '::1'])('ignores the request id of an address outside TRUST_PROXY "%s"', async (proxies) => {
    const other = await startServer({ environment: { TRUST_PROXY: proxies } })
    const { headers } = await fetch(`${other.url}/livez`, { headers: { 'x-request-id': 'from-elsewhere-1' } })
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    await other.close()
  })

  test('has the request id of the response on the line of an internal error', async () => {
    const broken = await startServer()
    await broken.owner.query('ALTER TABLE users RENAME COLUMN name TO nom')
    const response = await fetch(`${broken.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await server.token(55)}` },
      body: JSON.stringify({ query: '{ me { name } }' }),
    })
    expect(await response.text()).not.toContain('nom')
    const line = broken.logged.map((text) => JSON.parse(text)).find(({ level }) => level === 50)
    expect(line?.reqId).toBe(response.headers.get('x-request-id'))
    await broken.close()
  })

  test('contains no token, secret, name, e-mail address, note, variable or signature', async () => {
    const { pro } = await createCatalog(server)
    const secrets = {
      email: 'ada.lovelace@example.com',
      name: 'Ada Lovelace',
      street: '12 St James Square',
      note: 'a note that is nobody else’s business',
      key: 'idempotency-of-ada',
    }
    const upsert = 'mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { user { id } } }'
    await server.ask('admin', upsert, { input: { id: '70', email: secrets.email, name: secrets.name } })
    const { data } = await applyPlan(server, { userId: '70', planId: pro, notes: secrets.note, idempotencyKey: secrets.key })
    await server.ask(70, 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { __typename } }', {
      input: { name: secrets.name, address: secrets.street },
    })
    const link = (await server.ask(70, 'query ($id: ID!) { order(id: $id) { invoicePdfUrl } }', { id: data.applyPlan.order.id })).data.order
      .invoicePdfUrl
    await fetch(link)
    await server.ask(70, `{ nothing(name: "${secrets.name}") }`)
    const apiKey = (
      await server.ask('admin', 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { key } }', {
        input: { name: 'panel', scopes: ['READ'] },
      })
    ).data.createApiKey.key
    await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
      body: '{"query":"{ entitlements { totalCount } }"}',
    })
    await fetch(`${server.url}/graphql`, { headers: { authorization: 'Bearer not-a-token', cookie: 'session=not-a-session' } })
    await server.settle()
    const all = server.logged.join('\n')
    const signature = new URL(link).searchParams.get('signature') ?? 'none'
    const hidden = [
      ...Object.values(secrets),
      signature,
      apiKey,
      server.config.auth.secret ?? '',
      await server.token(70),
      'not-a-token',
      'not-a-session',
    ]
    for (const secret of hidden) expect(all).not.toContain(secret)
    expect(all).toContain('"caller":"key:')
  })
})

describe('metrics', () => {
  const read = async (authorization = 'Bearer reader of metrics') => fetch(`${server.url}/metrics`, { headers: { authorization } })

  test('cover requests, operations, statements, rendering, queues and the outbox', async () => {
    await server.ask(55, 'query Named { orders { totalCount } }')
    await server.ask(55, 'query Wrong { invoice(id: "x") { number } }')
    await server.ask(55, '{ unknown }')
    const response = await read()
    expect(response.headers.get('content-type')).toContain('text/plain')
    const text = await response.text()
    for (const metric of [
      /^quittance_http_request_seconds_count\{route="POST \/graphql",outcome="200"\} \d+/m,
      /^quittance_graphql_operation_seconds_count\{operation="query unnamed",outcome="BAD_USER_INPUT"\}|query Wrong/m,
      /^quittance_graphql_operation_seconds_count\{operation="refused",outcome="GRAPHQL_VALIDATION_FAILED"\} \d+/m,
      /^quittance_sql_statement_seconds_count\{statement="[A-Z]+ \w+",outcome="ok"\} \d+/m,
      /^quittance_pdf_drawing_seconds_count\{kind="INVOICE",outcome="ok"\} \d+/m,
      /^quittance_jobs_waiting \d+/m,
      /^quittance_outbox_lag_seconds \d+/m,
      /^quittance_database_up 1/m,
      /^quittance_database_connections \d+/m,
      /^quittance_graphql_cost_points_total \d+/m,
      /^process_resident_memory_bytes \d+/m,
    ])
      expect(text).toMatch(metric)
  })

  test('require METRICS_TOKEN, or without it a request from this machine in demo mode', async () => {
    expect((await read('Bearer wrong')).status).toBe(401)
    const open = await startServer()
    expect((await fetch(`${open.url}/metrics`)).status).toBe(200)
    expect((await fetch(`${open.url}/metrics`, { headers: { 'x-forwarded-for': '198.51.100.1' } })).status).toBe(401)
    await open.close()
    const production = await startServer({ environment: { DEMO: 'false', PUBLIC_URL: 'https://billing.example.com' } })
    expect((await fetch(`${production.url}/metrics`)).status).toBe(401)
    await production.close()
  })

  test('are refused to other host names of this machine, and to other machines', async () => {
    const open = await startServer()
    const status = async (host: string, remoteAddress: string) =>
      (await open.app.inject({ url: '/metrics', headers: { host }, remoteAddress })).statusCode
    expect(await status('localhost:4000', '127.0.0.1')).toBe(200)
    expect(await status('[::1]:4000', '::1')).toBe(200)
    expect(await status('evil.example', '127.0.0.1')).toBe(401)
    expect(await status('localhost:4000', '192.168.1.20')).toBe(401)
    await open.close()
  })

  test('limit the number of operation names', async () => {
    for (let from = 0; from < 300; from += 20)
      await Promise.all(Array.from({ length: 20 }, (_, n) => server.ask(55, `query Made_${from + n} { billingEnabled }`)))
    const names = new Set((await (await read()).text()).match(/operation="[^"]*"/g))
    expect(names.size).toBeLessThanOrEqual(201)
    expect(names).toContain('operation="other"')
  })
})

test('sends traces to the collector, as part of the trace of the client', async () => {
  const bodies: any[] = []
  const collector = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      bodies.push(JSON.parse(text))
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((done) => void collector.listen(0, '127.0.0.1', done))
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint)
  const traced = await startServer({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } })
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  await fetch(`${traced.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await traced.token(55)}`,
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    },
    body: JSON.stringify({ query: 'query Mine { orders { nodes { id } } }', operationName: 'Mine' }),
  })
  await traced.close()
  vi.unstubAllEnvs()
  await new Promise((done) => collector.close(done))
  const spans = bodies
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans: all }: any) => all))
  const mine = spans.filter((span) => span.traceId === traceId)
  const names = mine.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['POST /graphql', 'query Mine', 'SELECT orders']))
  const request = mine.find(({ name }) => name === 'POST /graphql')
  expect(request.parentSpanId).toBe('00f067aa0ba902b7')
  for (const { name, parentSpanId } of mine) if (name !== 'POST /graphql') expect(parentSpanId).toBe(request.spanId)
  expect(JSON.stringify(spans)).not.toContain(await server.token(55))
})

describe('the audit log', () => {
  const AUDIT =
    'query ($subject: String, $actor: String, $first: Int) { auditEntries(subject: $subject, actor: $actor, first: $first) { nodes { id at actor action subject details } totalCount } }'

  test('is listed for administrators, newest first, filtered by subject or actor', async () => {
    await server.ask('admin', 'mutation { setBillingEnabled(input: { enabled: true }) { enabled } }')
    const { data } = await server.ask('admin', AUDIT, { subject: 'billing.enabled' })
    expect(data.auditEntries.nodes[0]).toEqual({
      id: expect.stringMatching(/^aud_\d+$/),
      at: '2026-05-01T10:00:00.000Z',
      actor: 'user:1',
      action: 'setBillingEnabled',
      subject: 'billing.enabled',
      details: { enabled: true },
    })
    const mine = (await server.ask('admin', AUDIT, { actor: 'user:1', first: 2 })).data.auditEntries
    expect(mine.nodes).toHaveLength(2)
    expect(mine.totalCount).toBeGreaterThan(2)
    expect((await server.ask('admin', AUDIT, { actor: 'user:55' })).data.auditEntries.totalCount).toBe(0)
  })

  test('cannot be read by other users, nor changed by anybody', async () => {
    expect((await server.ask(55, AUDIT)).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    await expect(server.connections.pool.query("UPDATE audit_entries SET actor = 'user:2'")).rejects.toThrow()
    await expect(server.connections.pool.query('DELETE FROM audit_entries')).rejects.toThrow()
    await expect(server.connections.pool.query('TRUNCATE audit_entries')).rejects.toThrow()
  })
})
