import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded/server.js'
import { migrate } from '../../src/platform/postgres/migrations.js'
import { databaseUrl } from '../support/database.js'
import { ask, type RunningServer, startProgram } from './program.js'

async function timedFetch(url: string, init?: RequestInit) {
  const started = performance.now()
  const response = await fetch(url, init)
  const body = await response.text()
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body, ms: performance.now() - started }
}

function graphql(token: string, query: string): RequestInit {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return { method: 'POST', headers, body: JSON.stringify({ query }) }
}

const WRITE =
  'mutation { setBillingDetails(input: { name: "Ada Lovelace", address: "Street 1", city: "London", zip: "1", country: "GB" }) { __typename } }'

/** How long a request waits for a connection of the pool. */
const CONNECTION_TIMEOUT_MS = 10_000

describe('while PostgreSQL is down', () => {
  let dataDir: string
  let postgres: EmbeddedPostgres
  let server: RunningServer

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'quittance-down-'))
    postgres = await startEmbeddedPostgres({ dataDir })
    await migrate(postgres.connection)
    server = await startProgram({ DEMO: 'true', DATABASE_URL: databaseUrl(postgres.connection), DATA_DIR: dataDir })
    await ask(server, server.customer, WRITE)
  })
  afterAll(async () => {
    server.child.kill('SIGTERM')
    await server.exit
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  test('returns 503 without waiting for a connection, keeps serving what needs no database, and recovers automatically', async () => {
    const socket = String(postgres.connection.host)
    const ordered = await ask(server, server.customer, '{ orders(first: 1) { nodes { id invoicePdfUrl } } }')
    await postgres.stop()
    for (let round = 0; round < 2; round += 1) {
      const requests: [string, RequestInit?][] = [
        [`${server.url}/graphql`, graphql(server.customer, '{ orders { nodes { id } } }')],
        [`${server.url}/graphql`, graphql(server.customer, WRITE)],
        [`${server.url}/graphql`, graphql(server.administrator, '{ currentPlan(userId: 55) { plan { name } } }')],
        [`${server.url}/api/orders`, { headers: { authorization: `Bearer ${server.customer}` } }],
        [`${server.url}/api/v1/billing/subscription`, { headers: { authorization: `Bearer ${server.customer}` } }],
        [ordered.data.orders.nodes[0].invoicePdfUrl],
      ]
      for (const [url, init] of requests) {
        const response = await timedFetch(url, init)
        expect([url, response.status, response.retryAfter]).toEqual([url, 503, '5'])
        expect(response.ms).toBeLessThan(CONNECTION_TIMEOUT_MS)
        expect(response.body).not.toMatch(/prisma|ECONN|ENOENT|socket|postgres/i)
      }
      expect((await timedFetch(`${server.url}/readyz`)).status).toBe(503)
      expect((await timedFetch(`${server.url}/livez`)).status).toBe(200)
      expect((await timedFetch(`${server.url}/metrics`)).body).toContain('quittance_database_up 0')
    }
    postgres = await startEmbeddedPostgres({ dataDir, socket })
    await vi.waitFor(async () => expect((await timedFetch(`${server.url}/readyz`)).status).toBe(200), { timeout: 60_000, interval: 100 })
    expect((await ask(server, server.customer, WRITE)).errors).toBeUndefined()
    expect((await ask(server, server.customer, '{ orders(first: 1) { nodes { id } } }')).data.orders.nodes).toHaveLength(1)
  })
})

test('restarts a killed embedded PostgreSQL with everything that was acknowledged', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'quittance-killed-'))
  const server = await startProgram({ DATA_DIR: dataDir })
  // A backend of the killed server may still respond briefly, so wait until the responses are correct.
  const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 60_000, interval: 50 })
  for (let round = 1; round <= 2; round += 1) {
    const created = await ask(
      server,
      server.administrator,
      `mutation { createApiKey(input: { name: "key ${round}", scopes: [READ] }) { key } }`,
    )
    expect(created.errors).toBeUndefined()
    const postmaster = Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
    process.kill(postmaster, 'SIGKILL')
    await eventually(async () => {
      const now = Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
      expect(now).not.toBe(postmaster)
      expect((await timedFetch(`${server.url}/readyz`)).status).toBe(200)
    })
    await eventually(async () => {
      const { data } = await ask(server, server.administrator, '{ apiKeys { nodes { name } } }')
      expect(data.apiKeys.nodes.map(({ name }: { name: string }) => name)).toContain(`key ${round}`)
    })
  }
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
  await rm(dataDir, { recursive: true, force: true })
})
