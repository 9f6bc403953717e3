import { ApolloServer } from '@apollo/server'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const byApollo = vi.spyOn(ApolloServer.prototype, 'executeOperation')

let server: TestServer
let order: number

beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_POINTS: '1000000' } })
  const { pro } = await createCatalog(server)
  await placeOrder(server, 55, { planId: pro })
  order = rowId((await server.ask(55, '{ orders { nodes { id } } }')).data.orders.nodes[0].id)
})
afterAll(() => server.close())

async function get(path: string, who: number | 'admin' | 'nobody') {
  const bearer = who === 'nobody' ? undefined : await (who === 'admin' ? server.token(1, 'admin') : server.token(who))
  const calls = byApollo.mock.calls.length
  const lines = server.logged.length
  const response = await fetch(server.url + path, { headers: bearer ? { authorization: `Bearer ${bearer}` } : {} })
  const body = await response.text()
  await vi.waitFor(() => expect(server.logged.length).toBeGreaterThan(lines))
  const { caller, operation, status } = JSON.parse(server.logged.at(-1) ?? '{}')
  return {
    response: { status: response.status, body, logged: { caller, operation, status } },
    byApollo: byApollo.mock.calls.length > calls,
  }
}

test.each([
  ['/api/plans', 'nobody', 200],
  ['/api/orders', 55, 200],
  ['/api/orders/:id', 55, 200],
  ['/api/orders/:id', 'admin', 200],
  ['/api/v1/billing/invoices', 55, 200],
  ['/api/v1/billing/subscription', 55, 200],
] as const)('GET %s as %s is answered without Apollo when it is repeated, in the same way', async (route, who, status) => {
  const path = route.replace(':id', String(order))
  const first = await get(path, who)
  const second = await get(path, who)
  expect([first.response.status, second.byApollo]).toEqual([status, false])
  expect(second.response).toEqual(first.response)
})

test.each([
  ['/api/orders', 'nobody', 401],
  ['/api/orders/:id', 56, 404],
  ['/api/orders?organisationId=9', 55, 404],
] as const)('GET %s as %s is refused with %s, also after others have succeeded', async (route, who, status) => {
  const path = route.replace(':id', String(order))
  await get('/api/orders', 55)
  await get(`/api/orders/${order}`, 55)
  const first = await get(path, who)
  const second = await get(path, who)
  expect(first.response.status).toBe(status)
  expect(second.response).toEqual(first.response)
})

test('a GraphQL client that sends the operation of a route gets a response of its own media type', async () => {
  await get('/api/orders', 55)
  const query = byApollo.mock.calls.map(([{ query }]) => String(query)).find((text) => text.includes('EcliPanelOrders'))
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await server.token(55)}` }
  for (const accept of [undefined, 'application/graphql-response+json']) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, ...(accept && { accept }) },
      body: JSON.stringify({ query }),
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, `${accept ?? 'application/json'}; charset=utf-8`])
  }
})
