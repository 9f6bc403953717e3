import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../support/catalog.js'
import { openLink } from '../support/page-session.js'
import { buy } from '../support/payments.js'
import { startServer, type TestServer } from '../support/server.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  await server.ask(55, '{ me { id } }')
  await buy(server, 55, plans.pro)
})
afterAll(() => server.close())

const get = async (path: string) => {
  const response = await fetch(`${server.url}${path}`)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** fetch does not let a test choose the header. */
function statusFor(host: string): Promise<number | undefined> {
  return new Promise((done, fail) => {
    request(`${server.url}/demo/mail`, { headers: { host } }, (response) => {
      response.resume()
      done(response.statusCode)
    })
      .on('error', fail)
      .end()
  })
}

describe('the mails of a demo', () => {
  test('wait until their content is determined', async () => {
    const { text } = await get('/demo/mail')
    expect(text).toContain('waiting')
    expect((await get('/demo/mail/1')).text).toContain('being prepared')
    expect((await get('/demo/mail/1/html')).text).toBe('')
  })

  test('are listed and not sent', async () => {
    await server.settle()
    const { status, headers, text } = await get('/demo/mail')
    expect(status).toBe(200)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(text.match(/<li>/g)).toHaveLength(2)
    expect(text).toMatch(/Invoice INV-2026-000001 from Quittance.*Your order 1 at Quittance/s)
    expect(text).toContain('user55@example.com')
    const mails = await server.services.db.mail.findMany()
    expect(mails.map(({ status: stored, error }) => [stored, error])).toEqual(
      Array(2).fill(['SKIPPED', expect.stringContaining('/demo/mail')]),
    )
  })

  test('are shown with their text, their HTML and a link to the PDF', async () => {
    const { text } = await get('/demo/mail/2')
    expect(text).toContain(
      '<iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/demo/mail/2/html?locale=en-US">',
    )
    expect(text).toContain('Thank you for your payment.')
    const [, url = ''] = /<a href="([^"]+)">INV-2026-000001\.pdf<\/a>/.exec(text) ?? []
    const pdf = await fetch(url.replaceAll('&#38;', '&'))
    expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  })

  test('are HTML that runs no scripts and loads nothing, in a frame of this server only', async () => {
    const { headers, text } = await get('/demo/mail/2/html')
    expect(text).toContain('Thank you for your payment.')
    const policy = headers.get('content-security-policy') ?? ''
    for (const part of ["default-src 'none'", 'img-src data:', "frame-ancestors 'self'", 'sandbox allow-popups'])
      expect(policy).toContain(part)
    expect(policy).not.toMatch(/script-src|allow-scripts|allow-same-origin/)
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
  })

  test('can be read in every language', async () => {
    expect((await get('/demo/mail/2?locale=de')).text).toContain('Vielen Dank für Ihre Zahlung.')
    expect((await get('/demo/mail/2/html?locale=fr')).text).toContain('Merci pour votre paiement.')
    expect((await get('/demo/mail/2?locale=%00')).text).toContain('Thank you for your payment.')
  })

  test('are framed in the language of the browser', async () => {
    const read = async (path: string) => (await fetch(`${server.url}${path}`, { headers: { 'accept-language': 'de-AT,en;q=0.5' } })).text()
    expect(await read('/demo/mail')).toMatch(/<html lang="de">.*Mails der Demo.*nicht gesendet/s)
    // The mail itself stays in the language of its recipient.
    expect(await read('/demo/mail/2')).toMatch(/<dt>Von<\/dt>.*Thank you for your payment/s)
  })

  test('lead to the portal, by a link that is created when it is pressed', async () => {
    const { text } = await get('/demo/mail/2/html')
    expect(text).toContain(`href="${server.url}/demo/mail/2/portal"`)
    expect(await server.services.db.pageSession.count()).toBe(0)
    const response = await fetch(`${server.url}/demo/mail/2/portal`, { redirect: 'manual' })
    expect(response.status).toBe(303)
    const { status, body } = await openLink(server, response.headers.get('location') ?? '')
    expect([status, body.returnPath]).toEqual([200, '/portal'])
  })

  test.each(['/demo/mail/999', '/demo/mail/999/portal', '/demo/mail/999/html'])('%s does not exist', async (path) => {
    expect((await get(path)).status).toBe(404)
  })

  test('are refused under the name of another host, which a page of that host could read', async () => {
    expect(await statusFor('evil.example.com')).toBe(404)
    expect(await statusFor('localhost:4000')).toBe(200)
    expect(await statusFor('127.0.0.1')).toBe(200)
  })
})
