import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../../../src/config/config.js'
import { startServer, type TestServer } from '../../support/server.js'

/** Characters that would end an attribute or start an element. */
const COMPANY = `Näme "<script>alert(1)</script>' & Co`

let server: TestServer
beforeAll(async () => {
  server = await startServer({
    environment: { COMPANY_NAME: COMPANY, INVOICE_LOGO_PATH: 'src/demo/demo-logo.svg', INVOICE_TIME_ZONE: 'Pacific/Auckland' },
  })
})
afterAll(() => server.close())

const get = (url: string, headers: Record<string, string> = {}) => server.app.inject({ url, headers })

describe.each(['/portal', '/portal/invoices/inv_1', '/admin', '/admin/customers'])('%s', (url) => {
  test('is a page that runs only scripts of this server, without frames and foreign hosts', async () => {
    const { statusCode, headers, body } = await get(url)
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = String(headers['content-security-policy'])
    const directives = Object.fromEntries(policy.split(';').map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]))
    const nonce = /'nonce-([\w+/=]{24})'/.exec(policy)?.[1] ?? ''
    expect(directives).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': `'self' 'nonce-${nonce}'`,
      'img-src': "'self' data:",
      'font-src': "'self' data:",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    })
    expect(body).toContain(`nonce="${nonce}"`)
    expect(body).not.toMatch(/<script(?![^>]*src=)[^>]*>|<style|style=|\son\w+=/)
    expect([...body.matchAll(/(?:src|href)="([^"]*)"/g)].every(([, target = '']) => /^(\/pages\/assets\/|data:,)/.test(target))).toBe(true)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  test('has another nonce in every response', async () => {
    const nonces = await Promise.all([get(url), get(url)])
    expect(nonces[0]?.headers['content-security-policy']).not.toBe(nonces[1]?.headers['content-security-policy'])
  })

  test('contains the name of the seller as text', async () => {
    const { body } = await get(url)
    expect(body).toContain('<title>Näme &#34;&#60;script&#62;alert(1)&#60;/script&#62;&#39; &#38; Co</title>')
    expect(body).not.toContain('<script>alert')
    expect(body).not.toMatch(/%[A-Z]+%/)
  })

  test("knows the seller's time zone before its first request", async () => {
    expect((await get(url)).body).toContain('&#34;timeZone&#34;:&#34;Pacific/Auckland&#34;')
  })
})

test('serves scripts and styles compressed, to be cached for good', async () => {
  const { body } = await get('/portal')
  const urls = [...body.matchAll(/"(\/pages\/assets\/[^"]+)"/g)].map(([, url]) => url ?? '')
  expect(urls.length).toBeGreaterThan(2)
  for (const url of urls) {
    const plain = await get(url)
    expect([url, plain.statusCode, plain.headers['content-encoding']]).toEqual([url, 200, undefined])
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const gzipped = await get(url, { 'accept-encoding': 'gzip' })
    expect([gzipped.headers['content-encoding'], gzipped.headers.vary]).toEqual(['gzip', 'accept-encoding'])
    expect(gunzipSync(gzipped.rawPayload).equals(plain.rawPayload)).toBe(true)
    expect((await get(url, { 'accept-encoding': 'gzip, deflate, br' })).headers['content-encoding']).toBe('br')
    expect((await get(url, { 'accept-encoding': 'br;q=0, gzip;q=0' })).headers['content-encoding']).toBeUndefined()
    expect((await get(url, { 'if-none-match': String(plain.headers.etag) })).statusCode).toBe(304)
  }
  for (const url of ['/pages/assets/..%2fportal.html', '/pages/assets/missing.js', '/pages/packages.json', '/pages/portal.html']) {
    expect([url, (await get(url)).statusCode]).toEqual([url, 404])
  }
})

test('serves the logo as a picture in which no script runs', async () => {
  const { statusCode, headers, body } = await get('/pages/logo')
  expect([statusCode, headers['content-type'], body]).toEqual([200, 'image/svg+xml', readFileSync('src/demo/demo-logo.svg', 'utf8')])
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  expect(headers['content-security-policy']).toContain('sandbox')
})

test('the export of administrators under /admin is still served', async () => {
  const { statusCode, headers } = await get('/admin/invoices.zip')
  expect([statusCode, headers['content-type']]).toEqual([401, 'application/json; charset=utf-8'])
})

describe('PAGES', () => {
  const pagesOf = (environment: Record<string, string>) => parseConfig({ AUTH_JWT_SECRET: 'x'.repeat(32), ...environment }).pages

  test('are both in a demo, and none under production rules, unless they are named', () => {
    expect(parseConfig({}).pages).toEqual(['portal', 'admin'])
    expect(pagesOf({ NODE_ENV: 'production' })).toEqual([])
    expect(pagesOf({ NODE_ENV: 'production', PAGES: 'admin, portal' })).toEqual(['portal', 'admin'])
    expect(pagesOf({ PAGES: 'none' })).toEqual([])
    expect(() => pagesOf({ PAGES: 'portal,shop' })).toThrow('PAGES: must be none, or a comma-separated list of portal, admin')
  })

  test('are not served if they are off', async () => {
    const off = await startServer({ environment: { PAGES: 'none' }, database: server.database })
    for (const url of ['/portal', '/portal/invoices', '/admin', '/pages/logo', '/portal/session/x']) {
      expect([url, (await off.app.inject({ url })).statusCode]).toEqual([url, 404])
    }
    const input = { userId: '55' }
    const { errors } = await off.ask(
      'admin',
      'mutation ($input: CreatePortalSessionInput!) { createPortalSession(input: $input) { url } }',
      { input },
    )
    expect(errors?.[0]).toMatchObject({
      message: 'This server does not serve the page: add portal to PAGES',
      extensions: { code: 'PAGE_DISABLED' },
    })
    await off.close()
  })

  test('can be one of both', async () => {
    const admin = await startServer({ environment: { PAGES: 'admin' }, database: server.database })
    expect((await admin.app.inject({ url: '/admin' })).statusCode).toBe(200)
    expect((await admin.app.inject({ url: '/portal' })).statusCode).toBe(404)
    await admin.close()
  })
})
