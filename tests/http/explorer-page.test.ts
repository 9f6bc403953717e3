import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

test('contains no token, not even for a browser on the same machine', async () => {
  const answer = await server.app.inject({
    url: '/graphql',
    headers: { accept: 'text/html', host: 'localhost:4000' },
    remoteAddress: '127.0.0.1',
  })
  expect(answer.statusCode).toBe(200)
  expect(answer.body).not.toMatch(/eyJ|token/)
})
