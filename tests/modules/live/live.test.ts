import { fetchExchange, Client as UrqlClient } from '@urql/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { notifyOfOrders } from '../../../src/modules/orders/index.js'
import { runTransaction } from '../../../src/platform/postgres/transaction.js'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { startServer, type TestServer } from '../../support/server.js'
import { openStream, type WatchedStream } from '../../support/streams.js'

let server: TestServer
let plans: Catalog
const streams: WatchedStream[] = []

beforeEach(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.dispose()
  await server.close()
})

async function watch(
  who: number | 'admin' | string,
  query: string,
  variables: Record<string, unknown> = {},
  target = server,
): Promise<WatchedStream> {
  const stream = await openStream(target, who, query, variables)
  streams.push(stream)
  return stream
}

const ORDER_UPDATED = 'subscription ($id: ID) { orderUpdated(orderId: $id) { id status buyer { userId } } }'
const LIMITS_CHANGED =
  'subscription ($user: ID, $organisation: ID) { limitsChanged(userId: $user, organisationId: $organisation) { customer { ... on Node { id } } plan { slug } limits { serverLimit } } }'

async function placeOrder(who: number, extra: object = {}): Promise<string> {
  const { data, errors } = await server.ask(who, 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }', {
    input: { planId: plans.pro, ...extra },
  })
  if (errors) throw new Error(JSON.stringify(errors))
  return data.placeOrder.order.id
}

const apply = (input: object) =>
  server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', { input })

describe('orderUpdated', () => {
  test('sends a customer every change of an order with its current state', async () => {
    const mine = await watch(55, ORDER_UPDATED)
    const id = await placeOrder(55)
    await expect.poll(() => mine.events).toHaveLength(1)
    await apply({ userId: '55', planId: plans.pro, orderId: id })
    await expect.poll(() => mine.events).toHaveLength(2)
    await server.ask(55, 'mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { id } } }', { id })
    await expect.poll(() => mine.events).toHaveLength(3)
    expect(mine.events.map(({ data }) => data.orderUpdated)).toEqual([
      { id, status: 'PENDING', buyer: { userId: 'user_55' } },
      { id, status: 'ACTIVE', buyer: { userId: 'user_55' } },
      { id, status: 'CANCELLED', buyer: { userId: 'user_55' } },
    ])
  })

  test('is sent only to principals who may see the order', async () => {
    await createOrganisation(server, 7, { 60: 'OWNER', 61: 'ADMIN', 62: 'MEMBER' })
    const outsider = await watch(99, ORDER_UPDATED)
    const [owner, admin, member] = [await watch(60, ORDER_UPDATED), await watch(61, ORDER_UPDATED), await watch(62, ORDER_UPDATED)]
    const administrator = await watch('admin', ORDER_UPDATED)
    const { data } = await server.ask('admin', 'mutation { createApiKey(input: {name: "panel", scopes: [READ]}) { key } }')
    const service = await watch(data.createApiKey.key, ORDER_UPDATED)
    const theirs = await placeOrder(60, { organisationId: '7' })
    const own = await placeOrder(61)
    await expect.poll(() => administrator.events).toHaveLength(2)
    await expect.poll(() => service.events).toHaveLength(2)
    await expect.poll(() => admin.events).toHaveLength(2)
    await expect.poll(() => owner.events).toHaveLength(1)
    expect(owner.events[0].data.orderUpdated.id).toBe(theirs)
    expect(admin.events.map((event) => event.data.orderUpdated.id)).toEqual([theirs, own])
    expect(outsider.events).toEqual([])
    expect(member.events).toEqual([])
  })

  test('keeps the order of changes, also if the members of an organisation have to be loaded', async () => {
    await createOrganisation(server, 7, { 60: 'OWNER' })
    const stream = await watch(60, ORDER_UPDATED)
    const placed: string[] = []
    for (let turn = 0; turn < 20; turn += 1) placed.push(await placeOrder(60, turn % 2 ? {} : { organisationId: '7' }))
    await expect.poll(() => stream.events).toHaveLength(20)
    expect(stream.events.map((event) => event.data.orderUpdated.id)).toEqual(placed)
  })

  test('can be filtered by order', async () => {
    const all = await watch(55, ORDER_UPDATED)
    const first = await placeOrder(55)
    // Notifications follow the commit, so a stream that is opened now could still receive this one.
    await expect.poll(() => all.events).toHaveLength(1)
    const one = await watch(55, ORDER_UPDATED, { id: first })
    await placeOrder(55)
    await server.ask(55, 'mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { id } } }', { id: first })
    await expect.poll(() => all.events).toHaveLength(3)
    await expect.poll(() => one.events).toHaveLength(1)
    expect(one.events[0].data.orderUpdated).toMatchObject({ id: first, status: 'CANCELLED' })
  })

  test('is sent by every process', async () => {
    const other = await startServer({ database: server.database })
    const there = await watch(55, ORDER_UPDATED, {}, other)
    await placeOrder(55)
    await expect.poll(() => there.events).toHaveLength(1)
    await other.close()
  })

  test('ends with an error after the LISTEN connection is lost, and works again after the client reconnects', async () => {
    const mine = await watch(55, ORDER_UPDATED)
    await server.connections.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quittance notifications' AND datname = current_database()",
    )
    await expect.poll(() => mine.failures).toHaveLength(1)
    await expect
      .poll(async () => {
        const { rows } = await server.connections.pool.query(
          "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'quittance notifications' AND datname = current_database()",
        )
        return rows[0].n
      })
      .toBe(1)
    const again = await watch(55, ORDER_UPDATED)
    await placeOrder(55)
    await expect.poll(() => again.events).toHaveLength(1)
  })
})

describe('limitsChanged', () => {
  test('is sent for a new plan, a limit override and the return to the free plan', async () => {
    await server.services.db.user.create({ data: { id: '55' } })
    const mine = await watch(55, LIMITS_CHANGED)
    const administrator = await watch('admin', LIMITS_CHANGED, { user: '55' })
    await apply({ userId: '55', planId: plans.starter })
    await expect.poll(() => mine.events).toHaveLength(1)
    await server.ask(
      'admin',
      'mutation { setLimitOverride(input: {userId: 55, resource: SERVERS, value: 9, reason: "x"}) { override { id } } }',
    )
    await expect.poll(() => mine.events).toHaveLength(2)
    await server.ask('admin', 'mutation { cancelPlan(input: {userId: 55}) { success } }')
    await expect.poll(() => mine.events).toHaveLength(3)
    expect(mine.events.map(({ data }) => [data.limitsChanged.plan.slug, data.limitsChanged.limits.serverLimit])).toEqual([
      ['starter', 5],
      ['starter', 9],
      ['free', 9],
    ])
    await expect.poll(() => administrator.events).toHaveLength(3)
  })

  test('of an organisation is sent to its owners and admins', async () => {
    await createOrganisation(server, 7, { 60: 'OWNER', 62: 'MEMBER' })
    const [owner, member] = [await watch(60, LIMITS_CHANGED), await watch(62, LIMITS_CHANGED)]
    await apply({ userId: '60', organisationId: '7', planId: plans.starter })
    await apply({ userId: '62', planId: plans.pro })
    await expect.poll(() => owner.events).toHaveLength(1)
    await expect.poll(() => member.events).toHaveLength(1)
    expect(owner.events[0].data.limitsChanged).toMatchObject({ customer: { id: 'org_7' } })
    expect(member.events[0].data.limitsChanged).toMatchObject({ customer: { id: 'user_62' } })
  })
})

const DEEP = `${'invoice { order { '.repeat(8)} id ${'} }'.repeat(8)}`

describe('a stream', () => {
  async function post(body: object, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}/graphql/stream`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${await server.token(55)}`,
        ...headers,
      },
      body: JSON.stringify(body),
    })
    return { status: response.status, text: await response.text() }
  }

  test.each([
    ['the request is anonymous', { authorization: '' }, { query: ORDER_UPDATED }, 401, 'UNAUTHENTICATED'],
    ['the operation is not a subscription', {}, { query: '{ me { id } }' }, 400, 'BAD_REQUEST'],
    ['the operation does not match the schema', {}, { query: 'subscription { ordersUpdated { id } }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['the query is not valid GraphQL', {}, { query: 'subscription {' }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['the Accept header excludes event streams', { accept: 'application/json' }, { query: ORDER_UPDATED }, 400, 'BAD_USER_INPUT'],
    ['the query is missing', {}, {}, 400, 'BAD_REQUEST'],
    ['the query is not a string', {}, { query: 1 }, 400, 'BAD_REQUEST'],
    ['the variables are not an object', {}, { query: ORDER_UPDATED, variables: 'x' }, 400, 'BAD_REQUEST'],
    ['the named operation does not exist', {}, { query: ORDER_UPDATED, operationName: 'Other' }, 400, 'BAD_REQUEST'],
    ['the operation name is not a string', {}, { query: ORDER_UPDATED, operationName: 1 }, 400, 'BAD_REQUEST'],
    ['the body is a list', {}, [{ query: ORDER_UPDATED }], 400, 'BAD_REQUEST'],
    [
      'the hash of the persisted operation is unknown',
      {},
      { documentId: `sha256:${'0'.repeat(64)}` },
      404,
      'PERSISTED_OPERATION_NOT_FOUND',
    ],
    [
      'it uses an automatic persisted query',
      {},
      { extensions: { persistedQuery: { sha256Hash: 'x' } } },
      200,
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ],
    ['the operation is too complex', {}, { query: `subscription { ${'orderUpdated { id } '.repeat(200)} }` }, 400, 'QUERY_TOO_COMPLEX'],
    ['the operation is too deep', {}, { query: `subscription { orderUpdated { ${DEEP} } }` }, 400, 'QUERY_TOO_COMPLEX'],
  ])('is rejected if %s', async (_why, headers, body, status, code) => {
    const response = await post(body, headers as Record<string, string>)
    expect([response.status, JSON.parse(response.text).errors[0].extensions.code]).toEqual([status, code])
  })

  test.each([
    'text/event-stream, multipart/mixed',
    'text/event-stream, application/json',
    'application/json;q=0.5, text/event-stream;q=0.9',
    'text/*',
    '*/*',
  ])('is opened for a client that accepts %s', async (accept) => expect(await statusOf(55, { accept })).toBe(200))

  test('is opened by GET', async () => {
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${await server.token(55)}` }
    const parameters = new URLSearchParams({ query: ORDER_UPDATED, variables: '{"id":null}' })
    const stop = new AbortController()
    const response = await fetch(`${server.url}/graphql/stream?${parameters}`, { headers, signal: stop.signal })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    stop.abort()
  })

  test('works with urql', async () => {
    let opened: () => void = () => undefined
    const open = new Promise<void>((done) => {
      opened = done
    })
    const client = new UrqlClient({
      url: `${server.url}/graphql/stream`,
      exchanges: [fetchExchange],
      fetchSubscriptions: true,
      preferGetMethod: false,
      fetchOptions: { headers: { authorization: `Bearer ${await server.token(55)}` } },
      fetch: async (url, init) => {
        const response = await fetch(url, init)
        opened()
        return response
      },
    })
    const events: any[] = []
    const { unsubscribe } = client.subscription(ORDER_UPDATED, {}).subscribe((event) => void events.push(event))
    await open
    const id = await placeOrder(55)
    await expect.poll(() => events).toHaveLength(1)
    expect(events[0]).toMatchObject({ data: { orderUpdated: { id, status: 'PENDING' } } })
    unsubscribe()
  })

  test('is rejected at /graphql with the path of the stream endpoint', async () => {
    const { status, errors } = await server.ask(55, ORDER_UPDATED)
    expect([status, errors?.[0]?.extensions.code, errors?.[0]?.message]).toEqual([
      400,
      'BAD_REQUEST',
      'Subscriptions are served at /graphql/stream, and over WebSocket at /graphql',
    ])
  })

  test('names the field of an invalid argument', async () => {
    const { text } = await post({ query: ORDER_UPDATED, variables: { id: 'nonsense' } })
    expect(text).toContain('"code":"BAD_USER_INPUT","field":"orderId"')
  })

  test('is rejected for an API key without READ, and while billing is disabled', async () => {
    const { data } = await server.ask('admin', 'mutation { createApiKey(input: {name: "x", scopes: [CLAIMS]}) { key } }')
    expect((await post({ query: ORDER_UPDATED }, { authorization: `Bearer ${data.createApiKey.key}` })).text).toContain('FORBIDDEN')
    await server.ask('admin', 'mutation { setBillingEnabled(input: { enabled: false }) { enabled } }')
    expect((await post({ query: ORDER_UPDATED })).text).toContain('FEATURE_DISABLED')
  })

  test('sends nothing after its API key is revoked or billing is disabled', async () => {
    const { data } = await server.ask('admin', 'mutation { createApiKey(input: {name: "x", scopes: [READ]}) { key apiKey { id } } }')
    const service = await watch(data.createApiKey.key, ORDER_UPDATED)
    await placeOrder(55)
    await expect.poll(() => service.events).toHaveLength(1)
    await server.ask('admin', `mutation { revokeApiKey(input: { apiKeyId: "${data.createApiKey.apiKey.id}" }) { apiKey { id } } }`)
    const mine = await watch(55, ORDER_UPDATED)
    const id = await placeOrder(55)
    await expect.poll(() => mine.events).toHaveLength(1)
    await expect.poll(() => service.failures).toHaveLength(1)
    await server.ask('admin', 'mutation { setBillingEnabled(input: { enabled: false }) { enabled } }')
    await runTransaction(server.services.db, async (tx) => {
      notifyOfOrders(tx, [await tx.order.update({ where: { id: rowId(id) }, data: { status: 'EXPIRED' } })])
    })
    await expect.poll(() => mine.failures).toHaveLength(1)
    expect([service.events.length, mine.events.length]).toEqual([1, 1])
  })

  test('ends when the token expires', async () => {
    const mine = await watch(55, ORDER_UPDATED)
    const shortToken = await signFor(2)
    const shortLived = await watch(shortToken, ORDER_UPDATED)
    await expect.poll(() => shortLived.failures).toHaveLength(1)
    expect(mine.failures).toEqual([])
  })

  test('does not prevent a shutdown', async () => {
    const mine = await watch(55, ORDER_UPDATED)
    await server.app.close()
    await expect.poll(() => mine.failures).toHaveLength(1)
  })

  test('is limited to twenty per principal, and a closed one frees its place', async () => {
    const open = await Promise.all(Array.from({ length: 20 }, () => watch(55, ORDER_UPDATED)))
    expect(await post({ query: ORDER_UPDATED })).toMatchObject({ status: 503 })
    open[0]?.stop()
    // Rejected until the server notices that the first stream was closed.
    await expect.poll(() => statusOf(55)).toBe(200)
    expect(await statusOf(56)).toBe(200)
  })
})

/** Opens a stream, closes it and returns the status. */
async function statusOf(who: number, { accept = 'text/event-stream' } = {}): Promise<number> {
  const stop = new AbortController()
  const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${await server.token(who)}` }
  const init = { method: 'POST', headers, body: JSON.stringify({ query: ORDER_UPDATED }), signal: stop.signal }
  const { status } = await fetch(`${server.url}/graphql/stream`, init)
  stop.abort()
  return status
}

async function signFor(seconds: number): Promise<string> {
  const { signToken } = await import('../../../src/modules/identity/token.js')
  return signToken(server.config, server.clock, { userId: '55', role: 'user', lifetimeSeconds: seconds })
}
