import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kind, parse, print } from 'graphql'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/postgres/embedded/server.js'
import { migrate } from '../../../src/platform/postgres/migrations.js'
import { StreamingReplica } from '../../../src/platform/postgres/read-replica.js'
import { warnAboutAsynchronousStandbys } from '../../../src/platform/postgres/standbys.js'
import { ROOT, runProgram } from '../../e2e/program.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { cloneDatabase, databaseUrl } from '../../support/database.js'
import { testLogger } from '../../support/logger.js'
import { type ReplicaServer, startReplica } from '../../support/replica-server.js'
import { placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { socketOf, TcpProxy } from '../../support/tcp-proxy.js'

let dataDir: string
let postgres: EmbeddedPostgres
let replica: ReplicaServer
let stream: TcpProxy
let one: TestServer
let other: TestServer
let plans: Catalog

/** Longer than any pause of the replay in these tests. */
const PAUSE_LIMIT_MS = 600_000
/** Several polls, so that a busy machine does not reach it. */
const SHORT_LIMIT_MS = 5000

const start = (maxReplicaLagMs: number) =>
  startServer({
    database: postgres.connection,
    environment: { DATABASE_REPLICA_URL: databaseUrl(replica.connection) },
    maxReplicaLagMs,
  })

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-primary-'))
  postgres = await startEmbeddedPostgres({ dataDir, settings: { max_connections: '300' } })
  await migrate(postgres.connection)
  stream = await TcpProxy.start(socketOf(postgres.connection))
  replica = await startReplica(postgres.connection, dataDir, stream)
  one = await start(PAUSE_LIMIT_MS)
  other = await start(PAUSE_LIMIT_MS)
  plans = await createCatalog(one)
})
afterAll(async () => {
  await one.close()
  await other.close()
  await replica.stop()
  await stream.close()
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
  await one.connections.pool.query("UPDATE users SET name = 'Only on the primary' WHERE id = '60'")
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
  const variables = {
    id: '1',
    ids: ['ord_1', 'plan_1'],
    userId: '60',
    organisationId: null,
    planId: plans.pro,
    orderId: '1',
    endpointId: null,
    first: 5,
  }
  const before = other.logged.length
  for (const query of queries) {
    const { errors = [] } = await other.ask('admin', print(query), variables)
    for (const { extensions } of errors) expect([print(query).slice(0, 60), extensions.code]).not.toContain('DATABASE_UNAVAILABLE')
  }
  expect(other.logged.slice(before).filter((line) => line.includes('"level":50'))).toEqual([])
})

describe('a replica whose stream stops', () => {
  let server: TestServer
  const rename = (name: string) => one.connections.pool.query("UPDATE users SET name = $1 WHERE id = '60'", [name])
  const readName = async () => (await server.ask(60, '{ me { name } }')).data.me.name
  const isUsed = () => server.services.replica?.isCaughtUpTo(0n)
  const expectUse = (used: boolean) => vi.waitFor(() => expect(isUsed()).toBe(used), { timeout: 60_000 })

  /** Writes while the replay is paused, until a read does not show the write. */
  async function expectReadsFromReplica(): Promise<void> {
    let attempt = 0
    const attemptRead = async () => {
      attempt += 1
      await expectUse(true)
      await replica.pause()
      await rename(`Attempt ${attempt}`)
      const name = await readName().finally(() => replica.resume())
      expect(name).not.toBe(`Attempt ${attempt}`)
    }
    await vi.waitFor(attemptRead, { timeout: 60_000 })
  }

  beforeAll(async () => {
    server = await start(SHORT_LIMIT_MS)
    // The first token of a user creates the user.
    await server.ask(60, '{ me { id } }')
  })
  afterEach(() => stream.restore())
  afterAll(() => server.close())

  test.each([
    ['is cut', () => stream.refuse()],
    ['delivers nothing', () => stream.silence()],
  ])('is not used while the stream %s, and used again afterwards', async (name, stop) => {
    await expectReadsFromReplica()
    stop()
    await rename(`Since the stream ${name}`)
    await expectUse(false)
    expect(await readName()).toBe(`Since the stream ${name}`)
    stream.restore()
    await expectReadsFromReplica()
  })
  test('is not used when the stream is cut while the primary is idle', async () => {
    await expectUse(true)
    stream.refuse()
    await expectUse(false)
    stream.restore()
    await expectUse(true)
  })
  test('is logged once when its use ends and once when it starts again', async () => {
    const uses = server.logged.map((line) => JSON.parse(line).msg).filter((message) => message.includes('read replica'))
    expect(uses.filter((message, index) => message === uses[index - 1])).toEqual([])
    expect(new Set(uses)).toEqual(
      new Set(['the read replica has caught up, reading from it', 'the read replica is not used, reading from the primary']),
    )
  })
})

test('does not use a replica whose sessions find the tables of another schema', async () => {
  const warnings: object[] = []
  const log = testLogger({ warn: (details) => void warnings.push(details) })
  const options = { ...replica.connection, options: '-c search_path=other,pg_catalog' }
  const access = { options, transactionSettings: undefined, preparesStatements: true, schema: 'public' }
  const own = new StreamingReplica({ replica: access, primary: postgres.connection, log })
  await own.start()
  expect(own.isCaughtUpTo(0n)).toBe(false)
  expect(warnings).toContainEqual({ reason: expect.stringContaining('instead of public: check DATABASE_REPLICA_URL') })
  await own.stop()
})

test('stops using the replica when the primary does not respond for longer than the limit', async () => {
  const primary = await TcpProxy.start(socketOf(postgres.connection))
  const address = { ...postgres.connection, host: primary.host, port: primary.port }
  const access = { options: replica.connection, transactionSettings: undefined, preparesStatements: true, schema: 'public' }
  const own = new StreamingReplica({ replica: access, primary: address, log: testLogger(), maxLagMs: SHORT_LIMIT_MS })
  await own.start()
  await vi.waitFor(() => expect(own.isCaughtUpTo(0n)).toBe(true), { timeout: 60_000 })
  primary.refuse()
  await vi.waitFor(() => expect(own.isCaughtUpTo(0n)).toBe(false), { timeout: 60_000 })
  primary.restore()
  await vi.waitFor(() => expect(own.isCaughtUpTo(0n)).toBe(true), { timeout: 60_000 })
  await own.stop()
  await primary.close()
})

describe('the warning about standbys', () => {
  const warnings = async (pool: pg.Pool) => {
    const messages: string[] = []
    await warnAboutAsynchronousStandbys(pool, testLogger({ warn: (_details, message) => messages.push(message) }))
    return messages
  }
  const configure = async (statement: string) => {
    await one.connections.pool.query(statement)
    await one.connections.pool.query('SELECT pg_reload_conf()')
  }
  afterEach(() => configure('ALTER SYSTEM RESET synchronous_standby_names'))
  const WARNING = [expect.stringContaining('set synchronous_standby_names')]

  test('is logged at the start of a production server', async () => {
    const program = runProgram('dist/bundle/main.js', {
      PORT: '0',
      NODE_ENV: 'production',
      AUTH_JWT_SECRET: 'a secret of a production server in tests',
      DATABASE_URL: databaseUrl(postgres.connection),
    })
    await program.until(/listening/)
    expect(program.output()).toContain('invoice numbers can be assigned twice after a fail-over')
    program.child.kill('SIGTERM')
    expect(await program.exit).toBe(0)
  })
  test('is logged without any synchronous standby, and not with one', async () => {
    const { pool } = one.connections
    expect(await warnings(pool)).toEqual(WARNING)
    await configure("ALTER SYSTEM SET synchronous_standby_names = '*'")
    await vi.waitFor(async () => expect(await warnings(pool)).toEqual([]), { timeout: 60_000 })
    await configure('ALTER SYSTEM RESET synchronous_standby_names')
    await vi.waitFor(async () => expect(await warnings(pool)).toEqual(WARNING), { timeout: 60_000 })
  })
  test('is logged for a role without privileges', async () => {
    await one.connections.pool.query('CREATE ROLE unprivileged LOGIN')
    const pool = new pg.Pool({ ...postgres.connection, user: 'unprivileged', max: 1 })
    expect(await warnings(pool)).toEqual(WARNING)
    await pool.end()
  })
  test('is not logged without standbys', async () => {
    const database = await cloneDatabase()
    const pool = new pg.Pool({ ...database, max: 1 })
    expect(await warnings(pool)).toEqual([])
    await pool.end()
  })
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
  replica = await startReplica(postgres.connection, dataDir, stream)
})
