import { expect, test, vi } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import type { TestServer } from '../../support/server.js'
import { serversOfEachTest } from '../../support/servers.js'
import { countStatements } from '../../support/statements.js'

const start = serversOfEachTest()

/** A notification takes milliseconds, or seconds on a busy machine. */
const NOTIFIED = { timeout: 30_000, interval: 50 }

const NAMES = '{ plans { name price { formatted } } }'
const names = async (server: TestServer) => (await server.ask(undefined, NAMES)).data.plans.map(({ name }: { name: string }) => name)
const rename = (server: TestServer, id: string, name: string) =>
  server.ask('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { name } } }', { input: { id, name } })

test('serves the catalog to anonymous clients from the cache, without an SQL statement', async () => {
  const server = await start()
  await createCatalog(server)
  const first = await server.ask(undefined, NAMES)
  // Each plan that was just created causes a notification, and each notification invalidates the cache.
  await vi.waitFor(
    async () => expect(await countStatements(async () => expect(await server.ask(undefined, NAMES)).toEqual(first))).toEqual([]),
    NOTIFIED,
  )
})

test('returns a changed plan to the next request, and on other processes once they are notified', async () => {
  const server = await start()
  const other = await start({ database: server.database })
  const { pro } = await createCatalog(server)
  expect(await names(server)).toContain('Pro')
  await vi.waitFor(async () => expect(await names(other)).toContain('Pro'), NOTIFIED)
  for (const name of ['Pro 2', 'Pro 3', 'Pro 4']) {
    await rename(server, pro, name)
    expect(await names(server)).toContain(name)
    await vi.waitFor(async () => expect(await names(other)).toContain(name), NOTIFIED)
  }
})

test('never returns a name that was overwritten before the request, with concurrent readers', async () => {
  const server = await start()
  const { pro } = await createCatalog(server)
  let written = 0
  const write = async () => {
    for (let version = 1; version <= 30; version += 1) {
      await rename(server, pro, `Pro ${version}`)
      written = version
    }
  }
  const read = async () => {
    while (written < 30) {
      const minimum = written
      const seen = (await names(server)).map((name: string) => Number(/^Pro (\d+)$/.exec(name)?.[1] ?? -1))
      expect(Math.max(...seen, minimum === 0 ? 0 : -1)).toBeGreaterThanOrEqual(minimum)
    }
  }
  await Promise.all([write(), read(), read(), read()])
})

test('returns no cached response while billing is disabled', async () => {
  const server = await start()
  await createCatalog(server)
  await names(server)
  await server.ask('admin', 'mutation { setBillingEnabled(input: { enabled: false }) { enabled } }')
  expect((await server.ask(undefined, NAMES)).status).toBe(503)
})

test('caches no response for users, other media types, other variables or errors', async () => {
  const server = await start()
  const { pro: hidden } = await createCatalog(server)
  const hide = 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }'
  await server.ask('admin', hide, { input: { id: hidden, hiddenFromBilling: true } })
  const one = 'query ($id: ID!) { plan(id: $id) { name } }'
  expect((await server.ask(undefined, one, { id: hidden })).data.plan).toBeNull()
  expect((await server.ask('admin', one, { id: hidden })).data.plan).not.toBeNull()
  expect((await server.ask(undefined, one, { id: hidden })).data.plan).toBeNull()
  for (let count = 0; count < 2; count += 1) expect((await server.ask(undefined, one, { id: 'x' })).errors).toHaveLength(1)
  const accepting = (accept: string) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: NAMES }),
    })
  for (const type of ['application/json', 'application/graphql-response+json', 'application/json'])
    expect((await accepting(type)).headers.get('content-type')).toContain(type)
})

test('consumes the points of a cached response', async () => {
  const server = await start({ environment: { RATE_LIMIT_POINTS: '100', RATE_LIMIT_RESTORE_RATE: '1' } })
  const statuses = []
  // The list counts as ten plans, each with its price.
  for (let count = 0; count < 8; count += 1) statuses.push((await server.ask(undefined, NAMES)).status)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
})

test('caches nothing while the listener is disconnected', async () => {
  const server = await start()
  const { pro } = await createCatalog(server)
  await names(server)
  await server.connections.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quittance notifications' AND datname = current_database()",
  )
  await vi.waitFor(() => expect(server.services.planCache.version).toBeUndefined(), NOTIFIED)
  await server.connections.pool.query("UPDATE plans SET name = 'Elsewhere' WHERE id = $1", [Number(pro)])
  expect(await names(server)).toContain('Elsewhere')
  await vi.waitFor(() => expect(server.services.planCache.version).toBeDefined(), NOTIFIED)
  expect(await names(server)).toContain('Elsewhere')
})
