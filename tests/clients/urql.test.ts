import { readFile } from 'node:fs/promises'
import { CancelOrderDocument, OrdersDocument, OrderUpdatedDocument, PlaceOrderDocument } from '@quittance/client/operations'
import { type Client, gql } from '@urql/core'
import { buildSchema, introspectionFromSchema } from 'graphql'
import { afterAll, afterEach, beforeAll, beforeEach, expect, type MockInstance, test, vi } from 'vitest'
import { type Catalog, createCatalog } from '../support/catalog.js'
import { startServer, type TestServer } from '../support/server.js'
import { createUrqlClient } from './snippets/urql.js'

const schema = introspectionFromSchema(buildSchema(await readFile('packages/client/dist/schema.graphql', 'utf8')))
let server: TestServer
let plans: Catalog
let client: Client
let warnings: MockInstance
let errors: MockInstance

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterAll(() => server.close())
beforeEach(async () => {
  const token = await server.token(55)
  client = createUrqlClient(server.url, () => token, schema)
  // Graphcache reports missing keys and unknown types on the console.
  warnings = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  const reported = [...warnings.mock.calls, ...errors.mock.calls]
  vi.restoreAllMocks()
  expect(reported).toEqual([])
})

const LIMITS = gql('query Limits { me { id limits { memory serverLimit } organisations { role organisation { id name } } } }')

test('completes a query from the cache of others, without a request or a warning', async () => {
  await client.query(gql('query A { me { id limits { memory } organisations { role organisation { id name } } } }'), {}).toPromise()
  await client.query(gql('query B { me { id limits { serverLimit } } }'), {}).toPromise()
  const { data, error } = await client.query(LIMITS, {}, { requestPolicy: 'cache-only' }).toPromise()
  expect([data, error]).toMatchObject([{ me: { id: 'user_55', limits: { memory: 512, serverLimit: 1 } } }, undefined])
})

test('updates an active query by the result of a mutation', async () => {
  const shown: string[][] = []
  const subscription = client.query(OrdersDocument, {}).subscribe(({ data }) => {
    if (data) shown.push(data.orders.nodes.map(({ status }) => status))
  })
  await expect.poll(() => shown.at(-1)).toEqual([])
  const { data } = await client.mutation(PlaceOrderDocument, { input: { planId: plans.pro } }).toPromise()
  await expect.poll(() => shown.at(-1)).toEqual(['PENDING'])
  await client.mutation(CancelOrderDocument, { input: { orderId: data?.placeOrder.order.id ?? '' } }).toPromise()
  await expect.poll(() => shown.at(-1)).toEqual(['CANCELLED'])
  subscription.unsubscribe()
})

test('subscribes over server-sent events, and reports the code of an error', async () => {
  const received: unknown[] = []
  const subscription = client.subscription(OrderUpdatedDocument, {}).subscribe(({ data, error }) => {
    received.push(error ?? data?.orderUpdated.status)
  })
  // The stream opens in the background, so orders are placed until one is received.
  await expect
    .poll(async () => {
      await client.mutation(PlaceOrderDocument, { input: { planId: plans.pro } }).toPromise()
      return received
    })
    .toContain('PENDING')
  subscription.unsubscribe()
  const unauthenticated = createUrqlClient(server.url, () => 'wrong', schema)
  const { error } = await unauthenticated.query(LIMITS, {}).toPromise()
  expect(error?.graphQLErrors[0]?.extensions.code).toBe('UNAUTHENTICATED')
})
