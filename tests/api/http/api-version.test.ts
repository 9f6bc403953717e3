import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startServer, type TestServer } from '../../support/server.js'
import { socketUrl } from '../../support/sockets.js'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

test.each([
  ['GraphQL', 200, '/graphql?query={billingEnabled}', {}],
  ['a GraphQL error', 401, '/graphql?query={billingEnabled}', { authorization: 'Bearer wrong' }],
  ['the stream', 200, '/graphql/stream?query=subscription{orderUpdated{id}}', { accept: 'text/event-stream' }],
  ['a REST route', 200, '/api/plans', {}],
  ['another REST route', 200, '/api/v1/billing/subscription', {}],
  ['a REST error', 401, '/api/orders', { authorization: 'Bearer wrong' }],
  ['an export error', 403, '/export/orders.csv', {}],
  ['a PDF error', 404, '/orders/999/invoice', {}],
])('%s has the version of the API', async (_what, status, path, headers) => {
  const stop = new AbortController()
  const authorization = `Bearer ${await server.token(55)}`
  const response = await fetch(server.url + path, {
    headers: { authorization, accept: 'application/json', ...headers },
    signal: stop.signal,
  })
  expect([response.status, response.headers.get('x-api-version')]).toEqual([status, '1.0'])
  stop.abort()
})

test('a WebSocket has the version of the API', async () => {
  const socket = new WebSocket(socketUrl(server), GRAPHQL_TRANSPORT_WS_PROTOCOL)
  const [response] = (await once(socket, 'upgrade')) as [IncomingMessage]
  expect(response.headers['x-api-version']).toBe('1.0')
  socket.close()
  await once(socket, 'close')
})

test('the operator’s routes have no version of the API', async () => {
  for (const path of ['/livez', '/readyz']) expect((await fetch(server.url + path)).headers.get('x-api-version')).toBeNull()
})
