import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { StartError } from '../../core/errors.js'
import { PROGRAM, projectFile } from '../../core/project-file.js'
import { hasJobTables, migrateJobTables } from '../jobs/migrations.js'

export const MIGRATIONS_FOLDER = projectFile('prisma/migrations/')
const JOB_TABLES = 'graphile_worker'
/** The advisory lock of `prisma migrate deploy`, so that the two never run at the same time. */
const MIGRATION_LOCK_KEY = 72_707_369

/** The history table of `prisma migrate`, which therefore works together with this runner. */
const CREATE_HISTORY = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id varchar(36) PRIMARY KEY NOT NULL,
    checksum varchar(64) NOT NULL,
    finished_at timestamptz,
    migration_name varchar(255) NOT NULL,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0)`

export interface Migration {
  readonly name: string
  readonly sql: string
}

/**
 * Applies the missing migrations and then those of the job tables. A migration and its history row are one
 * transaction, so a process that is killed leaves either both or neither.
 * @returns the names of the applied migrations
 */
export async function migrate(connection: pg.PoolConfig): Promise<string[]> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    if ((await listMissing(client)).length === 0) return []
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK_KEY])
    const missing = await listMissing(client)
    await client.query(CREATE_HISTORY)
    for (const migration of await readMigrations()) {
      if (missing.includes(migration.name)) await apply(client, migration)
    }
    if (missing.includes(JOB_TABLES)) await migrateJobTables(connection)
    return missing
  } finally {
    await client.end()
  }
}

async function apply(client: pg.Client, { name, sql }: Migration): Promise<void> {
  const checksum = createHash('sha256').update(sql).digest('hex')
  await client.query('BEGIN')
  try {
    await client.query(sql)
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw new StartError(`migration ${name} failed and was rolled back: ${(error as Error).message}`)
  }
}

/** @throws StartError if the database lacks migrations that this version needs */
export async function assertMigrated(database: Pick<pg.Pool, 'query'>): Promise<void> {
  const missing = await listMissing(database)
  if (missing.length > 0) {
    throw new StartError(`DATABASE_URL: the database lacks ${missing.length} migration(s): run ${PROGRAM} migrate first`)
  }
}

async function listMissing(database: Pick<pg.ClientBase, 'query'>): Promise<string[]> {
  const { rows: tables } = await database.query(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`)
  const { rows } = tables[0]?.present
    ? await database.query<{ migration_name: string }>(
        'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      )
    : { rows: [] }
  const applied = new Set(rows.map((row) => row.migration_name))
  const missing = (await migrationNames()).filter((name) => !applied.has(name))
  return (await hasJobTables(database)) ? missing : [...missing, JOB_TABLES]
}

/** Reads all migrations of this version, in the order of their application. */
export async function readMigrations(): Promise<Migration[]> {
  const names = await migrationNames()
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(MIGRATIONS_FOLDER, name, 'migration.sql'), 'utf8') })))
}

async function migrationNames(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS_FOLDER, { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort()
}
