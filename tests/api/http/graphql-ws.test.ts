import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { API_VERSION } from '../../../src/api/http/api-version.js'
import { HOUR_MS } from '../../../src/core/duration.js'
import { signToken } from '../../../src/modules/identity/token.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { applyPlan, cancelOrder, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { serversOfEachTest } from '../../support/servers.js'
import { connectClient, connectRaw, connectRawAs, type SocketClient, socketUrl, watch } from '../../support/sockets.js'
import { openStream, type WatchedStream } from '../../support/streams.js'

const ORDER_UPDATED = 'subscription ($id: ID) { orderUpdated(orderId: $id) { id status buyer { userId } } }'
const WATCH = 'subscription Watch { orderUpdated { id } }'
const WATCH_ID = createHash('sha256').update(WATCH).digest('hex')
const PANEL = 'https://panel.example.com'
const KEEPALIVE_INTERVAL_MS = 12_000

const manifest = join(await mkdtemp(join(tmpdir(), 'quittance-websocket-')), 'manifest.json')
const operations = [{ id: WATCH_ID, body: WATCH }]
await writeFile(manifest, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }))

const start = serversOfEachTest()
const clients: SocketClient[] = []
const streams: WatchedStream[] = []
const environment = { PERSISTED_OPERATIONS: manifest, CORS_ORIGINS: `${PANEL},https://*.example.org` }
let shared: TestServer
/** The shared server, or that of the test. */
let server: TestServer
let plans: Catalog
/** Called when a subscription has started. */
let subscribe: MockInstance

beforeAll(async () => {
  shared = await startServer({ environment })
  plans = await createCatalog(shared)
})
afterAll(() => shared.close())
beforeEach(() => useServer(shared))
afterEach(async () => {
  vi.restoreAllMocks()
  for (const { client } of clients.splice(0)) await client.dispose()
  for (const stream of streams.splice(0)) stream.dispose()
})

function useServer(used: TestServer): void {
  server = used
  subscribe = vi.spyOn(server.services.changeFeed, 'subscribe')
}

/** For tests that change what others rely on. */
async function useOwnServer(): Promise<void> {
  useServer(await start({ environment }))
  plans = await createCatalog(server)
}

function connectWith(options: Parameters<typeof connectClient>[1], target = server): SocketClient {
  const connection = connectClient(target, options)
  clients.push(connection)
  return connection
}

/** Connects as a user (id), an administrator or with a token or API key, and waits until the server has accepted. */
async function connectAs(who: number | 'admin' | string, target = server): Promise<SocketClient> {
  const token = typeof who === 'number' ? await target.token(who) : who === 'admin' ? await target.token(1, 'admin') : who
  const connection = connectWith({ connectionParams: { authorization: `Bearer ${token}` } }, target)
  await connection.connected
  return connection
}

async function watchAs(who: number | 'admin' | string, payload: Parameters<typeof watch>[1] = { query: ORDER_UPDATED }) {
  const { client } = await connectAs(who)
  const started = subscribe.mock.calls.length
  const watched = watch(client, payload)
  await expect.poll(() => subscribe.mock.calls.length + watched.failures.length + watched.events.length).toBeGreaterThan(started)
  return watched
}

async function openSse(who: number): Promise<WatchedStream> {
  const stream = await openStream(server, who, ORDER_UPDATED)
  streams.push(stream)
  return stream
}

const place = async (who: number): Promise<string> => (await placeOrder(server, who, { planId: plans.pro })).data.placeOrder.order.id
const createKey = async (scopes: string): Promise<{ key: string; apiKey: { id: string } }> =>
  (await server.ask('admin', `mutation { createApiKey(input: {name: "x", scopes: [${scopes}]}) { key apiKey { id } } }`)).data.createApiKey

describe('a subscription over WebSocket', () => {
  test('sends a customer every change of an order with its current state', async () => {
    const mine = await watchAs(55)
    const id = await place(55)
    await expect.poll(() => mine.events).toHaveLength(1)
    await applyPlan(server, { userId: '55', planId: plans.pro, orderId: id })
    await expect.poll(() => mine.events).toHaveLength(2)
    await cancelOrder(server, 55, id)
    await expect.poll(() => mine.events).toHaveLength(3)
    expect(mine.events).toEqual(
      ['PENDING', 'ACTIVE', 'CANCELLED'].map((status) => ({ data: { orderUpdated: { id, status, buyer: { userId: 'user_55' } } } })),
    )
  })

  test('never sends a customer the changes of another one', async () => {
    const [first, second, administrator] = [await watchAs(55), await watchAs(99), await watchAs('admin')]
    const [one, other] = [await place(55), await place(99)]
    await expect.poll(() => administrator.events).toHaveLength(2)
    await expect.poll(() => first.events).toHaveLength(1)
    await expect.poll(() => second.events).toHaveLength(1)
    expect([first.events[0].data.orderUpdated.id, second.events[0].data.orderUpdated.id]).toEqual([one, other])
  })

  test('shares its connection with another one, which can be stopped', async () => {
    const { client } = await connectAs(55)
    const [all, stopped] = [watch(client, { query: ORDER_UPDATED }), watch(client, { query: ORDER_UPDATED })]
    await expect.poll(() => subscribe).toHaveBeenCalledTimes(2)
    stopped.stop()
    await place(55)
    await expect.poll(() => all.events).toHaveLength(1)
    expect(stopped.events).toEqual([])
  })

  test.each([
    ['documentId', { query: '', documentId: `sha256:${WATCH_ID}` }],
    ['the hash of Apollo’s clients', { query: '', extensions: { persistedQuery: { version: 1, sha256Hash: WATCH_ID } } }],
  ])('can be a persisted operation by %s', async (_how, payload) => {
    const mine = await watchAs(55, payload)
    const id = await place(55)
    await expect.poll(() => mine.events).toEqual([{ data: { orderUpdated: { id } } }])
  })

  test('ends with a code when its API key is revoked or billing is disabled', async () => {
    await useOwnServer()
    const { key, apiKey } = await createKey('READ')
    const [service, mine] = [await watchAs(key), await watchAs(55)]
    await server.ask('admin', `mutation { revokeApiKey(input: { apiKeyId: "${apiKey.id}" }) { apiKey { id } } }`)
    const id = await place(55)
    await expect.poll(() => service.failures).toMatchObject([[{ extensions: { code: 'UNAUTHENTICATED' } }]])
    await expect.poll(() => mine.events).toHaveLength(1)
    await server.ask('admin', 'mutation { setBillingEnabled(input: { enabled: false }) { enabled } }')
    await server.services.changeFeed.publish({ order: rowId(id), userId: '55', organisationId: null } as never)
    await expect.poll(() => mine.failures).toMatchObject([[{ extensions: { code: 'FEATURE_DISABLED' } }]])
    expect([service.events.length, mine.events.length]).toEqual([0, 1])
  })

  test('continues on a new connection after the LISTEN connection is lost', async () => {
    await useOwnServer()
    const connection = connectWith({ connectionParams: { authorization: `Bearer ${await server.token(55)}` }, retryAttempts: 5 })
    const mine = watch(connection.client, { query: ORDER_UPDATED })
    await expect.poll(() => subscribe).toHaveBeenCalledTimes(1)
    await server.connections.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quittance notifications' AND datname = current_database()",
    )
    expect(await connection.closed).toMatchObject({ code: 1013 })
    await expect.poll(() => subscribe.mock.calls.length).toBeGreaterThan(1)
    await place(55)
    await expect.poll(() => mine.events.length).toBeGreaterThan(0)
    expect(mine.failures).toEqual([])
  })
})

describe('an operation over WebSocket', () => {
  const DEEP = `${'invoice { order { '.repeat(8)} id ${'} }'.repeat(8)}`

  /** The errors of a message, also if they are part of a result. */
  async function errorsOverWebSocket(payload: object, who: number | string = 55): Promise<object[]> {
    const watched = await watchAs(who, payload as { query: string })
    await expect.poll(() => watched.failures.length + watched.events.length).toBe(1)
    return watched.failures[0] ?? watched.events[0].errors
  }

  async function errorsOverSse(payload: { query: string }, who: number | string = 55): Promise<object[]> {
    const { query, ...rest } = payload
    const bearer = typeof who === 'number' ? await server.token(who) : who
    const response = await fetch(`${server.url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${bearer}` },
      body: JSON.stringify({ ...rest, ...(query && { query }) }),
    })
    const text = await response.text()
    return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text).errors
  }

  test.each([
    ['is a query', { query: '{ me { id } }' }, 'BAD_REQUEST'],
    ['is a mutation', { query: 'mutation { setBillingEnabled(input: { enabled: false }) { enabled } }' }, 'BAD_REQUEST'],
    ['does not match the schema', { query: 'subscription { ordersUpdated { id } }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['is not valid GraphQL', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    ['has no text', { query: '' }, 'BAD_REQUEST'],
    ['names another operation', { query: ORDER_UPDATED, operationName: 'Other' }, 'BAD_REQUEST'],
    ['has an unknown hash', { query: '', documentId: `sha256:${'0'.repeat(64)}` }, 'PERSISTED_OPERATION_NOT_FOUND'],
    [
      'uses an automatic persisted query',
      { query: '', extensions: { persistedQuery: { sha256Hash: 'x' } } },
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ],
    ['is too complex', { query: `subscription { ${'orderUpdated { id } '.repeat(200)} }` }, 'QUERY_TOO_COMPLEX'],
    ['is too deep', { query: `subscription { orderUpdated { ${DEEP} } }` }, 'QUERY_TOO_COMPLEX'],
    ['has an invalid argument', { query: ORDER_UPDATED, variables: { id: 'nonsense' } }, 'BAD_USER_INPUT'],
    ['has an invalid variable', { query: ORDER_UPDATED, variables: { id: {} } }, 'BAD_USER_INPUT'],
  ])('is refused with the errors of server-sent events if it %s', async (_why, payload, code) => {
    const errors = await errorsOverWebSocket(payload)
    expect(errors).toMatchObject([{ extensions: { code } }])
    expect(errors).toEqual(await errorsOverSse(payload))
    expect((await server.ask(undefined, '{ billingEnabled }')).data).toEqual({ billingEnabled: true })
  })

  test('is refused with the same errors for an API key without READ, and while billing is disabled', async () => {
    await useOwnServer()
    const { key } = await createKey('CLAIMS')
    const forbidden = await errorsOverWebSocket({ query: ORDER_UPDATED }, key)
    expect(forbidden).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    expect(forbidden).toEqual(await errorsOverSse({ query: ORDER_UPDATED }, key))
    await server.ask('admin', 'mutation { setBillingEnabled(input: { enabled: false }) { enabled } }')
    expect(await errorsOverWebSocket({ query: ORDER_UPDATED })).toMatchObject([{ extensions: { code: 'FEATURE_DISABLED' } }])
  })

  test('is paid for from the bucket of the principal', async () => {
    const poor = await start({ environment: { RATE_LIMIT_POINTS: '100', RATE_LIMIT_RESTORE_RATE: '10' } })
    const { client } = await connectAs(55, poor)
    const padded = { query: `subscription { nothing }${'#'.repeat(10_000)}` }
    const [first, second] = [watch(client, padded), watch(client, padded)]
    await expect.poll(() => first.failures).toMatchObject([[{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]])
    await expect.poll(() => second.failures).toMatchObject([[{ extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) } }]])
  })
})

describe('a WebSocket', () => {
  const cookie = async () => `session=${await server.token(55)}`

  test.each<[string, () => Promise<Parameters<typeof connectClient>[1]>]>([
    ['the token in connection_init', async () => ({ connectionParams: { authorization: `Bearer ${await server.token(55)}` } })],
    ['the Authorization header', async () => ({ headers: { authorization: `Bearer ${await server.token(55)}` } })],
    ['the cookie, from a page of this server', async () => ({ headers: { cookie: await cookie(), origin: server.url } })],
    ['the cookie, from a page of CORS_ORIGINS', async () => ({ headers: { cookie: await cookie(), origin: PANEL } })],
    [
      'a token that takes precedence over a cookie',
      async () => ({
        headers: { cookie: `session=${await server.token(99)}`, origin: 'https://eu.example.org' },
        connectionParams: { Authorization: `Bearer ${await server.token(55)}` },
      }),
    ],
  ])('is authenticated by %s', async (_how, options) => {
    const { client, connected } = connectWith(await options())
    await connected
    const mine = watch(client, { query: ORDER_UPDATED })
    await expect.poll(() => subscribe).toHaveBeenCalledTimes(1)
    await place(55)
    await expect.poll(() => mine.events).toMatchObject([{ data: { orderUpdated: { buyer: { userId: 'user_55' } } } }])
  })

  test.each<[string, number, string, () => Promise<Parameters<typeof connectClient>[1]>]>([
    ['without a token', 4401, 'UNAUTHENTICATED', async () => ({})],
    ['with a wrong token', 4401, 'UNAUTHENTICATED', async () => ({ connectionParams: { authorization: 'Bearer wrong' } })],
    ['with a wrong Authorization header', 4401, 'UNAUTHENTICATED', async () => ({ headers: { authorization: 'Bearer wrong' } })],
    ['with an authorization that is not a string', 4400, 'BAD_REQUEST', async () => ({ connectionParams: { authorization: 1 } })],
    [
      'with a wrong token and a valid cookie',
      4401,
      'UNAUTHENTICATED',
      async () => ({
        headers: { cookie: await cookie(), origin: PANEL },
        connectionParams: { authorization: 'Bearer wrong' },
      }),
    ],
    ['with an invalid cookie', 4401, 'UNAUTHENTICATED', async () => ({ headers: { cookie: 'session=opaque', origin: PANEL } })],
    ['with the cookie and without Origin', 4403, 'FORBIDDEN', async () => ({ headers: { cookie: await cookie() } })],
    [
      'with the cookie from an origin that may only send tokens',
      4403,
      'FORBIDDEN',
      async () => ({
        headers: { cookie: await cookie(), origin: 'https://eu.example.org' },
      }),
    ],
  ])('is closed %s', async (_how, code, reason, options) => {
    const { closed } = connectWith(await options())
    expect(await closed).toEqual({ code, reason: expect.stringMatching(`^${reason}: `) })
  })

  test.each(['https://evil.example', 'null'])('is refused before the upgrade from a page of %s, even with a token', async (origin) => {
    const headers = { authorization: `Bearer ${await server.token(55)}`, origin }
    const socket = new WebSocket(socketUrl(server), GRAPHQL_TRANSPORT_WS_PROTOCOL, { headers })
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    const body = JSON.parse((await response.toArray()).join(''))
    expect([response.statusCode, body.errors[0].extensions.code]).toEqual([403, 'FORBIDDEN'])
    socket.on('error', () => undefined).terminate()
  })

  test('gets the version of the API in the response to its upgrade', async () => {
    const socket = new WebSocket(socketUrl(server), GRAPHQL_TRANSPORT_WS_PROTOCOL)
    const [response] = (await once(socket, 'upgrade')) as [IncomingMessage]
    expect(response.headers['x-api-version']).toBe(API_VERSION)
    socket.terminate()
  })

  test('is closed with 4500 after an internal error, which is not revealed', async () => {
    await useOwnServer()
    const { key } = await createKey('READ')
    await server.owner.query('ALTER TABLE api_keys RENAME TO renamed')
    const { closed } = connectWith({ connectionParams: { authorization: `Bearer ${key}` } })
    expect(await closed).toEqual({ code: 4500, reason: 'INTERNAL_SERVER_ERROR: Something went wrong on our side' })
    expect(server.logged.join('')).toContain('api_keys')
  })

  test('is closed with 1013 if its address has no points left', async () => {
    const poor = await start({ environment: { RATE_LIMIT_POINTS: '30', RATE_LIMIT_RESTORE_RATE: '1' } })
    const connect = () => connectWith({ connectionParams: { authorization: 'Bearer wrong' } }, poor).closed
    expect(await connect()).toMatchObject({ code: 4401 })
    expect(await connect()).toEqual({ code: 1013, reason: expect.stringMatching('^RATE_LIMITED: ') })
  })

  test('is closed with 4403 when its token expires, so that the client connects again with a new one', async () => {
    await useOwnServer()
    const expiring = await signToken(server.config, server.clock, { userId: '55', role: 'user', lifetimeSeconds: 600 })
    server.clock.set('2026-05-01T10:09:59.000Z')
    const { closed } = await connectAs(expiring)
    expect(await closed).toEqual({ code: 4403, reason: 'UNAUTHENTICATED: the token has expired' })
  })

  test('is closed after an hour, whatever the lifetime of its credentials', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const { closed } = await connectAs((await createKey('READ')).key)
    const [end] = timers.mock.calls.find(([, ms]) => ms === HOUR_MS) ?? []
    end?.()
    expect(await closed).toMatchObject({ code: 1001 })
  })

  test('is closed if connection_init does not arrive in time', async () => {
    const impatient = await start({ environment: { HTTP_REQUEST_TIMEOUT_MS: '200' } })
    expect(await (await connectRaw(impatient)).closed).toMatchObject({ code: 4408 })
  })

  test('is terminated if it does not answer a ping', async () => {
    const timers = vi.spyOn(globalThis, 'setInterval')
    const [alive, dead] = [await connectRawAs(server, 55), await connectRawAs(server, 55, { autoPong: false })]
    const pings = timers.mock.calls.filter(([, ms]) => ms === KEEPALIVE_INTERVAL_MS).map(([ping]) => ping)
    const received = Promise.all([once(alive.socket, 'ping'), once(dead.socket, 'ping')])
    for (const ping of pings) ping()
    await received
    // The pong is sent before it, on the same connection.
    alive.send({ type: 'ping' })
    await once(alive.socket, 'message')
    for (const ping of pings) ping()
    expect(await dead.closed).toMatchObject({ code: 1006 })
    expect(alive.socket.readyState).toBe(WebSocket.OPEN)
    alive.socket.terminate()
  })

  test('is terminated if it does not read what it receives', async () => {
    await useOwnServer()
    const raw = await connectRawAs(server, 55)
    raw.socket.pause()
    const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(60_000) } })
    for (let sent = 0; sent < 1000 && raw.socket.readyState === WebSocket.OPEN; sent += 1) raw.socket.send(ping)
    await expect.poll(() => server.logged.filter((line) => line.includes('a WebSocket was closed')).join()).toContain('"code":1006')
    raw.socket.terminate()
  })

  test('is closed with 1001 by a shutdown, even if the client does not confirm it', async () => {
    await useOwnServer()
    const mine = await connectAs(55)
    const watched = watch(mine.client, { query: ORDER_UPDATED })
    await expect.poll(() => subscribe).toHaveBeenCalledTimes(1)
    const silent = await openSilentConnection()
    await server.app.close()
    expect(await mine.closed).toMatchObject({ code: 1001 })
    await expect.poll(() => watched.failures).toMatchObject([{ code: 1001 }])
    silent.destroy()
  })

  /** A connection that ignores everything that it receives. */
  async function openSilentConnection() {
    const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => undefined)
    const headers = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
    const handshake = [
      ...headers,
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: ${GRAPHQL_TRANSPORT_WS_PROTOCOL}`,
    ]
    socket.write(`GET /graphql HTTP/1.1\r\n${handshake.join('\r\n')}\r\n\r\n`)
    const [chunk] = await once(socket, 'data')
    expect(String(chunk)).toContain('101 Switching Protocols')
    return socket
  }
})

describe('the number', () => {
  test('of subscriptions is limited to twenty per principal, over both transports', async () => {
    await useOwnServer()
    const { client } = await connectAs(55)
    const open = Array.from({ length: 12 }, () => watch(client, { query: ORDER_UPDATED }))
    await expect.poll(() => subscribe).toHaveBeenCalledTimes(12)
    for (let count = 0; count < 8; count += 1) await openSse(55)
    const refused = watch(client, { query: ORDER_UPDATED })
    await expect.poll(() => refused.failures).toMatchObject([[{ extensions: { code: 'BUSY', retryAfter: expect.any(Number) } }]])
    expect((await watchAs(56)).failures).toEqual([])
    open[0]?.stop()
    await expect
      .poll(async () => {
        const again = watch(client, { query: WATCH })
        await expect.poll(() => subscribe.mock.calls.length + again.failures.length).toBeGreaterThan(21)
        return again.failures
      })
      .toEqual([])
  })

  test('of subscriptions is not reduced for good by ids that are used again', async () => {
    await useOwnServer()
    const raw = await connectRawAs(server, 55)
    for (let count = 0; count < 10; count += 1) {
      raw.send({ type: 'subscribe', id: '1', payload: { query: ORDER_UPDATED } })
      raw.send({ type: 'complete', id: '1' })
    }
    raw.send({ type: 'subscribe', id: '1', payload: { query: ORDER_UPDATED } })
    await expect.poll(() => subscribe).toHaveBeenCalledTimes(11)
    raw.socket.close()
    await raw.closed
    const { client } = await connectAs(55)
    const open = Array.from({ length: 20 }, () => watch(client, { query: ORDER_UPDATED }))
    await expect.poll(() => subscribe).toHaveBeenCalledTimes(31)
    expect(open.flatMap(({ failures }) => failures)).toEqual([])
  })

  test('of connections that have not signed in is limited per address', async () => {
    await useOwnServer()
    const sockets: WebSocket[] = []
    let status = 101
    // Some may be closed meanwhile, because they do not sign in.
    while (status === 101 && sockets.length < 200) {
      const socket = new WebSocket(socketUrl(server), GRAPHQL_TRANSPORT_WS_PROTOCOL)
      socket.on('error', () => undefined)
      sockets.push(socket)
      status = await new Promise<number>((done) => {
        socket.once('open', () => done(101))
        socket.once('unexpected-response', (_request, response) => done(response.statusCode ?? 0))
      })
    }
    expect([status, sockets.length > 50]).toEqual([503, true])
    for (const socket of sockets) socket.terminate()
    await expect.poll(() => connectAs(55).then(() => 'connected')).toBe('connected')
  })

  test('of connections that have signed in is not limited per address', async () => {
    await useOwnServer()
    for (const user of [55, 56, 57, 58]) await Promise.all(Array.from({ length: 15 }, () => connectAs(user)))
    expect(server.logged.filter((line) => line.includes('a WebSocket was closed'))).toEqual([])
  })

  test('of connections is limited to twenty per principal, and a closed one frees its place', async () => {
    await useOwnServer()
    const open = await Promise.all(Array.from({ length: 20 }, () => connectAs(55)))
    const refused = connectWith({ connectionParams: { authorization: `Bearer ${await server.token(55)}` } })
    expect(await refused.closed).toEqual({ code: 1013, reason: 'BUSY: Too many WebSockets are open; close some first' })
    await connectAs(56)
    await open[0]?.client.dispose()
    await open[0]?.closed
    await expect
      .poll(async () => {
        const again = connectWith({ connectionParams: { authorization: `Bearer ${await server.token(55)}` } })
        return Promise.race([again.connected.then(() => 'connected'), again.closed.then(() => 'refused')])
      })
      .toBe('connected')
  })
})

describe('a malformed message', () => {
  test.each<[string, string | Buffer, number]>([
    ['text that is not JSON', '{', 4400],
    ['binary data', Buffer.from([0xff, 0xfe, 0x00]), 4400],
    ['a message of the server', '{"type":"next","id":"1","payload":{}}', 4400],
    ['an unknown type', '{"type":"start","id":"1","payload":{"query":"{ me { id } }"}}', 4400],
    ['a subscription without a text', '{"type":"subscribe","id":"1","payload":{}}', 4400],
    ['a message of more than 64 KiB', JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(65_536) } }), 1009],
    ['a second connection_init', '{"type":"connection_init"}', 4429],
  ])('closes the connection: %s', async (_what, message, code) => {
    const raw = await connectRawAs(server, 55)
    raw.socket.send(message)
    expect((await raw.closed).code).toBe(code)
    expect(internalErrors()).toEqual([])
  })

  test('closes the connection if it is a subscription before connection_init', async () => {
    const raw = await connectRaw(server)
    raw.send({ type: 'subscribe', id: '1', payload: { query: ORDER_UPDATED } })
    expect((await raw.closed).code).toBe(4401)
    expect(subscribe).not.toHaveBeenCalled()
  })

  test('never crashes the server, whatever it contains', async () => {
    const id = fc.oneof(fc.constantFrom('1', '__proto__', 'constructor', ''), fc.string({ unit: 'binary', maxLength: 20 }))
    const query = fc.oneof(fc.constantFrom(ORDER_UPDATED, '', '{', '{ me { id } }'), fc.string({ unit: 'binary', maxLength: 40 }))
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), query)
    const type = fc.constantFrom('connection_init', 'connection_ack', 'ping', 'pong', 'subscribe', 'next', 'error', 'complete', 'other')
    const payload = fc.oneof(value, fc.record({ query, variables: value, operationName: value, extensions: value, documentId: value }))
    const message = fc.oneof(
      { weight: 8, arbitrary: fc.record({ type, id, payload }, { requiredKeys: ['type'] }).map((sent) => JSON.stringify(sent)) },
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: 'binary', maxLength: 100 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 8 }), fc.boolean(), async (messages, isFrame) => {
        const raw = await connectRawAs(server, 55)
        const [first] = messages
        if (isFrame) for (const sent of messages) raw.socket.send(sent)
        else connectionOf(raw.socket).write(Buffer.from(first ?? ''))
        raw.socket.close()
        raw.socket.terminate()
        await raw.closed
      }),
      { numRuns: 150, seed: 20261126 },
    )
    expect(internalErrors()).toEqual([])
    const mine = await watchAs(55)
    await place(55)
    await expect.poll(() => mine.events).toHaveLength(1)
  })

  const internalErrors = () => server.logged.filter((line) => /"level":[56]0/.test(line))
  /** The TCP connection, for bytes that are not a valid frame. */
  const connectionOf = (socket: WebSocket) => (socket as unknown as { _socket: import('node:net').Socket })._socket
})

describe('an upgrade', () => {
  test.each([
    ['to HTTP/2, which some clients offer with each request', '/graphql', 'h2c', 200],
    ['to a WebSocket at another path', '/graphql/other', 'websocket', 404],
    ['to a WebSocket by POST', '/graphql', 'websocket', 200],
  ])('%s is ignored, and the request is served', async (_to, path, upgrade, status) => {
    const sent = request(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'Upgrade, HTTP2-Settings', upgrade, 'http2-settings': 'AAMAAABk' },
    })
    sent.end('{"query":"{ billingEnabled }"}')
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    const body = JSON.parse((await response.toArray()).join(''))
    expect([response.statusCode, body]).toMatchObject([status, status === 200 ? { data: { billingEnabled: true } } : {}])
  })

  test('closes a connection on which a response is pending', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    const headers = 'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
    socket.write(`GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /graphql HTTP/1.1\r\n${headers}\r\n`)
    await once(socket.resume(), 'close')
    await connectAs(55)
  })

  test('without the headers of a WebSocket is refused', async () => {
    const sent = request(`${server.url}/graphql`, { headers: { connection: 'Upgrade', upgrade: 'websocket' } }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.resume()
    expect(response.statusCode).toBe(400)
    await expect
      .poll(() => server.logged.map((line) => JSON.parse(line)))
      .toContainEqual(expect.objectContaining({ msg: 'request', method: 'GET', route: '/graphql', status: 400 }))
  })

  test('to a WebSocket has a log line with its status, and one when it closes', async () => {
    const { client, closed } = await connectAs(55)
    await client.dispose()
    await closed
    await expect.poll(() => server.logged.join('')).toContain('a WebSocket was closed')
    const lines = server.logged.map((line) => JSON.parse(line))
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'request', method: 'GET', route: '/graphql', status: 101 }))
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'a WebSocket was closed', code: 1000, caller: 'user:55' }))
  })
})
