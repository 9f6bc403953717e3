import type pg from 'pg'
import { createQuietPool } from '../postgres/quiet-pool.js'

/** The number of the last graphile-worker migration that the installed version requires. */
export const JOB_TABLES_VERSION = 19

/** @returns whether the job tables exist in the version that the installed graphile-worker requires */
export async function hasJobTables(database: Pick<pg.ClientBase, 'query'>): Promise<boolean> {
  const { rows } = await database.query(`SELECT to_regclass('graphile_worker.migrations') IS NOT NULL AS present`)
  if (!rows[0].present) return false
  const { rows: versions } = await database.query('SELECT max(id) AS version FROM graphile_worker.migrations')
  return versions[0].version >= JOB_TABLES_VERSION
}

/** Creates or migrates the job tables. graphile-worker brings their migrations. */
export async function migrateJobTables(connection: pg.PoolConfig): Promise<void> {
  const { Logger, runMigrations } = await import('graphile-worker')
  const pool = createQuietPool({ ...connection, max: 2 })
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => undefined) })
  } finally {
    await pool.end()
  }
}
