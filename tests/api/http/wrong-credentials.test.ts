import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { hashApiKey, newApiKey } from '../../../src/modules/api-keys/api-key.rules.js'
import { askWith, pageHeaders } from '../../support/page-session.js'
import type { TestServer } from '../../support/server.js'
import { serversOfEachTest } from '../../support/servers.js'
import { countStatements } from '../../support/statements.js'

const start = serversOfEachTest()

/** Enough points for five wrong tokens or keys. */
const LITTLE = { RATE_LIMIT_POINTS: '100', RATE_LIMIT_RESTORE_RATE: '10' }
const KEY = 'mutation ($name: String!) { createApiKey(input: { name: $name, scopes: [READ] }) { key apiKey { id } } }'

async function send(server: TestServer, token: string) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ entitlements { totalCount } }' }),
  })
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] }
  return { status: response.status, code: errors?.[0]?.extensions.code, retryAfter: response.headers.get('retry-after') }
}

async function createKey(server: TestServer, name: string): Promise<{ key: string; id: string }> {
  const { data } = await server.ask('admin', KEY, { name })
  return { key: data.createApiKey.key, id: data.createApiKey.apiKey.id }
}

async function statusesOf(server: TestServer, tokens: string[]): Promise<number[]> {
  const statuses = []
  for (const token of tokens) statuses.push((await send(server, token)).status)
  return statuses
}

describe('an address that sends wrong credentials', () => {
  test('is refused once it has spent its points on wrong tokens, while valid tokens still work', async () => {
    const server = await start({ environment: LITTLE })
    expect(await statusesOf(server, Array(7).fill('not-a-token'))).toEqual([401, 401, 401, 401, 401, 429, 429])
    expect(await send(server, 'not-a-token')).toEqual({ status: 429, code: 'RATE_LIMITED', retryAfter: '2' })
    expect((await send(server, await server.token(1, 'admin'))).status).toBe(200)
    server.clock.set('2026-05-01T10:00:02.000Z')
    expect(await statusesOf(server, ['not-a-token', 'not-a-token'])).toEqual([401, 429])
  })

  test('is refused without an SQL statement once it has spent its points on wrong API keys', async () => {
    const server = await start({ environment: LITTLE })
    expect(await statusesOf(server, Array.from({ length: 6 }, newApiKey))).toEqual([401, 401, 401, 401, 401, 429])
    const statements = await countStatements(async () => expect((await send(server, newApiKey())).status).toBe(429), {
      includeRateLimit: true,
    })
    expect(statements).toEqual([])
  })

  test('pays for invented cookies of a page as well', async () => {
    const server = await start({ environment: LITTLE })
    const statusOf = async () => {
      const headers = pageHeaders(server, 'portal', `quittance_portal=${randomBytes(32).toString('base64url')}`)
      return (await askWith(server, headers, '{ me { id } }')).status
    }
    expect([await statusOf(), await statusOf(), await statusOf(), await statusOf(), await statusOf()]).toEqual([200, 200, 200, 200, 429])
  })

  test('can still use an API key that was valid before', async () => {
    const server = await start({ environment: LITTLE })
    const [used, unused] = [await createKey(server, 'used'), await createKey(server, 'unused')]
    expect((await send(server, used.key)).status).toBe(200)
    await statusesOf(server, Array.from({ length: 6 }, newApiKey))
    expect((await send(server, used.key)).status).toBe(200)
    expect((await send(server, unused.key)).status).toBe(429)
    server.clock.set('2026-05-01T10:00:02.000Z')
    expect((await send(server, unused.key)).status).toBe(200)
  })

  test('pays nothing for valid API keys', async () => {
    const server = await start({ environment: LITTLE })
    for (let number = 0; number < 8; number += 1) {
      const { key } = await createKey(server, `key ${number}`)
      expect((await send(server, key)).status).toBe(200)
    }
  })
})

describe('an API key that was refused', () => {
  const lookUp = (server: TestServer, key: string) => countStatements(async () => expect((await send(server, key)).status).toBe(401))

  test('is refused again without an SQL statement for 30 seconds', async () => {
    const server = await start()
    const key = newApiKey()
    expect(await lookUp(server, key)).toEqual(['SELECT api_keys'])
    expect(await lookUp(server, key)).toEqual([])
    server.clock.set('2026-05-01T10:00:29.000Z')
    expect(await lookUp(server, key)).toEqual([])
    server.clock.set('2026-05-01T10:00:30.000Z')
    expect(await lookUp(server, key)).toEqual(['SELECT api_keys'])
  })

  test('is also refused without an SQL statement when it was revoked', async () => {
    const server = await start()
    const { key, id } = await createKey(server, 'panel')
    expect((await send(server, key)).status).toBe(200)
    await server.ask('admin', 'mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { apiKey { id } } }', { id })
    expect(await lookUp(server, key)).toEqual(['SELECT api_keys'])
    expect(await lookUp(server, key)).toEqual([])
  })

  test('is looked up again once this process has created a key', async () => {
    const server = await start()
    const [key, other] = [newApiKey(), newApiKey()]
    await lookUp(server, key)
    const data = { name: 'restored', scopes: ['READ' as const], hash: hashApiKey(key), createdBy: 'user:1', createdAt: server.clock.now() }
    await server.services.db.apiKey.create({ data })
    expect((await send(server, key)).status).toBe(401)
    await createKey(server, 'another')
    expect((await send(server, key)).status).toBe(200)
    expect(await lookUp(server, other)).toEqual(['SELECT api_keys'])
  })
})
