import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { describeBlocker, findLockOwner } from './migration-blockers.js'

/** The advisory lock of `prisma migrate deploy`, so that the two never run at the same time. */
const MIGRATION_LOCK_KEY = 72_707_369
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
export async function prepareSession(client: Pick<pg.ClientBase, 'query'>, lockTimeoutMs = 0): Promise<void> {
  const settings = {
    lock_timeout: `${lockTimeoutMs}`,
    statement_timeout: '0',
    // The session with the lock is idle between two attempts, and while another one migrates the job tables.
    idle_session_timeout: '0',
  }
  await client.query('SELECT set_config(key, value, false) FROM jsonb_each_text($1)', [JSON.stringify(settings)])
  // A PostgreSQL on Windows refuses this setting. Without it, the session of a killed process ends with its statement.
  await client.query("SET client_connection_check_interval = '2s'").catch(() => undefined)
}

interface WaitOptions {
  report: (line: string) => void
  signal?: AbortSignal | undefined
}

/**
 * Waits until no other process applies migrations. The lock ends with the session. Polls, because a statement
 * that waits has a snapshot, and CREATE INDEX CONCURRENTLY of the other process would wait for its end: a deadlock.
 */
export async function acquireMigrationLock(client: Pick<pg.ClientBase, 'query'>, { report, signal }: WaitOptions): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS taken', [MIGRATION_LOCK_KEY])
    if (rows[0]?.taken) return
    if (attempt === 2) {
      const owner = await findLockOwner(client, MIGRATION_LOCK_KEY)
      report(`another process applies migrations${owner ? `: ${describeBlocker(owner)}` : ''}; waiting for its end`)
    }
    await sleep(LOCK_POLL_INTERVAL_MS, undefined, { signal })
  }
}
