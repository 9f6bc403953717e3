import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { startServer, type TestServer } from '../../support/server.js'

const NOW = Math.floor(Date.parse('2026-05-01T10:00:00.000Z') / 1000)
const PANEL = 'https://panel.example.com'
const SET_DETAILS = 'mutation { setBillingDetails(input: { name: "Ada" }) { billingDetails { name } } }'

let demo: TestServer
let production: TestServer

beforeAll(async () => {
  demo = await startServer()
  await createCatalog(demo)
  await demo.ask(55, '{ me { id } }')
  const environment = { NODE_ENV: 'production', PUBLIC_URL: 'https://billing.example.com', CORS_ORIGINS: `${PANEL},https://*.example.org` }
  production = await startServer({ environment, database: demo.database })
})
afterAll(async () => {
  await production.close()
  await demo.close()
})

const jwt = (claims: object = {}, secret = 'a secret that only the tests know, long enough') =>
  new SignJWT({ sub: '55', iss: 'quittance', exp: NOW + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret))
const session = async (claims: object = {}) => ({ cookie: `session=${await jwt(claims)}` })

async function graphql(server: TestServer, query: string, headers: Record<string, string>) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  const { data, errors } = (await response.json()) as any
  return { status: response.status, data, code: errors?.[0].extensions.code, message: errors?.[0].message }
}

describe('an invalid session cookie', () => {
  const invalidTokens: [string, () => Promise<string>][] = [
    ['opaque text', async () => 'c2Vzc2lvbg'],
    ['a token of another issuer', () => jwt({ iss: 'another-issuer' })],
    ['a token of another secret', () => jwt({}, 'another secret that is long enough as well')],
    ['an expired token', () => jwt({ exp: NOW - 60 })],
  ]

  test.each(invalidTokens)('is ignored by public routes: %s', async (_case, token) => {
    const headers = { cookie: `session=${await token()}` }
    expect(await graphql(demo, '{ billingEnabled }', headers)).toMatchObject({ status: 200, data: { billingEnabled: true } })
    expect((await fetch(`${demo.url}/api/plans`, { headers })).status).toBe(200)
  })

  test.each(invalidTokens)('makes the principal anonymous: %s', async (_case, token) => {
    const headers = { cookie: `session=${await token()}` }
    expect(await graphql(demo, '{ me { id } }', headers)).toMatchObject({ status: 200, code: 'UNAUTHENTICATED' })
    expect((await fetch(`${demo.url}/api/orders`, { headers })).status).toBe(401)
    expect((await fetch(`${demo.url}/orders/1/invoice`, { headers })).status).toBe(401)
  })

  test('is ignored in a request from another site', async () => {
    const headers = { cookie: 'session=c2Vzc2lvbg', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect(await graphql(production, '{ billingEnabled }', headers)).toMatchObject({ status: 200 })
  })
})

test('an invalid Bearer token is rejected, also for a public field and with a valid cookie', async () => {
  const headers = { ...(await session()), authorization: 'Bearer wrong' }
  expect(await graphql(demo, '{ billingEnabled }', headers)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
})

describe('a mutation with the session cookie', () => {
  test.each<[string, () => TestServer, Record<string, string>]>([
    ['without Origin', () => production, {}],
    ['without Origin in demo mode', () => demo, {}],
    ['from a navigation', () => production, { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
  ])('is rejected %s with a helpful message', async (_case, server, headers) => {
    const rejected = await graphql(server(), SET_DETAILS, { ...(await session()), ...headers })
    expect(rejected).toMatchObject({ status: 403, code: 'FORBIDDEN' })
    expect(rejected.message).toMatch(/needs an Origin header .* send a Bearer token instead/)
    expect(await demo.services.db.billingDetails.count()).toBe(0)
  })

  test('is rejected in a document that starts with a query', async () => {
    const response = await fetch(`${demo.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await session()) },
      body: JSON.stringify({ query: `query A { me { id } } ${SET_DETAILS.replace('mutation', 'mutation B')}`, operationName: 'B' }),
    })
    expect(response.status).toBe(403)
  })

  test('is accepted with the origin of the server, of PUBLIC_URL, or of CORS_ORIGINS', async () => {
    const success = { data: { setBillingDetails: { billingDetails: { name: 'Ada' } } } }
    expect(await graphql(demo, SET_DETAILS, { ...(await session()), origin: demo.url, 'sec-fetch-site': 'same-origin' })).toMatchObject(
      success,
    )
    expect(await graphql(production, SET_DETAILS, { ...(await session()), origin: 'https://billing.example.com' })).toMatchObject(success)
    for (const site of ['same-site', 'cross-site']) {
      expect(await graphql(production, SET_DETAILS, { ...(await session()), origin: PANEL, 'sec-fetch-site': site })).toMatchObject(success)
    }
  })

  test.each(['https://evil.example', 'null', 'https://eu.example.org', 'http://localhost:5173'])('is rejected from %s', async (origin) => {
    for (const query of [SET_DETAILS, '{ me { id } }']) {
      expect(await graphql(production, query, { ...(await session()), origin })).toMatchObject({ status: 403, code: 'FORBIDDEN' })
    }
  })

  test('is rejected in demo mode from another port of localhost, which may use the API only without the cookie', async () => {
    const rejected = await graphql(demo, SET_DETAILS, {
      ...(await session()),
      origin: 'http://localhost:5173',
      'sec-fetch-site': 'same-site',
    })
    expect(rejected).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  })

  test('needs an Origin header, unlike a query or a request with a Bearer token', async () => {
    expect(await graphql(production, '{ me { id } }', await session())).toMatchObject({ data: { me: { id: 'user_55' } } })
    expect(await graphql(production, SET_DETAILS, { authorization: `Bearer ${await jwt()}` })).toMatchObject({
      status: 200,
      code: undefined,
    })
  })
})

describe('a REST route that changes data, with the session cookie', () => {
  /** Sends the same headers as curl; `fetch` would add Sec-Fetch headers. */
  const cancel = async (server: TestServer, headers: Record<string, string>) => {
    const admin = await session({ sub: '1', role: 'admin' })
    const sent = request(`${server.url}/api/admin/users/55/cancel-plan`, { method: 'POST', headers: { ...admin, ...headers } })
    const [response] = (await once(sent.end(), 'response')) as [IncomingMessage]
    response.resume()
    return response.statusCode
  }

  test('needs an Origin header in production', async () => {
    expect(await cancel(production, {})).toBe(403)
    expect(await cancel(production, { origin: PANEL, 'sec-fetch-site': 'same-site' })).toBe(200)
  })

  test('works without one in demo mode for the documented curl commands, but not from a browser', async () => {
    expect(await cancel(demo, {})).toBe(200)
    expect(await cancel(demo, { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' })).toBe(403)
    expect(await cancel(demo, { origin: demo.url })).toBe(200)
    expect(await cancel(demo, { origin: 'https://evil.example' })).toBe(403)
  })

  test('needs no Origin header to read data', async () => {
    expect((await fetch(`${production.url}/api/orders`, { headers: await session() })).status).toBe(200)
  })
})

test('AUTH_COOKIE_NAME sets the name of the cookie', async () => {
  const renamed = await startServer({ environment: { AUTH_COOKIE_NAME: '__Host-billing' }, database: demo.database })
  expect(await graphql(renamed, '{ me { id } }', { cookie: `__Host-billing=${await jwt()}` })).toMatchObject({
    data: { me: { id: 'user_55' } },
  })
  expect(await graphql(renamed, '{ me { id } }', await session())).toMatchObject({ code: 'UNAUTHENTICATED' })
  await renamed.close()
})
