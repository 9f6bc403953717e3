import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const page = async (host: string, remoteAddress = '127.0.0.1') => {
  const answer = await server.app.inject({ url: '/graphql', headers: { accept: 'text/html', host }, remoteAddress })
  expect(answer.statusCode).toBe(200)
  return answer.body
}

test('a browser on this machine gets the page with the demo tokens', async () => {
  for (const host of ['localhost:4000', '127.0.0.1:4000', '[::1]:4000']) expect(await page(host)).toContain('administrator-token')
  expect(await page('localhost:4000', '::1')).toContain('administrator-token')
})

test('a host name that was pointed at this machine gets the page without tokens', async () => {
  expect(await page('evil.example:4000')).not.toContain('-token')
  expect(await page('localhost.evil.example')).not.toContain('-token')
})

test('somebody on the network gets the page without tokens, whatever host they name', async () => {
  expect(await page('localhost:4000', '192.168.1.20')).not.toContain('-token')
})

test('nobody gets tokens in production, where the explorer is switched on by EXPLORER', async () => {
  const production = await startServer({ environment: { NODE_ENV: 'production', EXPLORER: 'true' } })
  const answer = await production.app.inject({ url: '/graphql', headers: { accept: 'text/html', host: 'localhost' } })
  expect(answer.statusCode).toBe(200)
  expect(answer.body).not.toContain('-token')
  await production.close()
})
