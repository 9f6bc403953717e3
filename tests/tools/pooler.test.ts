import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded/server.js'
import { migrate } from '../../src/platform/postgres/migrations.js'
import { ask, QUITTANCE, type RunningServer, runProgram, startProgram } from '../e2e/program.js'
import { databaseUrl } from '../support/database.js'
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer.js'

const SECRET = 'one secret that all processes share'
const CLIENTS = 8
/** Fewer than the clients, so that they share connections. */
const CONNECTIONS = 3

let dataDir: string
let postgres: EmbeddedPostgres
let pooler: PgBouncer
let database: pg.PoolConfig
let nextDatabase = 0

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-pooled-'))
  postgres = await startEmbeddedPostgres({ dataDir })
  pooler = await startPgBouncer(String(postgres.connection.host), [String(postgres.connection.user)], CONNECTIONS)
})
afterAll(async () => {
  await pooler.stop()
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
})
beforeEach(async () => {
  database = await createDatabase()
})

async function createDatabase(): Promise<pg.PoolConfig> {
  nextDatabase += 1
  const name = `shop_${nextDatabase}`
  const admin = new pg.Client(postgres.connection)
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.query(`ALTER DATABASE ${name} SET search_path = public, graphile_worker`)
  await admin.end()
  const connection = { ...postgres.connection, database: name }
  await migrate(connection)
  return connection
}

function through({ socket, port }: PgBouncer): string {
  return databaseUrl({ ...database, host: socket, port })
}

const pooled = () => ({ DEMO: 'true', AUTH_JWT_SECRET: SECRET, DATABASE_URL: through(pooler), DATABASE_DIRECT_URL: databaseUrl(database) })

async function stop({ child, exit }: RunningServer): Promise<void> {
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
}

test('refuses to start behind a pooler without a direct URL, with one line', async () => {
  const { DATABASE_DIRECT_URL: _, ...environment } = pooled()
  const program = runProgram('dist/bundle/main.js', { ...environment, PORT: '0' })
  expect(await program.exit).toBe(1)
  expect(program.output()).toBe(
    'DATABASE_URL: leads to a connection pooler; set DATABASE_DIRECT_URL to the address of PostgreSQL itself as well\n',
  )
})

test('recognises a pooler that ignores the parameters of a session, also in DATABASE_DIRECT_URL', async () => {
  const { host, user } = postgres.connection
  const lenient = await startPgBouncer(String(host), [String(user)], CONNECTIONS, { ignore_startup_parameters: 'options' })
  const url = through(lenient)
  for (const [environment, message] of [
    [{ DATABASE_URL: url }, /^DATABASE_URL: leads to a connection pooler; set DATABASE_DIRECT_URL .*\n$/],
    [{ DATABASE_URL: url, DATABASE_DIRECT_URL: url }, /^DATABASE_DIRECT_URL: leads to a connection pooler; .*\n$/],
  ] as const) {
    const program = runProgram('dist/bundle/main.js', { DEMO: 'true', AUTH_JWT_SECRET: SECRET, PORT: '0', ...environment })
    expect(await program.exit).toBe(1)
    expect(program.output()).toMatch(message)
  }
  await lenient.stop()
})

test('refuses a direct URL of another database', async () => {
  const other = databaseUrl(await createDatabase())
  const program = runProgram('dist/bundle/main.js', { ...pooled(), PORT: '0', DATABASE_DIRECT_URL: other })
  expect(await program.exit).toBe(1)
  expect(program.output()).toBe('DATABASE_DIRECT_URL: leads to another database than DATABASE_URL; both must reach the same one\n')
})

test('refuses to start while single statements through the pooler find another schema, and names the remedy', async () => {
  const own = { ...pooled(), DATABASE_SCHEMA: 'shop_a', PORT: '0' }
  expect(await runProgram(QUITTANCE, own, ['migrate']).exit).toBe(0)
  const refused = runProgram('dist/bundle/main.js', own)
  expect(await refused.exit).toBe(1)
  const remedy = `ALTER ROLE ${database.user} SET search_path = shop_a, shop_a_jobs`
  expect(refused.output()).toBe(
    `DATABASE_SCHEMA: sessions of the pooler search public, graphile_worker instead of shop_a, shop_a_jobs: run ${remedy} and let the pooler reconnect\n`,
  )
})

const GRANT = 'mutation { applyPlan(input: { userId: "55", planId: "2" }) { order { id } } }'
const READS = [
  '{ orders(first: 5) { nodes { id plan { name } invoice { number } } } }',
  '{ me { name } billingEnabled }',
  '{ plans { id name } }',
]

test('serves concurrent clients of two processes through few connections, and again after a restart', async () => {
  // The first process adds the demo catalog and users to the database.
  let servers = [await startProgram(pooled())]
  servers.push(await startProgram(pooled()))
  const responses: { errors?: unknown }[] = []
  const work = async (client: number) => {
    const server = servers[client % servers.length] as RunningServer
    for (let round = 0; round < 5; round += 1) {
      responses.push(await ask(server, server.administrator, GRANT))
      for (const query of READS) responses.push(await ask(server, server.customer, query))
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => work(client)))
  await stop(servers[0] as RunningServer)
  servers = [await startProgram(pooled()), servers[1] as RunningServer]
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => work(client)))
  expect(responses.flatMap(({ errors }) => errors ?? [])).toEqual([])
  for (const server of servers) await stop(server)
  const db = new pg.Client(database)
  await db.connect()
  const { rows } = await db.query("SELECT sequence FROM invoices WHERE series = 'INV' ORDER BY sequence")
  await db.end()
  const grants = 2 * CLIENTS * 5
  const numbers = rows.map(({ sequence }) => sequence)
  expect(numbers.length).toBeGreaterThanOrEqual(grants)
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
})

test('limits the transactions of a pooled connection', async () => {
  const server = await startProgram({ ...pooled(), DATABASE_LOCK_TIMEOUT_MS: '1000' })
  const db = new pg.Client(database)
  await db.connect()
  await db.query('BEGIN; LOCK TABLE order_items IN ACCESS EXCLUSIVE MODE')
  const { errors } = await ask(server, server.administrator, GRANT)
  expect(errors[0].extensions.code).toBe('BUSY')
  await db.end()
  await stop(server)
})
