import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kind, parse, print } from 'graphql'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/postgres/embedded/server.js'
import { migrate } from '../../../src/platform/postgres/migrations.js'
import { ROOT } from '../../e2e/program.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { databaseUrl } from '../../support/database.js'
import { type ReplicaServer, startReplica } from '../../support/replica-server.js'
import { placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let dataDir: string
let postgres: EmbeddedPostgres
let replica: ReplicaServer
let one: TestServer
let other: TestServer
let plans: Catalog

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-primary-'))
  postgres = await startEmbeddedPostgres({ dataDir, settings: { max_connections: '300' } })
  await migrate(postgres.connection)
  replica = await startReplica(postgres.connection, dataDir)
  const environment = { DATABASE_REPLICA_URL: databaseUrl(replica.connection) }
  one = await startServer({ database: postgres.connection, environment })
  other = await startServer({ database: postgres.connection, environment })
  plans = await createCatalog(one)
})
afterAll(async () => {
  await one.close()
  await other.close()
  await replica.stop()
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const count = async (server: TestServer, userId: number) =>
  (await server.ask(userId, '{ orders { totalCount } }')).data.orders.totalCount as number
const administratorCounts = async (server: TestServer) =>
  (await server.ask('admin', '{ allOrders { totalCount } }')).data.allOrders.totalCount as number
const expectCaughtUp = () => expect(one.services.replica?.isCaughtUpTo(0n)).toBe(true)

test('serves reads from the replica', async () => {
  await placeOrder(one, 60, { planId: plans.pro })
  await vi.waitFor(expectCaughtUp, { timeout: 60_000 })
  await replica.pause()
  await one.connections.pool.query("UPDATE users SET name = 'Only on the primary' WHERE id = 60")
  const me = async () => (await other.ask(60, '{ me { name } }')).data.me.name
  await vi.waitFor(async () => expect(await me()).toBe('User 60'), { timeout: 60_000 })
  await replica.resume()
  await vi.waitFor(async () => expect(await me()).toBe('Only on the primary'), { timeout: 60_000 })
})

test('shows principals their own writes on every process while the replica lags', async () => {
  await vi.waitFor(expectCaughtUp, { timeout: 60_000 })
  await replica.pause()
  const before = await administratorCounts(one)
  for (let written = 1; written <= 5; written += 1) {
    await placeOrder(one, 61, { planId: plans.pro })
    expect(await count(one, 61)).toBe(written)
    expect(await count(other, 61)).toBe(written)
  }
  // The administrator has not written in the meantime and is served by the
  // replica, which has none of the orders.
  expect(await administratorCounts(other)).toBe(before)
  await replica.resume()
  await vi.waitFor(async () => expect(await administratorCounts(other)).toBe(before + 5), { timeout: 60_000 })
})

test('runs every query of the cookbook on the replica, which refuses writes', async () => {
  await vi.waitFor(expectCaughtUp, { timeout: 60_000 })
  const cookbook = parse(await readFile(join(ROOT, 'docs/cookbook.graphql'), 'utf8'))
  const queries = cookbook.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.operation === 'query',
  )
  expect(queries.length).toBeGreaterThan(20)
  const variables = { id: '1', userId: '60', organisationId: null, planId: plans.pro, orderId: '1', endpointId: null, first: 5 }
  const before = other.logged.length
  for (const query of queries) {
    const { errors = [] } = await other.ask('admin', print(query), variables)
    for (const { extensions } of errors) expect([print(query).slice(0, 60), extensions.code]).not.toContain('DATABASE_UNAVAILABLE')
  }
  expect(other.logged.slice(before).filter((line) => line.includes('"level":50'))).toEqual([])
})

test('reads from the primary when the replica is unavailable', async () => {
  await replica.stop()
  const answers: number[] = []
  // Requests during the failure must be retried. Later ones do not use the replica.
  await vi.waitFor(
    async () => {
      const { data } = await one.ask(61, '{ orders { totalCount } }')
      answers.push(data?.orders.totalCount)
      expect(answers.slice(-5)).toEqual([5, 5, 5, 5, 5])
    },
    { timeout: 60_000, interval: 100 },
  )
  replica = await startReplica(postgres.connection, dataDir)
})
