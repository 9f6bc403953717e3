import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { startServer, type TestServer } from '../../support/server.js'

const NOW = Math.floor(Date.parse('2026-05-01T10:00:00.000Z') / 1000)
const CACHE_MINUTES = 10

type Reply = (jwks: { keys: JWK[] }) => { status?: number; body: string } | 'disconnect'

/** An identity provider on loopback that can be stopped and restarted at the same address. */
class IdentityProvider {
  reply: Reply = (jwks) => ({ body: JSON.stringify(jwks) })
  requests = 0
  readonly #keys: JWK[] = []
  readonly #privateKeys = new Map<string, CryptoKey>()
  #server: Server | undefined
  #port = 0

  async start(): Promise<void> {
    this.#server = createServer((_request, response) => {
      this.requests += 1
      const reply = this.reply({ keys: this.#keys })
      if (reply === 'disconnect') return void response.socket?.destroy()
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' }).end(reply.body)
    })
    await new Promise<void>((done) => this.#server?.listen(this.#port, '127.0.0.1', done))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((done) => this.#server?.close(done))
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/jwks`
  }

  async addKey(kid: string, alg: string): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    this.#keys.push({ ...(await exportJWK(publicKey)), kid, alg })
    this.#privateKeys.set(kid, privateKey)
  }

  sign(claims: object, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
    const { alg = 'ES256', kid = 'k1', ...rest } = header
    return new SignJWT({ sub: '55', iss: 'https://id.example.com', aud: 'billing', exp: NOW + 7200, ...claims })
      .setProtectedHeader({ alg, kid, ...rest })
      .sign(this.#privateKeys.get(kid) ?? (this.#privateKeys.get('k1') as CryptoKey))
  }
}

const provider = new IdentityProvider()
let server: TestServer

async function start(environment: Record<string, string> = {}): Promise<TestServer> {
  return startServer({
    environment: {
      AUTH_JWKS_URL: provider.url,
      AUTH_JWT_ISSUER: 'https://id.example.com',
      AUTH_JWT_AUDIENCE: 'billing',
      METRICS_TOKEN: 'reader of metrics',
      ...environment,
    },
  })
}

async function send(token: string, target = server) {
  const response = await fetch(`${target.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ me { id } }"}',
  })
  const { data, errors } = (await response.json()) as any
  return { status: response.status, retryAfter: response.headers.get('retry-after'), id: data?.me?.id, error: errors?.[0]?.extensions }
}

async function isAdministrator(token: string, target = server): Promise<boolean> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const response = await fetch(`${target.url}/graphql`, { method: 'POST', headers, body: '{"query":"{ allPlans { id } }"}' })
  const { data, errors } = (await response.json()) as any
  if (!data) expect(errors[0].extensions.code).toBe('FORBIDDEN')
  return Boolean(data)
}

beforeAll(async () => {
  for (const [kid, alg] of [
    ['k1', 'ES256'],
    ['k2', 'RS256'],
    ['k3', 'EdDSA'],
    ['k4', 'Ed25519'],
  ] as const)
    await provider.addKey(kid, alg)
  await provider.start()
  server = await start()
})
afterAll(async () => {
  await server.close()
  await provider.stop()
})

describe('a token of the identity provider', () => {
  test.each(['k1', 'k2', 'k3', 'k4'])('is accepted with the algorithm of key %s', async (kid) => {
    const alg = { k1: 'ES256', k2: 'RS256', k3: 'EdDSA', k4: 'Ed25519' }[kid] ?? ''
    expect(await send(await provider.sign({}, { kid, alg }))).toMatchObject({ status: 200, id: 'user_55' })
  })

  test.each(['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'application/JWT'])('is accepted with type %s', async (typ) => {
    expect(await send(await provider.sign({}, { typ }))).toMatchObject({ status: 200, id: 'user_55' })
  })

  test.each(['logout+jwt', 'application/logout+jwt', 'dpop+jwt', 'JWE', 'secevent+jwt', ''])('is rejected with type "%s"', async (typ) => {
    expect(await send(await provider.sign({ role: 'admin' }, { typ }))).toMatchObject({ status: 401, error: { code: 'UNAUTHENTICATED' } })
  })

  test.each<[string, object]>([
    ['for another audience', { aud: 'some-forum' }],
    ['without an audience', { aud: undefined }],
    ['of another issuer', { iss: 'https://other.example.com' }],
    ['that is a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
  ])('is rejected %s', async (_case, claims) => {
    expect(await send(await provider.sign({ role: 'admin', ...claims }))).toMatchObject({ status: 401 })
  })

  test('is rejected with a key that the provider does not have', async () => {
    expect(await send(await provider.sign({}, { kid: 'unknown' }))).toMatchObject({ status: 401, error: { code: 'UNAUTHENTICATED' } })
  })

  test('is accepted for several audiences', async () => {
    expect(await send(await provider.sign({ aud: ['shop', 'billing'] }))).toMatchObject({ status: 200 })
  })
})

describe('AUTH_ROLE_CLAIM', () => {
  const servers: TestServer[] = []
  afterEach(async () => {
    for (const each of servers.splice(0)) await each.close()
  })

  test.each<[string, object, boolean]>([
    ['role', { role: 'admin' }, true],
    ['role', { role: ['user', 'admin'] }, true],
    ['role', { role: 'ADMIN' }, false],
    ['role', { role: 'administrator' }, false],
    ['role', { role: { admin: true } }, false],
    ['role', { role: 1 }, false],
    ['role', { realm_access: { roles: ['admin'] } }, false],
    ['realm_access.roles', { realm_access: { roles: ['offline', 'admin'] } }, true],
    ['realm_access.roles', { realm_access: { roles: ['offline'] } }, false],
    ['realm_access.roles', { realm_access: null }, false],
    ['realm_access.roles', { role: 'admin' }, false],
    ['https://example.com/roles', { 'https://example.com/roles': ['admin'] }, true],
    ['cognito:groups', { 'cognito:groups': ['admin'] }, true],
    ['constructor.name', {}, false],
  ])('%s with %j: administrator is %s', async (claim, claims, expected) => {
    const other = await start({ AUTH_ROLE_CLAIM: claim })
    servers.push(other)
    expect(await isAdministrator(await provider.sign(claims), other)).toBe(expected)
  })

  test('applies to tokens that are signed with the shared secret, too', async () => {
    const own = await startServer({ environment: { AUTH_ROLE_CLAIM: 'realm_access.roles' } })
    servers.push(own)
    expect(await isAdministrator(await own.token(1, 'admin'), own)).toBe(true)
    expect(await isAdministrator(await own.token(55), own)).toBe(false)
  })
})

describe('an unavailable identity provider', () => {
  const ok: Reply = (jwks) => ({ body: JSON.stringify(jwks) })
  afterEach(() => {
    provider.reply = ok
  })
  const unavailable = {
    status: 503,
    retryAfter: '5',
    id: undefined,
    error: { code: 'IDENTITY_PROVIDER_UNAVAILABLE', retryAfter: 5 },
  }
  const failureCount = async (target: TestServer) => {
    const response = await fetch(`${target.url}/metrics`, { headers: { authorization: 'Bearer reader of metrics' } })
    return Number(/^quittance_identity_provider_failures_total (\d+)/m.exec(await response.text())?.[1])
  }

  test.each<[string, Reply]>([
    ['a status other than 200', () => ({ status: 500, body: '' })],
    ['a page of HTML', () => ({ body: '<!doctype html>' })],
    ['JSON that is not a key set', () => ({ body: '{"error":"maintenance"}' })],
    ['a connection that breaks', () => 'disconnect'],
  ])('%s causes a 503, a warning and a counted failure, and not a silent 401', async (_case, reply) => {
    const other = await start()
    provider.reply = reply
    expect(await send(await provider.sign({}), other)).toEqual(unavailable)
    const warnings = other.logged.map((text) => JSON.parse(text)).filter(({ level, msg }) => level === 40 && /identity provider/.test(msg))
    expect(warnings).toHaveLength(1)
    expect(await failureCount(other)).toBe(1)
    expect(other.logged.join('\n')).not.toContain(await provider.sign({}))
    await other.close()
  })

  test('is used again after it has been restarted', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const other = await start()
    expect(await send(await provider.sign({}), other)).toMatchObject({ status: 200, id: 'user_55' })
    await provider.stop()
    // The keys are cached for a while.
    expect(await send(await provider.sign({ sub: '56' }), other)).toMatchObject({ status: 200, id: 'user_56' })
    vi.setSystemTime(Date.now() + (CACHE_MINUTES + 1) * 60_000)
    expect(await send(await provider.sign({ sub: '57' }), other)).toEqual(unavailable)
    // Requests without a token are not affected.
    const plans = await fetch(`${other.url}/graphql?query={plans{id}}`, { headers: { accept: 'application/json' } })
    expect(plans.status).toBe(200)
    await provider.start()
    expect(await send(await provider.sign({ sub: '57' }), other)).toMatchObject({ status: 200, id: 'user_57' })
    vi.useRealTimers()
    await other.close()
  })

  test('causes a 503 from REST routes as well', async () => {
    const other = await start()
    provider.reply = () => ({ status: 503, body: '' })
    const response = await fetch(`${other.url}/api/orders`, { headers: { authorization: `Bearer ${await provider.sign({})}` } })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    await other.close()
  })
})
