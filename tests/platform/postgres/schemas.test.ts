import { rm } from 'node:fs/promises'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineJob, enqueue } from '../../../src/platform/jobs/queue.js'
import { startWorker } from '../../../src/platform/jobs/worker.js'
import { databaseAccess } from '../../../src/platform/postgres/database-access.js'
import { migrationLockKey } from '../../../src/platform/postgres/database-schema.js'
import { migrate } from '../../../src/platform/postgres/migrations.js'
import { createQuietPool } from '../../../src/platform/postgres/quiet-pool.js'
import { assertSchemaInUse } from '../../../src/platform/postgres/schema-check.js'
import { createCatalog } from '../../support/catalog.js'
import { cloneDatabase } from '../../support/database.js'
import { createEndpoints, publishFor } from '../../support/deliverers.js'
import { deliver, event, order } from '../../support/lemon-squeezy.js'
import { testLogger } from '../../support/logger.js'
import { openSession, until, writeMigrations } from '../../support/migrations.js'
import { Receiver } from '../../support/receiver.js'
import { applyPlan, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { openStream } from '../../support/streams.js'

const START = '2026-05-01T10:00:00.000Z'
const PROVIDER = {
  LEMONSQUEEZY_API_KEY: 'key',
  LEMONSQUEEZY_STORE_ID: '1',
  LEMONSQUEEZY_API_URL: 'http://127.0.0.1:1',
  LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret',
}

let database: pg.PoolConfig
let first: TestServer
let second: TestServer
/** A plan of each server, with the same id. */
let planId: string

beforeAll(async () => {
  database = await cloneDatabase()
  const start = (schema: string) => startServer({ database, now: START, environment: { DATABASE_SCHEMA: schema, ...PROVIDER } })
  first = await start('first_seller')
  second = await start('second_seller')
  const catalogs = [await createCatalog(first), await createCatalog(second)]
  expect(catalogs[0]).toEqual(catalogs[1])
  planId = String(catalogs[0]?.pro)
})
afterAll(async () => {
  await second.close()
  await first.close()
})

const invoicedOrder = async (server: TestServer, userId: string) => {
  await server.services.db.user.createMany({ data: { id: userId }, skipDuplicates: true })
  const { data, errors } = await applyPlan(server, { userId, planId })
  expect(errors).toBeUndefined()
  return data.applyPlan.order
}
const countJobs = async ({ connections }: TestServer): Promise<number> =>
  (await connections.pool.query('SELECT count(*)::int AS count FROM _private_jobs')).rows[0].count

test('neither server sees the plans, orders and invoices of the other one, and both number from 1', async () => {
  expect((await invoicedOrder(first, '55')).invoice).toEqual({ number: 'INV-2026-000001' })
  expect(await second.ask('admin', '{ allOrders { nodes { id } } }')).toMatchObject({ data: { allOrders: { nodes: [] } } })
  expect((await invoicedOrder(second, '66')).invoice).toEqual({ number: 'INV-2026-000001' })
  const buyers = async (server: TestServer) =>
    (await server.ask('admin', '{ allOrders { nodes { buyer { userId } } } }')).data.allOrders.nodes.map((each: any) => each.buyer.userId)
  expect([await buyers(first), await buyers(second)]).toEqual([['user_55'], ['user_66']])
  await first.ask(
    'admin',
    'mutation { createPlan(input: { slug: "own", name: "Own", type: FREE, price: { minorUnits: 0, currency: "USD" } }) { plan { id } } }',
  )
  const slugs = async (server: TestServer) => (await server.ask(undefined, '{ plans { slug } }')).data.plans.map((plan: any) => plan.slug)
  expect(await slugs(first)).toContain('own')
  expect(await slugs(second)).not.toContain('own')
  const { rows } = await first.owner.query(
    'SELECT (SELECT count(*) FROM public.plans)::int AS plans, (SELECT count(*) FROM public.orders)::int AS orders',
  )
  expect(rows).toEqual([{ plans: 0, orders: 0 }])
})

test('neither server runs the jobs of the other one', async () => {
  for (const [server, user] of [
    [first, '70'],
    [second, '70'],
  ] as const)
    await invoicedOrder(server, user)
  const jobs = await countJobs(second)
  expect(jobs).toBeGreaterThan(0)
  await first.settle()
  expect([await countJobs(first), await countJobs(second)]).toEqual([0, jobs])
  await second.settle()
  expect(await countJobs(second)).toBe(0)
})

test('a worker runs only the jobs of its schema, and continues when a schema is added', async () => {
  const job = defineJob('record', z.object({ of: z.string() }))
  const done: string[] = []
  const record = async (payload: unknown) => void done.push(job.payload.parse(payload).of)
  const add = (server: TestServer, of: string) => enqueue(server.services.db, job, { of }, of)
  const stop = startWorker({ database: first.access, tasks: { record }, crontab: '', log: testLogger() })
  await add(second, 'second')
  await add(first, 'first')
  await expect.poll(() => done).toEqual(['first'])
  // graphile-worker stops the workers of the whole database.
  await migrate(database, { schema: 'later_seller' })
  process.exitCode = undefined
  await add(first, 'last')
  await expect.poll(() => done).toEqual(['first', 'last'])
  await stop()
  await second.connections.pool.query("SELECT complete_jobs(array_agg(id)) FROM _private_jobs WHERE key = 'second'")
})

test('a received webhook is stored, and its job added, in the schema of its server only', async () => {
  const jobs = await countJobs(second)
  expect((await deliver(first.url, event('order_created', order(1, START)))).status).toBe(200)
  expect([await first.services.db.providerEvent.count(), await second.services.db.providerEvent.count()]).toEqual([1, 0])
  expect([await countJobs(first), await countJobs(second)]).toEqual([1, jobs])
})

test('a live update reaches only the streams of its server', async () => {
  const placed = async (server: TestServer) => (await placeOrder(server, 80, { planId })).data.placeOrder.order.id
  const streams = [
    await openStream(first, 80, 'subscription { orderUpdated { id status } }'),
    await openStream(second, 80, 'subscription { orderUpdated { id status } }'),
  ] as const
  const received = () => streams.map(({ events }) => events.map(({ data }) => data.orderUpdated))
  // Orders with the same ids: a notification of the other server would send the stream its own order again.
  const ids = [await placed(first), await placed(second)]
  while (Number(ids[0]) < Number(ids[1])) ids[0] = await placed(first)
  while (Number(ids[1]) < Number(ids[0])) ids[1] = await placed(second)
  await expect.poll(() => received().map((orders) => orders.at(-1)?.id)).toEqual(ids)
  const before = received()
  const cancel = (server: TestServer) =>
    server.ask(80, 'mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { id } } }', { id: ids[0] })
  await cancel(second)
  await expect.poll(() => received()[1]).toEqual([...(before[1] ?? []), { id: ids[1], status: 'CANCELLED' }])
  const last = await placed(first)
  await expect.poll(() => received()[0]?.map(({ id }) => id)).toContain(last)
  expect(received()[0]).toEqual([...(before[0] ?? []), { id: last, status: 'PENDING' }])
  for (const stream of streams) stream.dispose()
})

test('each server sends its own events to its own endpoints', async () => {
  const receivers = [await Receiver.start(), await Receiver.start()] as const
  await createEndpoints(first, receivers[0], 1)
  await createEndpoints(second, receivers[1], 1)
  await publishFor(first, [90])
  await second.deliver()
  expect(receivers.map(({ received }) => received.length)).toEqual([0, 0])
  await first.deliver()
  expect(receivers.map(({ received }) => received.length)).toEqual([1, 0])
  await first.connections.pool.query("UPDATE event_endpoint_leases SET owner = gen_random_uuid(), expires_at = 'infinity'")
  await publishFor(second, [90])
  await second.deliver()
  expect(receivers.map(({ received }) => received.length)).toEqual([1, 1])
  for (const receiver of receivers) await receiver.close()
})

test('a transaction with the locks of one schema blocks nothing in the other one', async () => {
  const session = await openSession({ ...database, options: '-c search_path=first_seller' })
  await session.query('BEGIN')
  expect((await session.query('SELECT FROM invoice_counters FOR UPDATE')).rowCount).toBeGreaterThan(0)
  await session.query('SELECT pg_advisory_lock($1)', [migrationLockKey('first_seller')])
  await session.query('LOCK TABLE _prisma_migrations')
  const folder = await writeMigrations({ '9_notes': 'CREATE TABLE notes (id int)' })
  const { data } = await placeOrder(second, 95, { planId })
  expect(data.placeOrder.order.status).toBe('PENDING')
  expect((await invoicedOrder(second, '95')).invoice.number).toMatch(/^INV-2026-/)
  expect(await migrate(database, { schema: 'second_seller', folder })).toEqual(['9_notes'])
  await session.query('ROLLBACK')
  const reports: string[] = []
  const migrated = migrate(database, { schema: 'first_seller', folder, report: (line) => reports.push(line) })
  await until(() => reports.length > 0)
  expect(reports[0]).toMatch(/^another process applies migrations: process \d+/)
  await session.end()
  expect(await migrated).toEqual(['9_notes'])
  await rm(folder, { recursive: true })
})

describe('migrate', () => {
  const folderOf = () => writeMigrations({ '0_tables': 'CREATE TABLE stock (id int)' })

  test('needs no privilege to create schemas when both exist, and names the remedy otherwise', async () => {
    const role = `seller_of_${database.database}`
    await first.owner.query(`CREATE ROLE ${role} LOGIN`)
    const folder = await folderOf()
    const run = () => migrate({ ...database, user: role }, { schema: 'third_seller', folder })
    await expect(run()).rejects.toThrow(
      /^DATABASE_SCHEMA: the schema third_seller cannot be created: permission denied for database \w+; create it as a superuser: CREATE SCHEMA "third_seller" AUTHORIZATION "seller_of_\w+"$/,
    )
    for (const schema of ['third_seller', 'third_seller_jobs']) await first.owner.query(`CREATE SCHEMA ${schema} AUTHORIZATION ${role}`)
    expect(await run()).toEqual(['0_tables', 'third_seller_jobs'])
    const { rows } = await first.owner.query("SELECT schemaname FROM pg_tables WHERE tablename = 'stock'")
    expect(rows).toEqual([{ schemaname: 'third_seller' }])
    await rm(folder, { recursive: true })
  })
})

describe('the check of the schema', () => {
  const check = async (schema: string, options: pg.PoolConfig, transactionSettings?: string) => {
    const pool = createQuietPool({ ...database, ...options, max: 1 })
    await assertSchemaInUse(pool, { schema, transactionSettings }).finally(() => pool.end())
  }

  test('accepts the sessions of the server', async () => {
    const { direct } = databaseAccess(first.config.database, database)
    await expect(check('first_seller', direct)).resolves.toBeUndefined()
  })

  test('refuses a schema that does not exist', async () => {
    await expect(check('nobody', {})).rejects.toThrow('DATABASE_SCHEMA: the schema nobody does not exist: run npx quittance migrate first')
  })

  test('refuses a search_path of the URL', async () => {
    await expect(check('first_seller', { options: '-c search_path=public' })).rejects.toThrow(
      'DATABASE_SCHEMA: the options of DATABASE_URL set the search_path to public instead of first_seller, first_seller_jobs: remove it there',
    )
  })

  test('refuses sessions of a pooler whose role has another search_path, and names the remedy', async () => {
    await expect(check('first_seller', {}, 'SET LOCAL lock_timeout = 1')).rejects.toThrow(
      `DATABASE_SCHEMA: sessions of the pooler search public instead of first_seller, first_seller_jobs: run ALTER ROLE ${database.user} SET search_path = first_seller, first_seller_jobs and let the pooler reconnect`,
    )
  })

  test('refuses a role that may not use the schema', async () => {
    const role = `outsider_of_${database.database}`
    await first.owner.query(`CREATE ROLE ${role} LOGIN`)
    await expect(check('first_seller', { user: role })).rejects.toThrow(
      `DATABASE_SCHEMA: the role ${role} has no privilege USAGE on the schemas first_seller and first_seller_jobs: grant it`,
    )
  })
})
