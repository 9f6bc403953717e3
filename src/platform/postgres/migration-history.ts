import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { StartError } from '../../core/errors.js'
import { checksumOf, type Migration } from './migration-files.js'

type Client = Pick<pg.ClientBase, 'query'>

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
const UNFINISHED = 'migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL'

const CREATED_RELATION = /^CREATE (?:UNLOGGED )?(?:TABLE|(?:UNIQUE )?INDEX) +"(\w+)"/gm
const ALTERED_TABLE = /^ALTER TABLE +"(\w+)"([^;]*)/gm
const ADDED_COLUMN = /ADD COLUMN +"(\w+)"/g

export async function createHistory(client: Client): Promise<void> {
  await client.query(CREATE_HISTORY)
}

/** Returns the names of the applied migrations. */
export async function readHistory(client: Client): Promise<Set<string>> {
  const { rows: tables } = await client.query(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`)
  if (!tables[0]?.present) return new Set()
  const { rows } = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  )
  return new Set(rows.map((row) => row.migration_name))
}

export async function recordMigration(client: Client, migration: Migration): Promise<void> {
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), 1)`,
    [randomUUID(), checksumOf(migration), migration.name],
  )
}

/**
 * Resolves the row that a killed `prisma migrate` has left. It writes the row first, runs the whole migration as
 * one transaction, and completes the row. So either all objects of the migration exist or none.
 * @returns whether the migration was applied
 * @throws StartError if the database does not show it
 */
export async function resolveUnfinished(client: Client, migration: Migration): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT FROM _prisma_migrations WHERE ${UNFINISHED}`, [migration.name])
  if (rowCount === 0) return false
  const found = await findObjects(client, migration)
  const isApplied = found.some(({ exists }) => exists)
  if (found.length === 0 || found.some(({ exists }) => exists !== isApplied)) throw undecidable(migration, found)
  if (isApplied) {
    await client.query(`UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE ${UNFINISHED}`, [migration.name])
  } else await discardUnfinished(client, migration)
  return isApplied
}

/** Marks the row that a killed `prisma migrate` has left as rolled back. */
export async function discardUnfinished(client: Client, { name }: Migration): Promise<void> {
  await client.query(`UPDATE _prisma_migrations SET rolled_back_at = now() WHERE ${UNFINISHED}`, [name])
}

interface FoundObject {
  object: string
  exists: boolean
}

/** Looks up the tables, indexes and columns that a migration creates. */
async function findObjects(client: Client, { sql }: Migration): Promise<FoundObject[]> {
  const relations = [...sql.matchAll(CREATED_RELATION)].map(([, relation = '']) => ({ relation, column: null }))
  const columns = [...sql.matchAll(ALTERED_TABLE)].flatMap(([, relation = '', actions = '']) =>
    [...actions.matchAll(ADDED_COLUMN)].map(([, column = '']) => ({ relation, column })),
  )
  const { rows } = await client.query<FoundObject>(
    `SELECT concat_ws('.', relation, "column") AS object,
       CASE WHEN "column" IS NULL THEN to_regclass(quote_ident(relation)) IS NOT NULL
       ELSE EXISTS (SELECT FROM pg_attribute
         WHERE attrelid = to_regclass(quote_ident(relation)) AND attname = "column" AND NOT attisdropped) END AS exists
     FROM jsonb_to_recordset($1) AS created (relation text, "column" text)`,
    [JSON.stringify([...relations, ...columns])],
  )
  return rows
}

function undecidable({ name }: Migration, found: FoundObject[]): StartError {
  const list = (exists: boolean) => found.flatMap((each) => (each.exists === exists ? each.object : [])).join(', ')
  const reason =
    found.length === 0
      ? 'it creates no table, index or column that would show this'
      : `of its objects, ${list(true)} exist and ${list(false)} do not`
  return new StartError(
    `migration ${name} has an unfinished row in _prisma_migrations, and it is unclear if it was applied: ${reason}. ` +
      'Compare its migration.sql with the database and complete it by hand. Then set finished_at = now() in that row, ' +
      'or rolled_back_at = now() if nothing of it exists',
  )
}
