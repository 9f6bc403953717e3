import { expect, test, vi } from 'vitest'
import { createCatalogue } from '../../support/catalogue.js'
import type { TestServer } from '../../support/server.js'
import { serversOfEachTest } from '../../support/servers.js'
import { countStatements } from '../../support/statements.js'

const start = serversOfEachTest()

/** A notification takes milliseconds; on a busy machine, seconds. */
const NOTIFIED = { timeout: 30_000, interval: 50 }

const NAMES = '{ plans { name price { formatted } } }'
const names = async (server: TestServer) => (await server.ask(undefined, NAMES)).data.plans.map(({ name }: { name: string }) => name)
const rename = (server: TestServer, id: string, name: string) =>
  server.ask('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { name } } }', { input: { id, name } })

test('strangers who ask for the catalogue again are answered alike, without a statement', async () => {
  const server = await start()
  await createCatalogue(server)
  const first = await server.ask(undefined, NAMES)
  // The database notifies of every plan that was just created, and each notification drops what was cached before it.
  await vi.waitFor(
    async () => expect(await countStatements(async () => expect(await server.ask(undefined, NAMES)).toEqual(first))).toEqual([]),
    NOTIFIED,
  )
})

test('a change of a plan is there with the next question, and on another process as soon as the database has told it', async () => {
  const server = await start()
  const other = await start({ database: server.database })
  const { pro } = await createCatalogue(server)
  expect(await names(server)).toContain('Pro')
  await vi.waitFor(async () => expect(await names(other)).toContain('Pro'), NOTIFIED)
  for (const name of ['Pro 2', 'Pro 3', 'Pro 4']) {
    await rename(server, pro, name)
    expect(await names(server)).toContain(name)
    await vi.waitFor(async () => expect(await names(other)).toContain(name), NOTIFIED)
  }
})

test('readers beside a writer never see a name that was overwritten before they asked', async () => {
  const server = await start()
  const { pro } = await createCatalogue(server)
  let written = 0
  const write = async () => {
    for (let version = 1; version <= 30; version += 1) {
      await rename(server, pro, `Pro ${version}`)
      written = version
    }
  }
  const read = async () => {
    while (written < 30) {
      const least = written
      const seen = (await names(server)).map((name: string) => Number(/^Pro (\d+)$/.exec(name)?.[1] ?? -1))
      expect(Math.max(...seen, least === 0 ? 0 : -1)).toBeGreaterThanOrEqual(least)
    }
  }
  await Promise.all([write(), read(), read(), read()])
})

test('while billing is switched off it is off for what was asked before, too', async () => {
  const server = await start()
  await createCatalogue(server)
  await names(server)
  await server.ask('admin', 'mutation { setBillingEnabled(enabled: false) }')
  expect((await server.ask(undefined, NAMES)).status).toBe(503)
})

test('who is signed in is not answered from what strangers asked, nor are other accepted types, variables or errors', async () => {
  const server = await start()
  const { pro: hidden } = await createCatalogue(server)
  const hide = 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }'
  await server.ask('admin', hide, { input: { id: hidden, hiddenFromBilling: true } })
  const one = 'query ($id: ID!) { plan(id: $id) { name } }'
  expect((await server.ask(undefined, one, { id: hidden })).data.plan).toBeNull()
  expect((await server.ask('admin', one, { id: hidden })).data.plan).not.toBeNull()
  expect((await server.ask(undefined, one, { id: hidden })).data.plan).toBeNull()
  for (let asked = 0; asked < 2; asked += 1) expect((await server.ask(undefined, one, { id: 'x' })).errors).toHaveLength(1)
  const accepting = (accept: string) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: NAMES }),
    })
  for (const type of ['application/json', 'application/graphql-response+json', 'application/json'])
    expect((await accepting(type)).headers.get('content-type')).toContain(type)
})

test('an answer that was kept costs its points as well', async () => {
  const server = await start({ environment: { RATE_LIMIT_POINTS: '100', RATE_LIMIT_RESTORE: '1' } })
  const statuses = []
  // Ten plans of a list are counted, and the price of each.
  for (let asked = 0; asked < 8; asked += 1) statuses.push((await server.ask(undefined, NAMES)).status)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
})

test('while the database tells nothing, nothing is kept', async () => {
  const server = await start()
  const { pro } = await createCatalogue(server)
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
