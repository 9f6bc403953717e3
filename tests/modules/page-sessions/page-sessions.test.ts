import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAdminLink, createPageLink, endAdminSessions } from '../../../src/modules/page-sessions/index.js'
import { normalizeReturnPath } from '../../../src/modules/page-sessions/page-link.rules.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { askWith, openLink, pageHeaders } from '../../support/page-session.js'
import { placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { openStreamWith } from '../../support/streams.js'

const CREATE = 'mutation ($input: CreatePortalSessionInput!) { createPortalSession(input: $input) { url expiresAt } }'
const ME = '{ me { id email } }'
const SET_DETAILS = 'mutation { setBillingDetails(input: { name: "Ada" }) { billingDetails { name } } }'
const START = '2026-05-01T10:00:00.000Z'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
  await server.ask(55, ME)
  await server.ask(56, ME)
  await server.ask('admin', ME)
})
afterAll(() => server.close())

async function createLink(input: object = {}): Promise<string> {
  const { data, errors } = await server.ask('admin', CREATE, { input: { userId: '55', ...input } })
  expect(errors).toBeUndefined()
  return data.createPortalSession.url
}

async function signIn(input: object = {}): Promise<string> {
  const { status, cookie } = await openLink(server, await createLink(input))
  expect(status).toBe(200)
  return cookie ?? ''
}

describe('createPortalSession', () => {
  test('returns a link that signs in the user, and an expiry', async () => {
    const { data } = await server.ask('admin', CREATE, { input: { userId: 'user_55' } })
    const { url, expiresAt } = data.createPortalSession
    expect(url).toMatch(new RegExp(`^${server.url}/portal/session/[\\w-]{43}\\.[\\w-]{43}$`))
    expect(expiresAt).toBe('2026-05-01T10:15:00.000Z')
    const { status, cookie, body } = await openLink(server, url)
    expect([status, body.returnPath]).toEqual([200, '/portal'])
    expect(await askWith(server, pageHeaders(server, 'portal', cookie), ME)).toMatchObject({ status: 200, data: { me: { id: 'user_55' } } })
  })

  test('stores neither the token nor the cookie', async () => {
    const url = await createLink()
    const { cookie = '' } = await openLink(server, url)
    const { rows } = await server.owner.query('SELECT row_to_json(page_sessions)::text AS row FROM page_sessions')
    const stored = rows.map(({ row }) => row).join('\n')
    const [secret = ''] = url.split('/').pop()?.split('.') ?? []
    expect(stored).not.toContain(secret)
    expect(stored).not.toContain(cookie.split('=')[1])
    expect(server.logged.join('\n')).not.toContain(secret)
  })

  test('can be used by API keys with the scope PORTAL only', async () => {
    const createKey = async (scopes: string) => {
      const { data } = await server.ask('admin', `mutation { createApiKey(input: { name: "key", scopes: [${scopes}] }) { key } }`)
      return { 'content-type': 'application/json', authorization: `Bearer ${data.createApiKey.key}` }
    }
    const input = { userId: '55' }
    expect(await askWith(server, await createKey('PORTAL'), CREATE, { input })).toMatchObject({ data: { createPortalSession: {} } })
    expect(await askWith(server, await createKey('SYNC, READ, CLAIMS'), CREATE, { input })).toMatchObject({ code: 'FORBIDDEN' })
    expect((await server.ask(55, CREATE, { input })).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  test('refuses unknown users, and organisations that the user does not manage', async () => {
    await server.ask('admin', 'mutation { upsertOrganisation(input: { id: "7", name: "Acme" }) { organisation { id } } }')
    const code = async (input: object) => (await server.ask('admin', CREATE, { input })).errors?.[0]?.extensions.code
    expect(await code({ userId: '999' })).toBe('USER_NOT_FOUND')
    expect(await code({ userId: '55', organisationId: '7' })).toBe('ORGANISATION_NOT_FOUND')
    await server.ask(
      'admin',
      'mutation { setMembership(input: { organisationId: "7", userId: "55", role: MEMBER }) { membership { role } } }',
    )
    expect(await code({ userId: '55', organisationId: '7' })).toBe('ORGANISATION_NOT_FOUND')
    await server.ask(
      'admin',
      'mutation { setMembership(input: { organisationId: "7", userId: "55", role: OWNER }) { membership { role } } }',
    )
    const url = await createLink({ organisationId: '7', returnPath: '/portal/invoices' })
    expect((await openLink(server, url)).body.returnPath).toBe('/portal/invoices?organisation=org_7')
  })

  test.each([
    'https://evil.example/',
    '//evil.example/portal',
    '/\\evil.example',
    '/portal/../admin',
    '/portal/%2e%2e/admin',
    '/portalevil',
    '/portal/session/abc',
    '/portal/%73ession/abc',
    '/admin',
    'javascript:alert(1)',
    '/portal\n',
    '/portal/ü',
    '',
  ])('refuses to return to %j', async (returnPath) => {
    const { errors } = await server.ask('admin', CREATE, { input: { userId: '55', returnPath } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.returnPath' })
  })

  test('accepts paths of the portal', () => {
    expect(normalizeReturnPath('PORTAL', '/portal/invoices?organisation=org_7')).toBe('/portal/invoices?organisation=org_7')
    expect(normalizeReturnPath('PORTAL', '/portal/a/../invoices')).toBe('/portal/invoices')
    expect(normalizeReturnPath('ADMIN', '/portal')).toBeNull()
  })
})

describe('a link', () => {
  test('opens one session, also if it is opened several times at once', async () => {
    const url = await createLink()
    const opened = await Promise.all(Array.from({ length: 8 }, () => openLink(server, url)))
    expect(opened.filter(({ status }) => status === 200)).toHaveLength(1)
    const refused = opened.filter(({ status }) => status !== 200)
    expect(refused).toHaveLength(7)
    expect(refused.every(({ status, setCookie }) => status === 401 && setCookie === '')).toBe(true)
  })

  test('is not used up by programs that only read it', async () => {
    const url = await createLink()
    for (const method of ['GET', 'HEAD', 'GET']) await fetch(url, { method, redirect: 'manual' })
    expect((await fetch(url)).headers.get('cache-control')).toBe('no-store')
    expect((await openLink(server, url)).status).toBe(200)
    expect((await fetch(url)).status).toBe(410)
  })

  test('leads the browser that has opened it to the page again', async () => {
    const url = await createLink({ returnPath: '/portal/plans' })
    const { cookie = '' } = await openLink(server, url)
    const again = await fetch(url, { headers: { cookie }, redirect: 'manual' })
    expect([again.status, again.headers.get('location')]).toEqual([303, '/portal/plans'])
    const other = await signIn()
    expect((await fetch(url, { headers: { cookie: other }, redirect: 'manual' })).status).toBe(410)
  })

  test('states on its page whether a button must be pressed, as for mails', async () => {
    const { url } = await createPageLink(
      server.services,
      { userId: '1', role: 'admin' },
      { page: 'PORTAL', userId: '55', needsButton: true, lifetimeMs: 86_400_000 },
    )
    server.clock.set('2026-05-02T09:59:59.000Z')
    expect(await (await fetch(url)).text()).toContain('&#34;state&#34;:&#34;READY&#34;,&#34;needsButton&#34;:true')
    expect((await openLink(server, url)).status).toBe(200)
    server.clock.set(START)
    expect(await (await fetch(await createLink())).text()).toContain('&#34;needsButton&#34;:false')
  })

  test('needs a button if it is for a mail, or if somebody else is signed in', async () => {
    const needsButton = async (url: string, cookie = '') =>
      (await (await fetch(url, { headers: { cookie } })).text()).includes('&#34;needsButton&#34;:true')
    expect(await needsButton(await createLink({ needsButton: true }))).toBe(true)
    const url = await createLink()
    const [own, other] = [await signIn(), await signIn({ userId: '56' })]
    expect([await needsButton(url), await needsButton(url, own), await needsButton(url, other)]).toEqual([false, false, true])
  })

  test('ends the session that the browser had before', async () => {
    const earlier = await signIn({ userId: '56' })
    const { cookie } = await openLink(server, await createLink(), { cookie: earlier })
    expect((await askWith(server, pageHeaders(server, 'portal', earlier), ME)).code).toBe('UNAUTHENTICATED')
    expect((await askWith(server, pageHeaders(server, 'portal', cookie), ME)).data.me.id).toBe('user_55')
  })

  test('expires after 15 minutes', async () => {
    const url = await createLink()
    server.clock.set('2026-05-01T10:15:00.000Z')
    expect((await fetch(url)).status).toBe(410)
    expect((await openLink(server, url)).status).toBe(401)
    server.clock.set(START)
  })

  test('is refused if it was forged, changed or belongs to another page', async () => {
    const url = await createLink()
    const [secret = '', signature = ''] = url.split('/').pop()?.split('.') ?? []
    const invented = [`${signature}.${secret}`, `${secret}.${'A'.repeat(43)}`, `${'A'.repeat(43)}.${signature}`, secret, '']
    for (const token of invented) {
      expect([token, (await openLink(server, `${server.url}/portal/session/${token}`)).status]).toEqual([token, 401])
    }
    expect((await openLink(server, url.replace('/portal/', '/admin/'))).status).toBe(401)
    expect((await fetch(url.replace('/portal/', '/admin/'))).status).toBe(404)
    expect((await openLink(server, url)).status).toBe(200)
  })

  test.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling of this site', { 'sec-fetch-site': 'same-site' }],
    ['a sandboxed frame', { origin: 'null' }],
  ])('cannot be opened by %s, which could sign its visitors in as somebody else', async (_case, headers) => {
    const url = await createLink()
    expect(await openLink(server, url, headers)).toMatchObject({ status: 403, setCookie: '' })
    expect((await openLink(server, url)).status).toBe(200)
  })

  test('cannot be opened by a form, which needs no permission of CORS', async () => {
    const token = (await createLink()).split('/').pop() ?? ''
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
      const headers = { 'content-type': type, origin: 'https://evil.example' }
      const { status } = await fetch(`${server.url}/portal/session`, { method: 'POST', headers, body: JSON.stringify({ token }) })
      expect(status).toBeGreaterThanOrEqual(400)
    }
  })
})

describe('the cookie of a session', () => {
  test('has the attributes of a session cookie', async () => {
    const { setCookie } = await openLink(server, await createLink())
    expect(setCookie).toMatch(/^quittance_portal=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('is bound to this host and to https in production', async () => {
    const environment = { NODE_ENV: 'production', PUBLIC_URL: 'https://billing.example.com', PAGES: 'portal' }
    const production = await startServer({ environment, database: server.database })
    const { url } = await createPageLink(production.services, { userId: '1', role: 'admin' }, { page: 'PORTAL', userId: '55' })
    expect(url).toMatch(/^https:\/\/billing\.example\.com\/portal\/session\//)
    const { setCookie } = await openLink(production, url, { origin: 'https://billing.example.com' })
    expect(setCookie).toMatch(/^__Host-quittance_portal=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    await production.close()
  })

  test('counts only in requests that name the page', async () => {
    const cookie = await signIn()
    const { 'x-quittance-page': _page, ...unnamed } = pageHeaders(server, 'portal', cookie)
    expect((await askWith(server, unnamed, ME)).code).toBe('UNAUTHENTICATED')
    expect((await askWith(server, pageHeaders(server, 'admin', cookie), ME)).code).toBe('UNAUTHENTICATED')
    expect((await fetch(`${server.url}/api/orders`, { headers: { cookie } })).status).toBe(401)
  })

  test("is refused from another origin, also from one that may use the panel's cookie", async () => {
    const listed = await startServer({ environment: { CORS_ORIGINS: 'https://panel.example.com' }, database: server.database })
    const { url } = await createPageLink(listed.services, { userId: '1', role: 'admin' }, { page: 'PORTAL', userId: '55' })
    const { cookie } = await openLink(listed, url)
    for (const origin of ['https://panel.example.com', 'https://evil.example', 'null']) {
      const headers = { ...pageHeaders(listed, 'portal', cookie), origin, 'sec-fetch-site': 'cross-site' }
      expect([origin, (await askWith(listed, headers, SET_DETAILS)).code]).toEqual([origin, 'FORBIDDEN'])
    }
    // Browsers ask before they send the header, and the server does not allow it.
    const request = {
      origin: 'https://panel.example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-quittance-page',
    }
    const preflight = await fetch(`${listed.url}/graphql`, { method: 'OPTIONS', headers: request })
    expect(preflight.headers.get('access-control-allow-headers')).not.toContain('x-quittance-page')
    await listed.close()
  })

  test('changes nothing without an Origin', async () => {
    const { origin: _origin, ...headers } = pageHeaders(server, 'portal', await signIn())
    expect((await askWith(server, headers, SET_DETAILS)).code).toBe('FORBIDDEN')
    expect((await askWith(server, headers, ME)).data.me.id).toBe('user_55')
  })

  test('gives no rights of an administrator, and no data of another customer', async () => {
    const headers = pageHeaders(server, 'portal', await signIn({ userId: '1' }))
    expect((await askWith(server, headers, '{ users { totalCount } }')).code).toBe('FORBIDDEN')
    const ada = pageHeaders(server, 'portal', await signIn())
    expect((await askWith(server, ada, '{ user(id: "56") { id limits { memory } } }')).code).toBe('FORBIDDEN')
    expect((await askWith(server, ada, '{ node(id: "user_56") { id } }')).data.node).toBeNull()
    expect((await askWith(server, ada, CREATE, { input: { userId: '56' } })).code).toBe('FORBIDDEN')
  })

  test('ends after 12 hours', async () => {
    const headers = pageHeaders(server, 'portal', await signIn())
    server.clock.set('2026-05-01T21:59:59.000Z')
    expect((await askWith(server, headers, ME)).data?.me.id).toBe('user_55')
    server.clock.set('2026-05-01T22:00:00.000Z')
    expect((await askWith(server, headers, ME)).code).toBe('UNAUTHENTICATED')
    server.clock.set(START)
  })

  test('ends when the user signs out', async () => {
    const cookie = await signIn()
    const headers = pageHeaders(server, 'portal', cookie)
    const { 'content-type': _type, ...withoutBody } = headers
    const foreign = await fetch(`${server.url}/portal/session`, {
      method: 'DELETE',
      headers: { ...withoutBody, origin: 'https://evil.example' },
    })
    expect(foreign.status).toBe(403)
    const response = await fetch(`${server.url}/portal/session`, { method: 'DELETE', headers: withoutBody })
    expect(response.status).toBe(200)
    expect(response.headers.get('set-cookie')).toMatch(/^quittance_portal=; .*Expires=Thu, 01 Jan 1970/)
    expect((await askWith(server, headers, ME)).code).toBe('UNAUTHENTICATED')
  })

  test('ends the live updates of the page when the user signs out', async () => {
    const [ended, open] = [pageHeaders(server, 'portal', await signIn()), pageHeaders(server, 'portal', await signIn())]
    const ORDERS = 'subscription { orderUpdated { id } }'
    const [endedStream, openStream] = [await openStreamWith(server.url, ended, ORDERS), await openStreamWith(server.url, open, ORDERS)]
    const { 'content-type': _type, ...withoutBody } = ended
    await fetch(`${server.url}/portal/session`, { method: 'DELETE', headers: withoutBody })
    await placeOrder(server, 55, { planId: plans.pro })
    await expect.poll(() => endedStream.failures).toHaveLength(1)
    await expect.poll(() => openStream.events).toHaveLength(1)
    expect([endedStream.events, openStream.failures]).toEqual([[], []])
    openStream.dispose()
  })

  test('ends with all sessions and links of the user, by endPortalSessions', async () => {
    const ada = pageHeaders(server, 'portal', await signIn())
    const other = pageHeaders(server, 'portal', await signIn({ userId: '56' }))
    const url = await createLink()
    const END = 'mutation ($userId: ID!) { endPortalSessions(input: { userId: $userId }) { count } }'
    const { data } = await server.ask('admin', END, { userId: '55' })
    expect(data.endPortalSessions.count).toBeGreaterThanOrEqual(2)
    expect((await askWith(server, ada, ME)).code).toBe('UNAUTHENTICATED')
    expect((await openLink(server, url)).status).toBe(401)
    expect((await askWith(server, other, ME)).data.me.id).toBe('user_56')
    expect((await server.ask('admin', END, { userId: '55' })).data.endPortalSessions.count).toBe(0)
  })

  test('ends when the API key is revoked that has created the session', async () => {
    const NEW = 'mutation { createApiKey(input: { name: "portal", scopes: [PORTAL] }) { key apiKey { id } } }'
    const { key, apiKey } = (await server.ask('admin', NEW)).data.createApiKey
    const ofKey = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
    const linkOfKey = async () => (await askWith(server, ofKey, CREATE, { input: { userId: '55' } })).data.createPortalSession.url
    const opened = pageHeaders(server, 'portal', (await openLink(server, await linkOfKey())).cookie)
    const [unopened, other] = [await linkOfKey(), pageHeaders(server, 'portal', await signIn())]
    await server.ask('admin', 'mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { apiKey { id } } }', { id: apiKey.id })
    expect((await askWith(server, opened, ME)).code).toBe('UNAUTHENTICATED')
    expect((await openLink(server, unopened)).status).toBe(401)
    expect((await askWith(server, other, ME)).data.me.id).toBe('user_55')
  })

  test('never makes room for another user, whom the page does not show', async () => {
    const session = await signIn()
    const headers = { ...pageHeaders(server, 'portal', `${session}; session=${await server.token(56)}`), 'x-quittance-user': 'user_55' }
    expect((await askWith(server, headers, ME)).data.me.id).toBe('user_55')
    await server.ask('admin', 'mutation { endPortalSessions(input: { userId: "55" }) { count } }')
    expect((await askWith(server, headers, SET_DETAILS)).code).toBe('UNAUTHENTICATED')
    const { 'x-quittance-user': _user, ...reloaded } = headers
    expect((await askWith(server, reloaded, ME)).data.me.id).toBe('user_56')
  })

  test.each(['', 'x', 'A'.repeat(43), `${'A'.repeat(42)}'`, 'null'])('is ignored if it is %j', async (value) => {
    const headers = pageHeaders(server, 'portal', `quittance_portal=${value}`)
    expect((await askWith(server, headers, '{ billingEnabled }')).data).toEqual({ billingEnabled: true })
    expect((await askWith(server, headers, ME)).code).toBe('UNAUTHENTICATED')
  })

  test('is stated on the page without its value, so that the page knows whether it can sign out', async () => {
    const cookie = await signIn()
    const read = async (headers: Record<string, string>) => (await fetch(`${server.url}/portal`, { headers })).text()
    expect(await read({ cookie })).toContain('&#34;hasCookie&#34;:true')
    expect(await read({ cookie })).not.toContain(cookie.split('=')[1])
    expect(await read({ cookie: 'session=a.b.c' })).toContain('&#34;hasCookie&#34;:false')
  })

  test("is replaced by the panel's cookie, if there is none", async () => {
    const headers = pageHeaders(server, 'portal', `session=${await server.token(56)}`)
    expect((await askWith(server, headers, ME)).data.me.id).toBe('user_56')
  })
})

describe('an administrator', () => {
  test('signs in by a link of the terminal, as administrator', async () => {
    const { url } = await createAdminLink(server.services, { userId: '2', name: 'Grace' })
    const { cookie, setCookie, body } = await openLink(server, url)
    expect([setCookie.split('=')[0], body.returnPath]).toEqual(['quittance_admin', '/admin'])
    expect((await askWith(server, pageHeaders(server, 'admin', cookie), '{ me { name } users { totalCount } }')).data.me.name).toBe('Grace')
    expect((await askWith(server, pageHeaders(server, 'portal', cookie), ME)).code).toBe('UNAUTHENTICATED')
  })

  test('signs in while billing is disabled to enable it, and customers are refused everything else', async () => {
    const { url } = await createAdminLink(server.services, { userId: '2' })
    const portal = await createLink()
    const SET = 'mutation ($enabled: Boolean!) { setBillingEnabled(input: { enabled: $enabled }) { enabled } }'
    await server.ask('admin', SET, { enabled: false })
    const ada = pageHeaders(server, 'portal', (await openLink(server, portal)).cookie)
    expect((await askWith(server, ada, SET_DETAILS)).code).toBe('FEATURE_DISABLED')
    const { status, cookie } = await openLink(server, url)
    expect(status).toBe(200)
    expect((await askWith(server, pageHeaders(server, 'admin', cookie), SET, { enabled: true })).data.setBillingEnabled.enabled).toBe(true)
  })

  test('is signed out everywhere from the terminal', async () => {
    const links = [await createAdminLink(server.services, { userId: '3' }), await createAdminLink(server.services, { userId: '3' })]
    const { cookie } = await openLink(server, links[0]?.url ?? '')
    expect(await endAdminSessions(server.services, '3')).toBe(2)
    expect((await askWith(server, pageHeaders(server, 'admin', cookie), ME)).code).toBe('UNAUTHENTICATED')
    expect((await openLink(server, links[1]?.url ?? '')).status).toBe(401)
  })

  test('keeps both sessions apart in one browser', async () => {
    const { url } = await createAdminLink(server.services, { userId: '2' })
    const admin = (await openLink(server, url)).cookie
    const both = `${admin}; ${await signIn()}`
    expect((await askWith(server, pageHeaders(server, 'admin', both), ME)).data.me.id).toBe('user_2')
    expect((await askWith(server, pageHeaders(server, 'portal', both), ME)).data.me.id).toBe('user_55')
  })

  test('finds every link and session in the audit log', async () => {
    await signIn()
    const { data } = await server.ask('admin', '{ auditEntries(subject: "user:55", first: 2) { nodes { action actor details } } }')
    const session = data.auditEntries.nodes[0].details.session
    expect(session).toEqual(expect.any(Number))
    expect(data.auditEntries.nodes).toEqual([
      { action: 'openPortalSession', actor: 'user:55', details: { session, createdBy: 'user:1' } },
      { action: 'createPortalSession', actor: 'user:1', details: { session, page: 'PORTAL' } },
    ])
  })
})

test('rows of sessions are deleted after 30 days', async () => {
  await createLink()
  server.clock.set('2026-06-02T10:00:00.000Z')
  await server.runTask('sweep')
  expect(await server.services.db.pageSession.count()).toBe(0)
  server.clock.set(START)
})

test('the database refuses to open a link again or to continue an ended session', async () => {
  await signIn()
  const change = (columns: string) => server.owner.query(`UPDATE page_sessions SET ${columns} WHERE opened_at IS NOT NULL`)
  await expect(change('opened_at = now()')).rejects.toThrow(/was opened before/)
  await expect(change("user_id = '56'")).rejects.toThrow(/belongs to another user/)
  await change('ended_at = now()')
  await expect(change('ended_at = NULL')).rejects.toThrow(/has ended/)
})
