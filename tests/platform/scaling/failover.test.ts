import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/postgres/embedded/server.js'
import { migrate } from '../../../src/platform/postgres/migrations.js'
import { ask, type RunningServer, startProgram } from '../../e2e/program.js'
import { type ReplicaServer, startReplica } from '../../support/replica-server.js'
import { socketOf, TcpProxy } from '../../support/tcp-proxy.js'

const WRITERS = 6
const ROUND = 20
const FIRST_USER = 5000
const APPLY = `mutation ($userId: ID!, $key: String!) {
  applyPlan(input: { userId: $userId, planId: "2", amount: 500, idempotencyKey: $key }) { order { id invoice { number } } }
}`
const RETRYABLE = ['DATABASE_UNAVAILABLE', 'BUSY']

interface Sale {
  orderId: string
  number: string
}

let dataDir: string
let primary: EmbeddedPostgres
let standby: ReplicaServer
/** Between the standby and the primary. */
let stream: TcpProxy
/** The address in front of the database. */
let front: TcpProxy
let server: RunningServer
let db: pg.Client
/** What the server has acknowledged, by user. */
let sales: Map<string, Sale>

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-failover-'))
  primary = await startEmbeddedPostgres({ dataDir, settings: { max_connections: '300' } })
  await migrate(primary.connection)
  stream = await TcpProxy.start(socketOf(primary.connection))
  standby = await startReplica(primary.connection, dataDir, stream)
  front = await TcpProxy.start(socketOf(primary.connection))
  const { user, database } = primary.connection
  const DATABASE_URL = `postgresql://${user}@${front.host}:${front.port}/${database}`
  server = await startProgram({ DEMO: 'true', AUTH_JWT_SECRET: 'a secret of the fail-over test, long enough', DATABASE_URL })
  db = await connectTo(primary.connection)
  sales = new Map()
})
afterEach(async () => {
  server.child.kill('SIGTERM')
  await server.exit
  await db.end()
  await Promise.all([front.close(), stream.close()])
  await primary.stop()
  await standby.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function connectTo(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection)
  // A killed database ends the connection.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** Commits of the primary wait for the standby from now on. The setting is not in the standby's copy, which has no standby. */
async function makeSynchronous(): Promise<void> {
  await db.query("ALTER SYSTEM SET synchronous_standby_names = '*'")
  await db.query('SELECT pg_reload_conf()')
  const readStates = async () => (await db.query('SELECT sync_state FROM pg_stat_replication')).rows
  await vi.waitFor(async () => expect(await readStates()).toEqual([{ sync_state: 'sync' }]), { timeout: 120_000 })
}

/** Kills all processes of the primary, which is not restarted, and switches to the standby. */
async function failOver(): Promise<void> {
  const { rows } = await db.query(
    "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid UNION ALL SELECT pid FROM pg_stat_activity",
  )
  const stopped = primary.stop()
  for (const { pid } of rows) kill(pid)
  await stopped
  stream.refuse()
  await standby.promote()
  front.switchTo(socketOf(standby.connection))
  await db.end()
  db = await connectTo(standby.connection)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // A process of the database can have ended before.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Sends one request again until it is acknowledged, as the documentation asks of clients. */
async function sell(userId: string): Promise<void> {
  await retry('mutation ($userId: ID!) { upsertUser(input: { id: $userId }) { user { id } } }', { userId })
  const { order } = (await retry(APPLY, { userId, key: `for-${userId}` })).applyPlan
  sales.set(userId, { orderId: order.id, number: order.invoice.number })
}

async function retry(query: string, variables: object): Promise<any> {
  for (;;) {
    const { data, errors } = await ask(server, server.administrator, query, variables)
    if (!errors) return data
    const { code, retryAfter } = errors[0].extensions
    expect(RETRYABLE).toContain(code)
    expect(retryAfter).toBeGreaterThan(0)
    await new Promise((done) => setTimeout(done, 50))
  }
}

/** Starts clients that sell without a pause. @returns a function that waits for their last sale */
function startWriters(): () => Promise<unknown> {
  let next = FIRST_USER
  let isRunning = true
  const write = async () => {
    while (isRunning) await sell(String(next++))
  }
  const ended = Promise.all(Array.from({ length: WRITERS }, write))
  return () => {
    isRunning = false
    return ended
  }
}

const expectSales = (count: number) => vi.waitFor(() => expect(sales.size).toBeGreaterThanOrEqual(count), { timeout: 240_000 })

/** @returns the invoices by user, in the order of their numbers */
async function readSales(): Promise<(Sale & { userId: string; sequence: number })[]> {
  const { rows } = await db.query(`
    SELECT orders.user_id::text AS "userId", 'ord_' || orders.id AS "orderId", number, sequence
    FROM orders JOIN invoices ON invoices.order_id = orders.id
    WHERE (series, year) = (SELECT series, year FROM invoices WHERE user_id::bigint >= ${FIRST_USER} LIMIT 1) ORDER BY sequence`)
  return rows
}

test('keeps every acknowledged invoice when a synchronous standby takes over under load', async () => {
  await makeSynchronous()
  const stopWriters = startWriters()
  await expectSales(ROUND)
  await failOver()
  await expectSales(sales.size + ROUND)
  await stopWriters()
  const stored = await readSales()
  const sold = stored.filter(({ userId }) => Number(userId) >= FIRST_USER)
  expect(Object.fromEntries(sold.map(({ userId, orderId, number }) => [userId, { orderId, number }]))).toEqual(Object.fromEntries(sales))
  expect(sold).toHaveLength(sales.size)
  expect(stored.map(({ sequence }) => sequence)).toEqual(stored.map((_, index) => index + 1))
  expect(new Set([...sales.values()].map(({ number }) => number)).size).toBe(sales.size)
  await vi.waitFor(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(200), { timeout: 120_000 })
})

test('assigns the number of an acknowledged invoice again if the standby is asynchronous and its connection is cut', async () => {
  await sell('5001')
  const { rows } = await db.query('SELECT pg_current_wal_lsn() AS position')
  const hasReceived = 'SELECT replay_lsn >= $1::pg_lsn AS "hasReceived" FROM pg_stat_replication'
  const read = async () => (await db.query(hasReceived, [rows[0].position])).rows
  await vi.waitFor(async () => expect(await read()).toEqual([{ hasReceived: true }]), { timeout: 120_000 })
  stream.refuse()
  await sell('5002')
  await failOver()
  await sell('5003')
  expect((await readSales()).map(({ userId }) => userId)).toEqual(expect.arrayContaining(['5001', '5003']))
  expect((await readSales()).map(({ userId }) => userId)).not.toContain('5002')
  expect(sales.get('5003')?.number).toBe(sales.get('5002')?.number)
})
