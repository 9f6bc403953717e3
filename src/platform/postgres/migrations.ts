import pg from 'pg'
import { StartError } from '../../core/errors.js'
import { PROGRAM } from '../../core/project-file.js'
import { hasJobTables, migrateJobTables } from '../jobs/migrations.js'
import { isDatabaseUnavailable } from './database-errors.js'
import { DEFAULT_SCHEMA, jobsSchema } from './database-schema.js'
import { isTransactional, type Migration, migrationNames, readMigrations } from './migration-files.js'
import { createHistory, readHistory } from './migration-history.js'
import { LOCK_RETRY, type RetryOptions, retryBlocked } from './migration-retry.js'
import { acquireMigrationLock, createSchemas, migrationConnection, prepareSession } from './migration-session.js'
import { runInTransaction, runWithoutTransaction } from './migration-steps.js'

interface MigrateOptions extends Partial<RetryOptions> {
  /** The schema of the tables. Default: public. */
  schema?: string | undefined
  /** Contains one folder per migration. Default: the migrations of this version. */
  folder?: string | undefined
}

/**
 * Creates the schema if it is missing, and applies the missing migrations and then those of the job tables. A process can be killed at any time: the next
 * one continues.
 * @param connection  directly to PostgreSQL, because it holds an advisory lock
 * @param options  `report` receives a line whenever a migration waits for another session; `signal` ends such a
 *   wait and skips the following migrations
 * @returns the names of the applied migrations
 * @throws StartError if a migration fails, or if other sessions block it for too long
 */
export async function migrate(connection: pg.PoolConfig, options: MigrateOptions = {}): Promise<string[]> {
  const { schema = DEFAULT_SCHEMA, folder, signal, report = () => undefined, lockRetry = LOCK_RETRY } = options
  const ownConnection = migrationConnection(connection)
  const client = new pg.Client(ownConnection)
  const losses: Error[] = []
  client.on('error', (error) => losses.push(error))
  await client.connect()
  try {
    await prepareSession(client, schema)
    if ((await listMissing(client, schema, folder)).length === 0) return []
    await acquireMigrationLock(client, schema, { report, signal })
    const missing = await listMissing(client, schema, folder)
    await createSchemas(client, schema)
    await createHistory(client)
    const run = { client, schema, connection: ownConnection, retry: { lockRetry, report, signal }, losses }
    for (const migration of await readMigrations(folder)) {
      if (missing.includes(migration.name)) await apply(migration, run)
    }
    if (missing.includes(jobsSchema(schema))) await applyJobTables(run)
    return missing
  } finally {
    await client.end()
  }
}

interface Run {
  client: pg.Client
  schema: string
  connection: pg.PoolConfig
  retry: RetryOptions
  /** Why connections were lost. The statement that fails afterwards does not say it. */
  losses: Error[]
}

async function apply(migration: Migration, { client, connection, retry, losses }: Run): Promise<void> {
  const { name } = migration
  const isRolledBack = isTransactional(migration)
  const run = isRolledBack
    ? () => runInTransaction(client, migration, retry.lockRetry.timeoutMs)
    : () => runWithoutTransaction(client, migration)
  const watched = { connection, pids: [await backendPid(client)] }
  await retryBlocked({ name, run, watched, reportsEachBlocker: !isRolledBack }, retry).catch((error: unknown) => {
    throw explain(name, isRolledBack, error, losses)
  })
}

/** Each migration of the job tables is one transaction, with the row of its own history. */
async function applyJobTables({ schema, connection, retry, losses }: Run): Promise<void> {
  const name = jobsSchema(schema)
  const pids = new Set<number>()
  const onConnect = async (client: pg.ClientBase) => {
    client.on('error', (error) => losses.push(error))
    await prepareSession(client, schema, retry.lockRetry.timeoutMs)
    pids.add(await backendPid(client))
  }
  const run = () => migrateJobTables({ ...connection, onConnect }, schema)
  const watched = { connection, pids }
  await retryBlocked({ name, run, watched, reportsEachBlocker: false }, retry).catch((error: unknown) => {
    throw explain(name, true, error, losses)
  })
}

async function backendPid(client: Pick<pg.ClientBase, 'query'>): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return rows[0]?.pid ?? 0
}

/** Names the migration in an error of PostgreSQL or of the connection. */
function explain(name: string, isRolledBack: boolean, error: unknown, [loss]: Error[]): unknown {
  if (!(error instanceof Error) || error instanceof StartError) return error
  // Only errors of PostgreSQL have a severity.
  if ('severity' in error) return new StartError(`migration ${name} failed${isRolledBack ? ' and was rolled back' : ''}: ${error.message}`)
  return isDatabaseUnavailable(error)
    ? new StartError(`migration ${name} was interrupted: ${(loss ?? error).message}; the next start continues`)
    : error
}

/** @throws StartError if the database lacks migrations that this version needs */
export async function assertMigrated(database: Pick<pg.Pool, 'query'>, schema = DEFAULT_SCHEMA): Promise<void> {
  const missing = await listMissing(database, schema)
  if (missing.length > 0) {
    throw new StartError(`DATABASE_URL: the database lacks ${missing.length} migration(s): run ${PROGRAM} migrate first`)
  }
}

async function listMissing(database: Pick<pg.ClientBase, 'query'>, schema: string, folder?: string): Promise<string[]> {
  const applied = await readHistory(database)
  const missing = (await migrationNames(folder)).filter((name) => !applied.has(name))
  return (await hasJobTables(database, schema)) ? missing : [...missing, jobsSchema(schema)]
}
