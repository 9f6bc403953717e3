import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import type { Config } from '../config/config.js'
import { connectionsOutsidePool } from '../config/workers.js'
import { type DatabaseAccess, databaseAccess } from '../platform/postgres/database-access.js'
import type { PostgresGuard } from '../platform/postgres/embedded/postmaster.js'
import { joinEmbeddedPostgres } from '../platform/postgres/embedded/server.js'
import { assertMigrated } from '../platform/postgres/migrations.js'
import { createQuietPool } from '../platform/postgres/quiet-pool.js'
import { assertSchemaInUse } from '../platform/postgres/schema-check.js'
import { assertSupportedServer } from '../platform/postgres/server-version.js'
import { checkCatalog } from './check-catalog.js'
import { type Finding, ok, problem, warning } from './finding.js'

const DATABASE_CHECK = 'database'
const MAX_CLOCK_DIFFERENCE_MS = 5000

/** Checks the database without changing it. Starts the embedded one for the duration if it is not running. */
export async function checkDatabase(config: Config, guard: PostgresGuard): Promise<Finding[]> {
  const { database, dataDir } = config
  if (database.url) return checkConnection(config, databaseAccess(database))
  const exists = await stat(join(dataDir, 'postgres', 'PG_VERSION')).catch(() => undefined)
  if (!exists) return [ok(DATABASE_CHECK, `the first start sets up the embedded PostgreSQL in ${dataDir}`)]
  const embedded = await joinEmbeddedPostgres({ dataDir, guard })
  try {
    return await checkConnection(config, databaseAccess(database, embedded.connection))
  } finally {
    await embedded.stop()
  }
}

async function checkConnection(config: Config, access: DatabaseAccess): Promise<Finding[]> {
  const pool = createQuietPool({ ...access.direct, max: 1 })
  try {
    await assertSupportedServer(pool)
    const found = [await checkVersion(pool), await checkConnections(pool, config), await checkClock(pool)]
    const missing = await missingMigrations(pool, access.schema)
    if (!missing)
      return [...found, ok('migrations', 'all are applied'), ...(await checkSchema(access)), ...(await checkCatalog(pool, config))]
    const text = config.database.url ? missing : 'the next start applies the pending ones'
    return [...found, config.database.url ? problem('migrations', text) : ok('migrations', text)]
  } catch (error) {
    return [problem(DATABASE_CHECK, (error as Error).message)]
  } finally {
    await pool.end()
  }
}

async function checkVersion(pool: pg.Pool): Promise<Finding> {
  const { rows } = await pool.query<{ version: string }>("SELECT current_setting('server_version') AS version")
  return ok(DATABASE_CHECK, `PostgreSQL ${rows[0]?.version} responds`)
}

async function missingMigrations(pool: pg.Pool, schema: string): Promise<string | undefined> {
  return assertMigrated(pool, schema).then(
    () => undefined,
    (error: Error) => error.message,
  )
}

/** Checks which schema the connections of DATABASE_URL use. They may lead through a pooler. */
async function checkSchema({ pool: access }: DatabaseAccess): Promise<Finding[]> {
  const pool = createQuietPool({ ...access.options, max: 1 })
  try {
    await assertSchemaInUse(pool, access)
    return []
  } catch (error) {
    return [problem('schema', (error as Error).message)]
  } finally {
    await pool.end()
  }
}

/** Checks how many servers with this pool size the database server can serve. */
async function checkConnections(pool: pg.Pool, config: Config): Promise<Finding> {
  const { rows } = await pool.query<{ available: number }>(
    `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS available`,
  )
  const available = rows[0]?.available ?? 0
  const { workers, database } = config
  const { poolSize } = database
  const outsidePool = connectionsOutsidePool(config)
  const needed = poolSize + outsidePool
  const subject = workers === 1 ? 'a process' : `a server of ${workers} worker processes`
  const text = `${subject} uses up to ${needed} connections (DATABASE_POOL_SIZE ${poolSize} and ${outsidePool}), the server allows ${available}`
  if (needed > available) return problem('connections', `${text}: set a smaller DATABASE_POOL_SIZE or a larger max_connections`)
  if (needed * 2 > available) return warning('connections', `${text}: not enough for a second ${workers === 1 ? 'process' : 'server'}`)
  return ok('connections', text)
}

/** Invoices and periods use the clock of this machine, jobs that of the database. */
async function checkClock(pool: pg.Pool): Promise<Finding> {
  const before = Date.now()
  const { rows } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  const local = (before + Date.now()) / 2
  const difference = Math.abs((rows[0]?.now.getTime() ?? local) - local)
  const seconds = (difference / 1000).toFixed(1)
  if (difference <= MAX_CLOCK_DIFFERENCE_MS) return ok('clock', `matches the clock of the database within ${seconds} s`)
  return warning('clock', `differs from the clock of the database by ${seconds} s: synchronise both machines, for example with chrony`)
}
