import { createClient, QuittanceError } from '@quittance/client'
import {
  ApplyPlanDocument,
  EntitlementsDocument,
  MeDocument,
  OrderUpdatedDocument,
  PlaceOrderDocument,
  PlansDocument,
} from '@quittance/client/operations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../support/catalog.js'
import { startServer, type TestServer } from '../support/server.js'
import { connect, orderPlan, watchOrders } from './snippets/client.js'

let server: TestServer
let plans: Catalog
let token: string
let administratorToken: string

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  token = await server.token(55)
  administratorToken = await server.token(1, 'admin')
})
afterAll(() => server.close())

/** Fails the given number of requests before it sends one, and counts all. */
function failingFetch(failures: number, fail: () => Promise<Response>) {
  const sent: string[] = []
  const fetchOrFail: typeof fetch = async (address, init) => {
    sent.push(String(init?.body))
    return sent.length <= failures ? fail() : fetch(address, init)
  }
  return { sent, fetch: fetchOrFail }
}

const busy = async () =>
  Response.json({ errors: [{ message: 'Busy', extensions: { code: 'BUSY', retryAfter: 0 } }] }, { headers: { 'retry-after': '0' } })
const disconnected = () => Promise.reject(new TypeError('fetch failed'))

test('runs typed operations as a user, as a service and anonymously', async () => {
  const { plans: catalog } = await createClient({ url: server.url }).request(PlansDocument)
  expect(catalog.map(({ slug, price }) => [slug, price?.formatted])).toEqual([
    ['free', '$0.00'],
    ['starter', '$5.00'],
    ['pro', '$15.00'],
    ['enterprise', undefined],
  ])
  const { me } = await createClient({ url: `${server.url}/`, token: async () => token }).request(MeDocument)
  expect(me).toMatchObject({ id: 'user_55', limits: { serverLimit: 1 } })
  const { data } = await server.ask('admin', 'mutation { createApiKey(input: {name: "panel", scopes: [READ]}) { key } }')
  const service = createClient({ url: server.url, apiKey: data.createApiKey.key })
  expect((await service.request(EntitlementsDocument, { first: 1 })).entitlements.nodes).toHaveLength(1)
})

test('rejects with the code, the extensions and the HTTP status of the error', async () => {
  const unauthenticated = createClient({ url: server.url, token: 'wrong' })
  await expect(unauthenticated.request(MeDocument)).rejects.toMatchObject({ name: 'QuittanceError', code: 'UNAUTHENTICATED', status: 401 })
  const wrong = createClient({ url: server.url, token }).request(PlaceOrderDocument, { input: { planId: 'ord_1' } })
  await expect(wrong).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    extensions: { field: 'input.planId', fields: [{ field: 'input.planId' }] },
  })
  const error: unknown = await wrong.catch((each: unknown) => each)
  expect(error).toBeInstanceOf(QuittanceError)
})

test('rejects with INVALID_RESPONSE when a proxy responds instead of Quittance', async () => {
  const proxy: typeof fetch = async () => new Response('<h1>Not found</h1>', { status: 404 })
  const request = createClient({ url: server.url, fetch: proxy }).request(PlansDocument)
  await expect(request).rejects.toMatchObject({ code: 'INVALID_RESPONSE', status: 404, message: 'HTTP 404: <h1>Not found</h1>' })
})

test.each([
  ['a lost connection', disconnected],
  ['an error with a time to retry', busy],
])('repeats a query and a mutation with an idempotency key after %s', async (_reason, fail) => {
  const query = failingFetch(2, fail)
  await createClient({ url: server.url, token, fetch: query.fetch }).request(PlansDocument)
  expect(query.sent).toHaveLength(3)
  const mutation = failingFetch(1, fail)
  const client = createClient({ url: server.url, token, fetch: mutation.fetch })
  await client.request(PlaceOrderDocument, { input: { planId: plans.pro, idempotencyKey: crypto.randomUUID() } })
  expect(mutation.sent).toHaveLength(2)
})

test('does not repeat a mutation without an idempotency key, or more often than requested', async () => {
  const mutation = failingFetch(1, disconnected)
  const client = createClient({ url: server.url, token, fetch: mutation.fetch })
  await expect(client.request(PlaceOrderDocument, { input: { planId: plans.pro } })).rejects.toThrow('fetch failed')
  expect(mutation.sent).toHaveLength(1)
  const query = failingFetch(9, busy)
  await expect(createClient({ url: server.url, token, fetch: query.fetch, retries: 1 }).request(PlansDocument)).rejects.toMatchObject({
    code: 'BUSY',
  })
  expect(query.sent).toHaveLength(2)
})

test('the example of the documentation orders a plan, shows when it is active and recognises a missing token', async () => {
  const quittance = connect(server.url, () => token)
  await quittance.request(PlaceOrderDocument, { input: { planId: plans.pro } })
  const controller = new AbortController()
  const shown = new Map<string, string>()
  const ended = watchOrders(quittance, controller.signal, (id, status) => void shown.set(id, status))
  await expect.poll(() => [...shown.values()]).toContain('PENDING')
  expect(await orderPlan(quittance, 'starter')).toBe('Starter costs $5.00')
  const { data } = await server.ask(55, '{ orders(first: 1) { nodes { id } } }')
  const [{ id: orderId }] = data.orders.nodes
  const administrator = createClient({ url: server.url, token: administratorToken })
  await administrator.request(ApplyPlanDocument, { input: { userId: '55', planId: plans.starter, orderId } })
  await expect.poll(() => shown.get(orderId)).toBe('ACTIVE')
  controller.abort()
  await ended
  expect(await orderPlan(quittance, 'gold')).toBe('Choose one of Free, Starter, Pro, Enterprise')
  expect(await orderPlan(createClient({ url: server.url }), 'pro')).toBe('Sign in first')
})

test('subscribes, reconnects after the connection is lost, and ends when the signal is aborted', async () => {
  const client = createClient({ url: server.url, token })
  const controller = new AbortController()
  const received: string[] = []
  const changes: string[] = []
  const place = () => client.request(PlaceOrderDocument, { input: { planId: plans.starter, replace: true } })
  const iterate = async () => {
    const options = {
      signal: controller.signal,
      onConnected: () => void changes.push('connected'),
      onDisconnected: () => void changes.push('disconnected'),
    }
    for await (const { orderUpdated } of client.subscribe(OrderUpdatedDocument, {}, options)) received.push(orderUpdated.id)
  }
  const ended = iterate()
  await expect.poll(() => changes).toEqual(['connected'])
  const first = await place()
  await expect.poll(() => received).toEqual([first.placeOrder.order.id])
  await server.connections.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quittance notifications' AND datname = current_database()",
  )
  await expect.poll(() => changes.slice(0, 3)).toEqual(['connected', 'disconnected', 'connected'])
  await expect
    .poll(async () => {
      await place()
      return received.length
    })
    .toBeGreaterThan(1)
  controller.abort()
  await ended
})

test('ends a subscription that the server refuses, and closes the connection when the loop is left', async () => {
  const refused = async () => {
    for await (const _event of createClient({ url: server.url }).subscribe(OrderUpdatedDocument)) throw new Error('an event was received')
  }
  await expect(refused()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401 })
  let signal: AbortSignal | null | undefined
  const recording: typeof fetch = (address, init) => {
    signal = init?.signal
    return fetch(address, init)
  }
  const client = createClient({ url: server.url, token, fetch: recording })
  const input = { planId: plans.starter, replace: true }
  const place = () => createClient({ url: server.url, token }).request(PlaceOrderDocument, { input })
  for await (const _event of client.subscribe(OrderUpdatedDocument, {}, { onConnected: () => void place() })) break
  expect(signal?.aborted).toBe(true)
})
