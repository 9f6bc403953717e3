import { expect, test, vi } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import type { TestServer } from '../../support/server.js'
import { serversOfEachTest } from '../../support/servers.js'
import { countStatements } from '../../support/statements.js'

const start = serversOfEachTest()

/** A notification takes milliseconds, or seconds on a busy machine. */
const NOTIFIED = { timeout: 30_000, interval: 50 }
/** Costs 20 points: ten plans, each with its price. */
const PLANS = 'query Plans { plans { name price { formatted } } }'
const COST = 20

type Who = number | 'admin' | undefined

interface Response {
  status: number
  body: any
}

async function send(server: TestServer, bearer: string | undefined, parameters: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) }
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(parameters) })
  return { status: response.status, body: await response.json() }
}

const tokenOf = (server: TestServer, who: Who) =>
  who === undefined ? undefined : server.token(who === 'admin' ? 1 : who, who === 'admin' ? 'admin' : 'user')

async function ask(server: TestServer, who: Who, query = PLANS, variables?: object): Promise<Response> {
  return send(server, await tokenOf(server, who), { query, variables })
}

async function createKey(server: TestServer): Promise<{ key: string; id: string }> {
  const { data } = await server.ask('admin', 'mutation { createApiKey(input: { name: "panel", scopes: [READ] }) { key apiKey { id } } }')
  return { key: data.createApiKey.key, id: data.createApiKey.apiKey.id }
}

/** Sends the request until the response comes from the cache, which each new plan invalidates once more. */
function untilCached(server: TestServer, request: () => Promise<unknown>): Promise<void> {
  return vi.waitFor(async () => expect(await countHits(server, request)).toBe(1), NOTIFIED)
}

/** The responses of `request` that came from the cache, as the metrics count them. */
async function countHits(server: TestServer, request: () => Promise<unknown>): Promise<number> {
  const before = await hits(server)
  await request()
  return (await hits(server)) - before
}

async function hits(server: TestServer): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^quittance_graphql_operation_seconds_count\{operation="cached response",outcome="ok"\} (\d+)$/m.exec(metrics)?.[1] ?? 0)
}

test('serves users and API keys from one cached response, each with its own rate limit', async () => {
  const server = await start({ environment: { RATE_LIMIT_POINTS: '1000', RATE_LIMIT_RESTORE_RATE: '1' } })
  await createCatalog(server)
  const { key } = await createKey(server)
  const first = await ask(server, 55)
  expect(first.body.data.plans).toHaveLength(4)
  await untilCached(server, () => ask(server, 55))
  const spend = 'query Spend { orders(first: 100) { nodes { id } } }'
  await ask(server, 56, spend)
  for (const [who, available] of [
    [57, 1000 - COST],
    [56, 1000 - 101 - COST],
    [57, 1000 - 2 * COST],
  ] as const) {
    let response: Response | undefined
    expect(
      await countHits(server, async () => {
        response = await ask(server, who)
      }),
    ).toBe(1)
    const cost = { requested: COST, maximum: 1000, budget: { capacity: 1000, available, restoreRate: 1 } }
    expect(response?.body).toEqual({ data: first.body.data, extensions: { cost } })
  }
  const budget = { capacity: 10_000, available: 10_000 - COST, restoreRate: 10 }
  expect((await send(server, key, { query: PLANS })).body).toEqual({
    data: first.body.data,
    extensions: { cost: { requested: COST, maximum: 10_000, budget } },
  })
  expect((await ask(server, undefined)).body).toEqual({ data: first.body.data, extensions: { cost: { requested: COST, maximum: 1000 } } })
})

test('responds from the cache with the bytes of a response that is not', async () => {
  const server = await start()
  await createCatalog(server)
  const text = async (query: string, method: 'GET' | 'POST') => {
    const url = method === 'GET' ? `${server.url}/graphql?query=${encodeURIComponent(query)}` : `${server.url}/graphql`
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await server.token(55)}` }
    const response = await fetch(url, { method, headers, ...(method === 'POST' && { body: JSON.stringify({ query }) }) })
    const compared = [...response.headers].filter(([name]) => !['date', 'x-request-id', 'etag'].includes(name))
    return { headers: compared, text: (await response.text()).replace(/"available":\d+/, '') }
  }
  for (const method of ['GET', 'POST'] as const) {
    // A comment makes it another question, which is not in the cache.
    await untilCached(server, () => text(PLANS, method))
    const cached = await text(PLANS, method)
    expect(cached).toEqual(await text(`${PLANS} # ${method}`, method))
    expect(cached.text.includes('"budget"')).toBe(method === 'POST')
  }
})

test('a cached response takes no SQL statement, and its log line names the user and the operation', async () => {
  const server = await start()
  await createCatalog(server)
  await untilCached(server, () => ask(server, 55))
  expect(await countStatements(() => ask(server, 55))).toEqual([])
  await vi.waitFor(() => expect(JSON.parse(server.logged.at(-1) ?? '{}')).toMatchObject({ caller: 'user:55', operation: 'query Plans' }))
})

test('administrators neither read the cache nor fill it', async () => {
  const server = await start()
  const { pro } = await createCatalog(server)
  await server.ask('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }', {
    input: { id: pro, hiddenFromBilling: true },
  })
  const one = 'query One($id: ID!) { plan(id: $id) { name } }'
  const planAs = async (who: Who) => (await ask(server, who, one, { id: pro })).body.data.plan
  expect(await planAs('admin')).toEqual({ name: 'Pro' })
  expect(await planAs(55)).toBeNull()
  await untilCached(server, () => planAs(55))
  expect(await countHits(server, () => planAs('admin'))).toBe(0)
  expect(await planAs('admin')).toEqual({ name: 'Pro' })
  for (const who of [56, undefined]) expect(await planAs(who)).toBeNull()
})

test('consumes points per user, also for cached responses', async () => {
  const server = await start({ environment: { RATE_LIMIT_POINTS: '100', RATE_LIMIT_RESTORE_RATE: '1' } })
  await createCatalog(server)
  const statuses = async (who: Who) => {
    const all = []
    for (let count = 0; count < 6; count += 1) all.push((await ask(server, who)).status)
    return all
  }
  for (const who of [55, 56, undefined]) expect(await statuses(who)).toEqual([200, 200, 200, 200, 200, 429])
})

test('refuses a user an operation that only an API key can pay for, although its response is cached', async () => {
  const server = await start({ environment: { RATE_LIMIT_POINTS: '15', RATE_LIMIT_RESTORE_RATE: '15' } })
  const { key } = await createKey(server)
  for (let count = 0; count < 2; count += 1) expect((await send(server, key, { query: PLANS })).body.data).toBeDefined()
  for (const who of [55, undefined]) expect((await ask(server, who)).body.errors[0].extensions.code).toBe('QUERY_TOO_COMPLEX')
})

test('shows no cached response to a revoked key or an expired token', async () => {
  const server = await start()
  await createCatalog(server)
  const { key, id } = await createKey(server)
  const token = await server.token(55)
  for (const bearer of [key, token]) await untilCached(server, () => send(server, bearer, { query: PLANS }))
  await server.ask('admin', 'mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { apiKey { id } } }', { id })
  server.clock.set('2026-05-01T12:00:00.000Z')
  for (const bearer of [key, token]) expect(await send(server, bearer, { query: PLANS })).toMatchObject({ status: 401 })
})

test('returns a changed plan to the next request of a user, and on other processes once they are notified', async () => {
  const server = await start()
  const other = await start({ database: server.database })
  const { pro } = await createCatalog(server)
  const names = async (at: TestServer) => (await ask(at, 55)).body.data.plans.map(({ name }: { name: string }) => name)
  for (const name of ['Pro 2', 'Pro 3']) {
    for (const at of [server, other]) await untilCached(at, () => names(at))
    await server.ask('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }', {
      input: { id: pro, name },
    })
    expect(await names(server)).toContain(name)
    await vi.waitFor(async () => expect(await names(other)).toContain(name), NOTIFIED)
  }
})

test('caches nothing that depends on the user', async () => {
  const server = await start()
  await createCatalog(server)
  const mixed = 'query Mixed { plans { name } me { email } }'
  for (const who of [55, 56, 55]) expect((await ask(server, who, mixed)).body.data.me.email).toBe(`user${who}@example.com`)
  expect(await hits(server)).toBe(0)
})

test('distinguishes the locale, the operation, its variables and the extensions of the request', async () => {
  const server = await start()
  await createCatalog(server)
  const query = `query A($locale: String) { plans { price { formatted(locale: $locale) } } } query B { plans { slug } }`
  const bearer = await server.token(55)
  const prices = async (parameters: object) => {
    const { body } = await send(server, bearer, { query, ...parameters })
    return body.data?.plans.at(1) ?? body.errors[0].extensions.code
  }
  for (let count = 0; count < 3; count += 1) {
    expect(await prices({ operationName: 'A', variables: { locale: 'en-US' } })).toEqual({ price: { formatted: '$5.00' } })
    expect(await prices({ operationName: 'A', variables: { locale: 'de-DE' } })).toEqual({ price: { formatted: '5,00\u00a0$' } })
    expect(await prices({ operationName: 'B' })).toEqual({ slug: 'starter' })
    expect(await prices({ operationName: 'B', extensions: 'none' })).toBe('BAD_REQUEST')
  }
})
