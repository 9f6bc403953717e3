import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../../../src/config/config.js'
import { signInvoiceLink, verifyInvoiceLink } from '../../../src/modules/invoicing/invoice-link.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
const NOW = Math.floor(Date.parse('2026-05-01T10:00:00.000Z') / 1000)
const SECRET = new TextEncoder().encode('a secret that only the tests know, long enough')

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

const me = async (target: TestServer, headers: Record<string, string>) => {
  const response = await fetch(`${target.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"query":"{ me { id email name } }"}',
  })
  const { data, errors } = (await response.json()) as any
  return data?.me ?? `${response.status} ${errors[0].extensions.code}`
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const jwt = (claims: object, header: { alg: string; typ?: string } = { alg: 'HS256' }, key: any = SECRET) =>
  new SignJWT({ sub: '55', iss: 'quittance', exp: NOW + 60, ...claims }).setProtectedHeader(header).sign(key)

test('a token identifies the user, and the first one creates it', async () => {
  expect(await me(server, bearer(await jwt({ email: 'ada@example.com', name: 'Ada' })))).toEqual({
    id: 'user_55',
    email: 'ada@example.com',
    name: 'Ada',
  })
})

test('a later token fills in missing fields but does not overwrite', async () => {
  await me(server, bearer(await jwt({ sub: '56', email: 'first@example.com' })))
  expect(await me(server, bearer(await jwt({ sub: '56', email: 'second@example.com', name: 'New' })))).toEqual({
    id: 'user_56',
    email: 'first@example.com',
    name: 'New',
  })
  expect(await me(server, bearer(await jwt({ sub: '57' })))).toEqual({ id: 'user_57', email: null, name: null })
})

describe('a token is rejected with UNAUTHENTICATED', () => {
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"sub":"1","role":"admin","iss":"quittance","exp":${NOW + 60}}`).toString('base64url')}.`
  test.each([
    ['if it is not signed', async () => none],
    ['if it is signed with another secret', () => jwt({}, { alg: 'HS256' }, new TextEncoder().encode('x'.repeat(40)))],
    ['if it uses another algorithm', () => jwt({}, { alg: 'HS384' })],
    ['if it has another issuer', () => jwt({ iss: 'another-issuer' })],
    ['if it has expired', () => jwt({ exp: NOW - 6 })],
    ['if it never expires', () => jwt({ exp: undefined })],
    ['if its subject is empty', () => jwt({ sub: '' })],
    ['if its subject is not a text', () => jwt({ sub: 55 })],
    ['if its subject contains a space', () => jwt({ sub: 'ada lovelace' })],
    ['if its subject is longer than 64 characters', () => jwt({ sub: 'a'.repeat(65) })],
    ['if it is malformed', async () => 'garbage'],
    ['if it is a logout token', () => jwt({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } })],
    ['if it has another type', () => jwt({}, { alg: 'HS256', typ: 'logout+jwt' })],
  ])('%s', async (_case, token) => {
    expect(await me(server, bearer(await token()))).toBe('401 UNAUTHENTICATED')
  })

  test('if it uses another scheme; a missing token returns 200', async () => {
    expect(await me(server, { authorization: 'Basic YTpi' })).toBe('401 UNAUTHENTICATED')
    expect(await me(server, {})).toBe('200 UNAUTHENTICATED')
  })

  test('also in a request for a public field', async () => {
    const response = await fetch(`${server.url}/graphql?query={plans{id}}`, { headers: bearer('garbage') })
    expect(response.status).toBe(401)
  })
})

describe('the session cookie', () => {
  const cookie = async () => ({ cookie: `session=${await jwt({})}` })

  test('is accepted from pages of the server and from other programs', async () => {
    expect(await me(server, await cookie())).toMatchObject({ id: 'user_55' })
    expect(await me(server, { ...(await cookie()), origin: server.url, 'sec-fetch-site': 'same-origin' })).toMatchObject({ id: 'user_55' })
  })

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
    ['a sandboxed page', { origin: 'null' }],
  ])('is rejected from %s', async (_case, headers) => {
    expect(await me(server, { ...(await cookie()), ...(headers as Record<string, string>) })).toBe('403 FORBIDDEN')
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'is rejected with a %s body, which an HTML form can send',
    async (type) => {
      expect(await me(server, { ...(await cookie()), 'content-type': type })).toMatch(/^(403|415) /)
    },
  )

  test('has a lower priority than a Bearer token', async () => {
    expect(await me(server, { ...(await cookie()), ...bearer(await jwt({ sub: '58' })) })).toMatchObject({ id: 'user_58' })
  })
})

describe('a rotation of the secret', () => {
  const NEW = 'the secret that comes after the other one, long enough'
  const PREVIOUS = 'a secret that only the tests know, long enough'

  test('accepts tokens of the previous secret while it is configured, and signs with the new one', async () => {
    const rotated = await startServer({
      database: server.database,
      environment: { AUTH_JWT_SECRET: NEW, AUTH_JWT_PREVIOUS_SECRET: PREVIOUS },
    })
    const old = await jwt({ sub: '60' })
    expect(await me(rotated, bearer(old))).toMatchObject({ id: 'user_60' })
    const fresh = await rotated.token(60)
    expect(await me(rotated, bearer(fresh))).toMatchObject({ id: 'user_60' })
    expect(await me(server, bearer(fresh))).toBe('401 UNAUTHENTICATED')
    expect(await me(rotated, bearer(await jwt({}, { alg: 'HS256' }, new TextEncoder().encode('x'.repeat(40)))))).toMatch('UNAUTHENTICATED')
    await rotated.close()
    const completed = await startServer({ database: server.database, environment: { AUTH_JWT_SECRET: NEW } })
    expect(await me(completed, bearer(old))).toMatch('UNAUTHENTICATED')
    await completed.close()
  })

  test('accepts invoice links of the previous secret while it is configured', async () => {
    const { config, clock } = server
    const link = signInvoiceLink(config, { purpose: 'invoice', id: 1n }, clock.now())
    const query = Object.fromEntries(new URL(link).searchParams)
    const withSecrets = (environment: Record<string, string>) =>
      parseConfig({ DEMO: 'true', AUTH_JWT_SECRET: NEW, PUBLIC_URL: 'http://localhost', ...environment })
    const opens = (environment: Record<string, string>) => () =>
      verifyInvoiceLink(withSecrets(environment), { purpose: 'invoice', id: 1n }, query, clock.now())
    expect(opens({ AUTH_JWT_PREVIOUS_SECRET: PREVIOUS })).not.toThrow()
    expect(opens({})).toThrow('This link is incomplete or was changed')
    const OWN = 'a secret for links alone, long enough for everybody'
    const own = new URL(signInvoiceLink(withSecrets({ INVOICE_LINK_SECRET: OWN }), { purpose: 'invoice', id: 1n }, clock.now()))
    const ownQuery = Object.fromEntries(own.searchParams)
    const rotatedConfig = withSecrets({ INVOICE_LINK_SECRET: NEW, INVOICE_LINK_PREVIOUS_SECRET: OWN })
    expect(() => verifyInvoiceLink(rotatedConfig, { purpose: 'invoice', id: 1n }, ownQuery, clock.now())).not.toThrow()
  })
})
