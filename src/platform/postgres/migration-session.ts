import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { StartError } from '../../core/errors.js'
import { jobsSchema, migrationLockKey, searchPath } from './database-schema.js'
import { describeBlocker, findLockOwner } from './migration-blockers.js'

const LOCK_POLL_INTERVAL_MS = 200

/** The connection of a migration, which the database server recognises as such. */
export function migrationConnection<T extends pg.ClientConfig>(connection: T): T {
  return { ...connection, application_name: 'quittance migrations' }
}

/**
 * Sets what a migration needs, whatever the defaults of the role are. The other limits of the connection stay, so
 * that PostgreSQL ends the transaction of a frozen process and the session of a machine that has disappeared. It
 * ends the session of a killed process within seconds.
 */
export async function prepareSession(client: Pick<pg.ClientBase, 'query'>, schema: string, lockTimeoutMs = 0): Promise<void> {
  const settings = {
    search_path: searchPath(schema),
    lock_timeout: `${lockTimeoutMs}`,
    statement_timeout: '0',
    // The session with the lock is idle between two attempts, and while another one migrates the job tables.
    idle_session_timeout: '0',
  }
  await client.query('SELECT set_config(key, value, false) FROM jsonb_each_text($1)', [JSON.stringify(settings)])
  // A PostgreSQL on Windows refuses this setting. Without it, the session of a killed process ends with its statement.
  await client.query("SET client_connection_check_interval = '2s'").catch(() => undefined)
}

/**
 * Creates the schemas of the tables and of the jobs. One that exists is left alone, because its owner may not have the
 * privilege to create schemas.
 * @throws StartError without this privilege
 */
export async function createSchemas(client: Pick<pg.ClientBase, 'query'>, schema: string): Promise<void> {
  for (const name of [schema, jobsSchema(schema)]) {
    const { rows } = await client.query('SELECT to_regnamespace(quote_ident($1)) IS NULL AS missing, current_user AS role', [name])
    if (!rows[0].missing) continue
    await client.query(`CREATE SCHEMA IF NOT EXISTS "${name}"`).catch((error: Error) => {
      const remedy = `CREATE SCHEMA "${name}" AUTHORIZATION "${rows[0].role}"`
      throw new StartError(`DATABASE_SCHEMA: the schema ${name} cannot be created: ${error.message}; create it as a superuser: ${remedy}`)
    })
  }
}

interface WaitOptions {
  report: (line: string) => void
  signal?: AbortSignal | undefined
}

/**
 * Waits until no other process applies migrations. The lock ends with the session. Polls, because a statement
 * that waits has a snapshot, and CREATE INDEX CONCURRENTLY of the other process would wait for its end: a deadlock.
 */
export async function acquireMigrationLock(
  client: Pick<pg.ClientBase, 'query'>,
  schema: string,
  { report, signal }: WaitOptions,
): Promise<void> {
  const key = migrationLockKey(schema)
  for (let attempt = 1; ; attempt += 1) {
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS taken', [key])
    if (rows[0]?.taken) return
    if (attempt === 2) {
      const owner = await findLockOwner(client, key)
      report(`another process applies migrations${owner ? `: ${describeBlocker(owner)}` : ''}; waiting for its end`)
    }
    await sleep(LOCK_POLL_INTERVAL_MS, undefined, { signal })
  }
}
