import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createClient } from 'graphql-sse'
import { describe, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import type { TestServer } from '../../support/server.js'
import { serversOfEachTest } from '../../support/servers.js'

const start = serversOfEachTest()

const HALF_A_REQUEST = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"query":'
const WHOLE_REQUEST = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'

async function open({ url }: TestServer): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Reads everything that the server sends until it closes the connection. */
async function readToTheEnd(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString()
  })
  await once(socket, 'close')
  return text
}

describe('disconnects a client that does not send its request in time', () => {
  test.each([
    ['after half of the body', HALF_A_REQUEST],
    ['after half of the headers', 'POST /graphql HTTP/1.1\r\nHost: localhost\r\n'],
    ['after nothing', ''],
  ])('%s', async (_what, text) => {
    const server = await start({ environment: { HTTP_REQUEST_TIMEOUT_MS: '200' } })
    const socket = await open(server)
    socket.write(text)
    expect(await readToTheEnd(socket)).not.toContain('200 OK')
    expect(server.logged.filter((line) => line.includes('"level":50'))).toEqual([])
    expect((await fetch(`${server.url}/livez`)).status).toBe(200)
  })

  test('without interrupting the stream of another client', async () => {
    const server = await start({ environment: { HTTP_REQUEST_TIMEOUT_MS: '200' } })
    const plans = await createCatalog(server)
    const headers = { authorization: `Bearer ${await server.token(55)}` }
    const client = createClient({ url: `${server.url}/graphql/stream`, headers, retryAttempts: 0 })
    const events = client.iterate({ query: 'subscription { orderUpdated { status } }' })
    const first = events.next()
    await expect.poll(() => server.app.server.listening && connectionsOf(server)).toBeGreaterThan(0)
    const late = await open(server)
    late.write(HALF_A_REQUEST)
    await readToTheEnd(late)
    await server.ask(55, `mutation { placeOrder(input: { planId: "${plans.pro}" }) { order { id } } }`)
    expect(await first).toMatchObject({ value: { data: { orderUpdated: { status: 'PENDING' } } } })
    client.dispose()
  })
})

describe('disconnects, although a request may take ten minutes,', () => {
  const LONG_MS = 300_000
  const environment = { HTTP_REQUEST_TIMEOUT_MS: '600000' }

  test('a client that does not send the headers in time', async () => {
    const server = await start({ environment, timeouts: { headers: 300, keepAlive: LONG_MS } })
    const timeouts = { requestTimeout: 600_000, headersTimeout: 300, keepAliveTimeout: LONG_MS }
    expect(server.app.server).toMatchObject(timeouts)
    const socket = await open(server)
    socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\n')
    expect(await readToTheEnd(socket)).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('a client that sends no other request in time', async () => {
    const server = await start({ environment, timeouts: { headers: LONG_MS, keepAlive: 1000 } })
    const socket = await open(server)
    socket.write(WHOLE_REQUEST)
    const text = await readToTheEnd(socket)
    expect(text).toContain('200 OK')
    // The connection was closed by this timeout, and not by another one.
    expect(text).toContain('Keep-Alive: timeout=1\r\n')
  })
})

test('keeps idle connections for longer than the 60 seconds of proxies, and waits ten seconds for headers', async () => {
  const server = await start()
  const { headers } = await fetch(`${server.url}/livez`)
  expect(headers.get('keep-alive')).toBe('timeout=72')
  expect(server.app.server).toMatchObject({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 72_000 })
})

function connectionsOf({ app }: TestServer): Promise<number> {
  return new Promise((done) => app.server.getConnections((_error, count) => done(count)))
}

test('refuses a connection above the maximum until another one is closed', async () => {
  const server = await start({ environment: { HTTP_MAX_CONNECTIONS: '2' } })
  const sockets = [await open(server), await open(server)]
  await expect.poll(() => connectionsOf(server)).toBe(2)
  expect(await readToTheEnd(await open(server))).toBe('')
  sockets[0]?.destroy()
  await expect.poll(() => connectionsOf(server)).toBe(1)
  const accepted = await open(server)
  accepted.write(WHOLE_REQUEST)
  const [chunk] = await once(accepted, 'data')
  expect(String(chunk)).toContain('200 OK')
  for (const socket of [...sockets, accepted]) socket.destroy()
})
