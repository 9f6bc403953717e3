import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCatalog } from '../support/catalog.js'
import { startServer, type TestServer } from '../support/server.js'
import { listOrders } from './snippets/graphql-request.js'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

test('runs an operation of the package, and throws an error with a code', async () => {
  const { pro } = await createCatalog(server)
  const { data } = await server.ask(55, 'mutation ($plan: ID!) { placeOrder(input: { planId: $plan }) { order { id } } }', { plan: pro })
  expect(await listOrders(server.url, await server.token(55))).toEqual([`${data.placeOrder.order.id}: $15.00`])
  expect(await listOrders(server.url, 'wrong')).toBe('UNAUTHENTICATED')
})
