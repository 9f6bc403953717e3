import { once } from 'node:events'
import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Authenticate } from '../../../src/api/http/authenticate.js'
import { exportRoutes } from '../../../src/api/http/export-routes.js'
import { streamRoute } from '../../../src/api/http/graphql-sse-route.js'
import { invoiceRoutes } from '../../../src/api/http/invoice-routes.js'
import { startServer, type TestServer } from '../../support/server.js'

const ADMINISTRATOR = { principal: { userId: '1', role: 'admin' as const }, expiresAt: undefined, isUnprovenCookie: false }

let server: TestServer
let app: FastifyInstance
let url: string
/** Waits until the client has disconnected, if it says that it will. */
const authenticate: Authenticate = async ({ headers, raw }) => {
  if (!headers['x-leaves']) return ADMINISTRATOR
  app.server.emit('authenticating')
  await once(raw.socket, 'close')
  return ADMINISTRATOR
}

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())
beforeEach(() => {
  app = fastify()
})
afterEach(() => app.close())

async function listen(): Promise<void> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** Sends a request and disconnects while the server authenticates it. */
async function leaveEarly(path: string): Promise<void> {
  const authenticating = once(app.server, 'authenticating')
  const responded = once(app.server, 'handled')
  const client = get(url + path, { headers: { 'x-leaves': 'yes', accept: 'text/event-stream' }, agent: false })
  client.on('error', () => undefined)
  await authenticating
  client.destroy()
  await responded
}

test('an export whose client disconnects during authentication does not count as open', async () => {
  const rateLimiter = { consume: async () => void app.server.emit('handled') } as never
  exportRoutes(app, { services: server.services, authenticate, rateLimiter })
  await listen()
  for (let time = 0; time < 3; time += 1) await leaveEarly('/export/orders.csv')
  const response = await fetch(`${url}/export/orders.csv`, { headers: { connection: 'close' } })
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('placed_at')])
})

test('a stream whose client disconnects during authentication does not count as open', async () => {
  let open = 0
  const streams = {
    acquire: () => {
      open += 1
      return () => {
        open -= 1
      }
    },
    lifetimeOf: () => ({ ms: 60_000, endsByExpiry: false }),
    prepare: async () => {
      app.server.emit('handled')
      return {}
    },
  } as never
  const persistedOperations = { resolveText: () => '' } as never
  streamRoute(app, { services: server.services, authenticate, streams, persistedOperations })
  await listen()
  await leaveEarly('/graphql/stream?query=subscription{orderUpdated{id}}')
  expect(open).toBe(0)
})

test('a PDF is not rendered for a client that disconnects during authentication', async () => {
  const rateLimiter = { consume: async () => undefined } as never
  let rendering: AbortSignal | undefined
  const documents = {
    getIssuedInvoice: async () => ({ id: 1n, number: 'INV-2026-000001' }),
    findRendered: async () => undefined,
    getPdf: async (_id: bigint, signal: AbortSignal) => {
      rendering = signal
      app.server.emit('handled')
      throw new Error('not rendered')
    },
  } as never
  invoiceRoutes(app, { services: server.services, authenticate, documents, rateLimiter })
  await listen()
  await leaveEarly('/invoices/1/pdf')
  expect(rendering?.aborted).toBe(true)
})
