import pg from 'pg'

/** The last migration of graphile-worker's own, which this version of it needs. */
export const JOB_TABLES_VERSION = 19

/** @returns whether the tables in which background work waits are there, as this version needs them */
export async function hasJobTables(database: Pick<pg.ClientBase, 'query'>): Promise<boolean> {
  const { rows } = await database.query(`SELECT to_regclass('graphile_worker.migrations') IS NOT NULL AS present`)
  if (!rows[0].present) return false
  const { rows: versions } = await database.query('SELECT max(id) AS version FROM graphile_worker.migrations')
  return versions[0].version >= JOB_TABLES_VERSION
}

/** Background work waits in tables of graphile-worker, which migrates them itself. */
export async function migrateJobTables(connection: pg.PoolConfig): Promise<void> {
  const { Logger, runMigrations } = await import('graphile-worker')
  const pool = new pg.Pool({ ...connection, max: 2 })
  const ignore = () => undefined
  pool.on('error', ignore).on('connect', (client) => client.on('error', ignore))
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => undefined) })
  } finally {
    await pool.end()
  }
}
