import type pg from 'pg'
import { jobsSchema } from '../postgres/database-schema.js'
import { createQuietPool } from '../postgres/quiet-pool.js'

/** The number of the last graphile-worker migration that the installed version requires. */
export const JOB_TABLES_VERSION = 19

/** @returns whether the job tables exist in the version that the installed graphile-worker requires */
export async function hasJobTables(database: Pick<pg.ClientBase, 'query'>, schema: string): Promise<boolean> {
  // Tables of other programs are also called "migrations".
  const history = `"${jobsSchema(schema)}".migrations`
  const { rows } = await database.query('SELECT to_regclass($1) IS NOT NULL AS present', [history])
  if (!rows[0].present) return false
  const { rows: versions } = await database.query(`SELECT max(id) AS version FROM ${history}`)
  return versions[0].version >= JOB_TABLES_VERSION
}

/** Creates or migrates the job tables. graphile-worker brings their migrations. */
export async function migrateJobTables(connection: pg.PoolConfig, schema: string): Promise<void> {
  const { Logger, runMigrations } = await import('graphile-worker')
  const pool = createQuietPool({ ...connection, max: 2 })
  try {
    await createJobHistory(pool, jobsSchema(schema))
    await runMigrations({ pgPool: pool, schema: jobsSchema(schema), logger: new Logger(() => () => undefined) })
  } finally {
    await pool.end()
  }
}

/** Without it, graphile-worker creates the schema too, which needs a privilege even if the schema exists. */
async function createJobHistory(pool: pg.Pool, schema: string): Promise<void> {
  const { rows } = await pool.query('SELECT to_regclass($1) IS NULL AS missing', [`"${schema}".migrations`])
  if (!rows[0].missing) return
  await pool.query(`CREATE TABLE "${schema}".migrations (
    id int PRIMARY KEY, ts timestamptz NOT NULL DEFAULT now(), breaking boolean NOT NULL DEFAULT false)`)
}
