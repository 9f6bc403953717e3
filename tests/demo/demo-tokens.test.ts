import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config/config.js'
import { systemClock } from '../../src/core/clock.js'
import { withSecret } from '../../src/demo/demo-secret.js'
import { demoAddress, signsDemoTokens } from '../../src/demo/demo-tokens.js'
import { signToken } from '../../src/modules/identity/token.js'
import { startServer, type TestServer } from '../support/server.js'

const HOUR_SECONDS = 3600
let dataDir: string
let server: TestServer

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-demo-'))
  server = await startServer({ environment: { AUTH_JWT_SECRET: '', DATA_DIR: dataDir } })
})
afterAll(async () => {
  await server.close()
  await rm(dataDir, { recursive: true, force: true })
})

const post = (to: TestServer, headers: Record<string, string>) => fetch(`${to.url}/demo/customer-token`, { method: 'POST', headers })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const administrator = (lifetimeSeconds: number) => signToken(server.config, server.clock, { userId: '1', role: 'admin', lifetimeSeconds })

describe('POST /demo/customer-token', () => {
  test.each([
    ['as long as the administrator’s token', 2 * HOUR_SECONDS, 2 * HOUR_SECONDS],
    ['for twelve hours at most', 48 * HOUR_SECONDS, 12 * HOUR_SECONDS],
  ])('returns a customer token to an administrator that is valid %s', async (_case, lifetime, expected) => {
    const response = await post(server, bearer(await administrator(lifetime)))
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const { token } = (await response.json()) as { token: string }
    const { sub, role, exp = 0 } = decodeJwt(token)
    expect({ sub, role }).toEqual({ sub: '55', role: 'user' })
    expect(exp - server.clock.now().getTime() / 1000).toBe(expected)
    const headers = { 'content-type': 'application/json', ...bearer(token) }
    const graphqlResponse = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: '{"query":"{ me { id name } }"}' })
    expect(await graphqlResponse.json()).toMatchObject({ data: { me: { id: 'user_55', name: 'Ada Lovelace' } } })
  })

  test('rejects everybody else', async () => {
    const customer = await server.token(55)
    expect((await post(server, {})).status).toBe(401)
    expect((await post(server, bearer('garbage'))).status).toBe(401)
    expect((await post(server, { cookie: `session=${await administrator(HOUR_SECONDS)}` })).status).toBe(401)
    expect((await post(server, bearer(customer))).status).toBe(403)
  })

  test.each<[string, Record<string, string>]>([
    ['with a secret of the operator', {}],
    ['under production rules', { DEMO: 'false' }],
    ['with an identity provider', { AUTH_JWKS_URL: 'http://127.0.0.1:1/jwks', AUTH_JWT_AUDIENCE: 'billing' }],
  ])('returns 404 %s', async (_case, environment) => {
    const other = await startServer({ environment })
    expect(signsDemoTokens(other.config)).toBe(false)
    expect((await post(other, bearer(await other.token(1, 'admin')))).status).toBe(404)
    await other.close()
  })
})

test('puts an administrator’s token valid for twelve hours into the fragment of the printed URL', async () => {
  const url = new URL(await demoAddress(server.config, systemClock))
  expect([url.pathname, url.search]).toEqual(['/graphql', ''])
  const { sub, role, exp = 0, iat = 0 } = decodeJwt(url.hash.replace('#token=', ''))
  expect({ sub, role, lifetime: exp - iat }).toEqual({ sub: '1', role: 'admin', lifetime: 12 * HOUR_SECONDS })
})

describe('the demo secret', () => {
  const folder = () => mkdtemp(join(dataDir, 'secret-'))

  test('is created once, readable only by its owner, even when processes start concurrently', async () => {
    const DATA_DIR = await folder()
    const configs = await Promise.all(Array.from({ length: 20 }, () => withSecret(parseConfig({ DATA_DIR }))))
    const secrets = new Set(configs.map(({ auth }) => auth.secret))
    expect([...secrets]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
    expect(await readdir(DATA_DIR)).toEqual(['demo-secret'])
    expect((await stat(join(DATA_DIR, 'demo-secret'))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(DATA_DIR, 'demo-secret'), 'utf8')).toBe(configs[0]?.auth.secret)
  })

  test('is rejected when it is truncated', async () => {
    const DATA_DIR = await folder()
    await writeFile(join(DATA_DIR, 'demo-secret'), '')
    await expect(withSecret(parseConfig({ DATA_DIR }))).rejects.toThrow(/^DATA_DIR: .*demo-secret is truncated/)
  })

  test('is not created when the operator has set a secret', async () => {
    const DATA_DIR = await folder()
    await withSecret(parseConfig({ DATA_DIR, AUTH_JWT_SECRET: 'x'.repeat(32) }))
    await withSecret(parseConfig({ DATA_DIR, AUTH_JWT_SECRET: 'x'.repeat(32), DEMO: 'true' }))
    expect(await readdir(DATA_DIR)).toEqual([])
  })
})
