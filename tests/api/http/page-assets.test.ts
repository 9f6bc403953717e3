import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const get = (url: string, headers: Record<string, string> = {}) => server.app.inject({ url, headers })

test.each(['/graphql', '/api/docs'])('serves the scripts and styles of %s with their types, to be cached for good', async (page) => {
  const { body } = await get(page, { accept: 'text/html' })
  const urls = [...body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, url]) => url ?? '')
  expect(urls.some((url) => url.endsWith('.js')) && urls.some((url) => url.endsWith('.css'))).toBe(true)
  for (const url of urls) {
    const { statusCode, headers, rawPayload } = await get(url)
    expect([url, statusCode]).toEqual([url, 200])
    expect(headers['content-type']).toBe(url.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8')
    expect(headers['cache-control']).toContain('immutable')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(Number(headers['content-length'])).toBe(rawPayload.length)
  }
})

test('returns 304 for a matching ETag, and the content for another one', async () => {
  const { body } = await get('/graphql', { accept: 'text/html' })
  const [, url = ''] = /src="([^"]+)"/.exec(body) ?? []
  const { headers } = await get(url)
  const etag = String(headers.etag)
  const repeated = await get(url, { 'if-none-match': etag })
  expect([repeated.statusCode, repeated.body, repeated.headers.etag]).toEqual([304, '', etag])
  expect((await get(url, { 'if-none-match': '"another"' })).statusCode).toBe(200)
})

test.each([
  '/graphql/assets/',
  '/graphql/assets/missing.js',
  '/graphql/assets/../index.html',
  '/graphql/assets/..%2Findex.html',
  '/graphql/assets/..%2F..%2F..%2Fpackage.json',
  '/graphql/assets/%2Fetc%2Fpasswd',
  '/graphql/assets/__proto__',
])('returns 404 for %s', async (url) => {
  const { statusCode, body } = await get(url)
  expect([statusCode, body]).toEqual([404, '{"error":"not_found"}'])
})
