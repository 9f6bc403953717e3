// The PostgreSQL of the measured servers and their peers.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { parseDatabaseConfig } from '../dist/config/config.js'
import { connect } from '../dist/platform/postgres/client.js'
import { databaseAccess } from '../dist/platform/postgres/database-access.js'
import { startEmbeddedPostgres } from '../dist/platform/postgres/embedded/server.js'
import { migrate } from '../dist/platform/postgres/migrations.js'

/** The database of the server. */
export const DATABASE = 'quittance'
/** The role of the measured server. Statements are counted by role. */
export const SERVER_ROLE = 'quittance'
/** The role of all peers. */
export const PEER_ROLE = 'peer'
/** The role of the benchmarks themselves. */
const BENCH_ROLE = 'bench'

/** Jobs that have not failed and are due now. */
const PENDING_WORK = `SELECT EXISTS (SELECT FROM graphile_worker._private_jobs WHERE run_at <= now() AND attempts <= 1) AS pending`

/** Starts PostgreSQL with a migrated database. It counts statements by role. */
export async function startDatabase() {
  const dataDir = await mkdtemp(join(tmpdir(), 'quittance-bench-'))
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { shared_preload_libraries: 'pg_stat_statements' } })
  const counters = { ...postgres.connection, database: 'postgres', user: BENCH_ROLE }
  const administrator = await openClient({ ...postgres.connection, database: 'postgres' })
  await administrator.query(`
    CREATE ROLE ${PEER_ROLE} SUPERUSER LOGIN; CREATE ROLE ${BENCH_ROLE} SUPERUSER LOGIN; CREATE EXTENSION pg_stat_statements`)
  const { rows } = await administrator.query("SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int AS pid")
  await administrator.end()
  await migrate(postgres.connection)
  const as = (role, database) => ({ ...postgres.connection, user: role, database })
  return {
    pid: rows[0].pid,
    /** Where statements are counted. */
    counters,
    connection: as(BENCH_ROLE, DATABASE),
    connectionTo: (name) => as(BENCH_ROLE, name),
    peerConnection: (name = DATABASE) => JSON.stringify(as(PEER_ROLE, name)),
    urlOf: (name) => `postgresql://${SERVER_ROLE}@localhost/${name}?host=${encodeURIComponent(postgres.connection.host)}`,
    /** Creates another database. @returns its name */
    async create(name, { isMigrated = true } = {}) {
      await query(counters, `CREATE DATABASE ${name} OWNER ${SERVER_ROLE}`)
      if (isMigrated) await migrate(as(SERVER_ROLE, name))
      return name
    },
    async stop() {
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Runs a measurement with a database, without a server. */
export async function withDatabase(measure) {
  const database = await startDatabase()
  try {
    return await measure(database)
  } finally {
    await database.stop()
  }
}

const ignore = () => undefined

/** Opens a connection. It may be lost when a part has failed and its database is stopped. */
export async function openClient(connection) {
  const client = new pg.Client(connection).on('error', ignore)
  await client.connect()
  return client
}

/** Like openClient, for several connections. */
export function openPool(connection, max) {
  return new pg.Pool({ ...connection, max }).on('error', ignore).on('connect', (client) => client.on('error', ignore))
}

/** Runs one statement on a connection of its own. @returns the rows */
export async function query(connection, text, values) {
  const client = await openClient(connection)
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

/**
 * Returns a function that resolves when a server has no jobs to run now.
 * @param connection  to its database
 */
export async function connectIdleCheck(connection) {
  const client = await openClient(connection)
  return {
    async settle() {
      while ((await client.query(PENDING_WORK)).rows[0].pending) await new Promise((done) => setTimeout(done, 10))
    },
    close: () => client.end(),
  }
}

/** Connects in this process as the server does. */
export function connectDirectly(connection, poolSize) {
  const { database } = parseDatabaseConfig({ DATABASE_POOL_SIZE: String(poolSize) })
  return connect(databaseAccess(database, connection).pool, { warn() {} })
}
