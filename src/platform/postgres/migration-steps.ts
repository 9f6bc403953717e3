import type pg from 'pg'
import { checksumOf, type Migration } from './migration-files.js'
import { discardUnfinished, recordMigration, resolveUnfinished } from './migration-history.js'

type Client = Pick<pg.ClientBase, 'query'>

const STATEMENT_NAME_LENGTH = 32

/** Runs a migration and its history row as one transaction, so a process that is killed leaves both or neither. */
export async function runInTransaction(client: Client, migration: Migration, lockTimeoutMs: number): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`)
    if (!(await resolveUnfinished(client, migration))) {
      await client.query(migration.sql)
      await recordMigration(client, migration)
    }
    await client.query('COMMIT')
  } catch (error) {
    // A lost connection has rolled it back.
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/**
 * Runs the only statement of a migration outside a transaction, and then writes its history row. A process that
 * is killed in between repeats the statement at the next start.
 */
export async function runWithoutTransaction(client: Client, migration: Migration): Promise<void> {
  await dropInvalidIndexes(client, migration)
  try {
    // PostgreSQL accepts only one statement with a name.
    await client.query({ name: checksumOf(migration).slice(0, STATEMENT_NAME_LENGTH), text: migration.sql })
  } catch (error) {
    // It would slow down writes, and a unique one would refuse them.
    await dropInvalidIndexes(client, migration).catch(() => undefined)
    throw error
  }
  await discardUnfinished(client, migration)
  await recordMigration(client, migration)
}

/** Drops the indexes of a migration that an interrupted CREATE or DROP INDEX CONCURRENTLY has left unusable. */
async function dropInvalidIndexes(client: Client, { sql }: Migration): Promise<void> {
  const { rows } = await client.query<{ name: string; identifier: string }>(
    `SELECT pg_class.relname AS name, pg_class.oid::regclass::text AS identifier
     FROM pg_index JOIN pg_class ON pg_class.oid = pg_index.indexrelid
     WHERE NOT pg_index.indisvalid AND pg_class.relkind = 'i' AND pg_table_is_visible(pg_class.oid)`,
  )
  const words = new Set(sql.match(/\w+/g))
  for (const { identifier } of rows.filter(({ name }) => words.has(name))) await client.query(`DROP INDEX CONCURRENTLY ${identifier}`)
}
