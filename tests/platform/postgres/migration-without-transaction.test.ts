import { rm } from 'node:fs/promises'
import type pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../../src/platform/postgres/migrations.js'
import { type EmptyDatabase, openEmptyDatabase, openSession, until, writeMigrations } from '../../support/migrations.js'

const TABLE = { '0_table': 'CREATE TABLE stock (id int); INSERT INTO stock VALUES (1), (2)' }
const INDEX = '-- quittance: no transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "stock_id_key" ON "stock" ("id");\n'

let database: EmptyDatabase
let other: pg.Client
let folder: string
let reports: string[]
const report = (line: string) => reports.push(line)

beforeEach(async () => {
  database = await openEmptyDatabase()
  reports = []
  folder = await writeMigrations({ ...TABLE, '1_index': INDEX })
  const tables = await writeMigrations(TABLE)
  await migrate(database.connection, { folder: tables })
  await rm(tables, { recursive: true })
  other = await openSession(database.connection)
})
afterEach(async () => {
  await other.end()
  await database.drop()
  await rm(folder, { recursive: true })
})

const indexes = () => database.query(`SELECT indisvalid AS valid FROM pg_index WHERE indrelid = 'stock'::regclass`)
const history = () => database.query(`SELECT FROM _prisma_migrations WHERE migration_name = '1_index' AND finished_at IS NOT NULL`)

/** Starts a build that waits for the open transaction of `other`. */
async function blockBuild() {
  await other.query('BEGIN; INSERT INTO stock VALUES (3)')
  const migrated = migrate(database.connection, { folder, report }).then(
    (names) => ({ names, error: undefined }),
    (error: Error) => ({ names: undefined, error }),
  )
  await until(() => reports.length > 0)
  return { migrated }
}

test('builds an index while another transaction writes, reports that it waits, and writes the history', async () => {
  const { migrated } = await blockBuild()
  await other.query('COMMIT')
  expect((await migrated).names).toEqual(['1_index'])
  expect(reports[0]).toMatch(/^migration 1_index: waits for the end of a transaction, blocked by process \d+ \(idle in transaction, in a/)
  expect(await indexes()).toEqual([{ valid: true }])
  expect(await history()).toHaveLength(1)
})

test('replaces the invalid index of a build that was interrupted', async () => {
  const { migrated } = await blockBuild()
  await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'quittance migrations' AND query LIKE '%CREATE UNIQUE INDEX%'`)
  expect((await migrated).error?.message).toMatch(/^migration 1_index (failed|was interrupted): /)
  await other.query('COMMIT')
  expect(await indexes()).toEqual([{ valid: false }])
  expect(await history()).toHaveLength(0)

  expect(await migrate(database.connection, { folder })).toEqual(['1_index'])
  expect(await indexes()).toEqual([{ valid: true }])
  expect(await history()).toHaveLength(1)
})

test('leaves no invalid index when the build fails', async () => {
  await database.query('INSERT INTO stock VALUES (1)')
  await expect(migrate(database.connection, { folder })).rejects.toThrow(/^migration 1_index failed: could not create unique index/)
  expect(await indexes()).toEqual([])
  await database.query('DELETE FROM stock WHERE ctid IN (SELECT max(ctid) FROM stock WHERE id = 1)')
  expect(await migrate(database.connection, { folder })).toEqual(['1_index'])
  expect(await indexes()).toEqual([{ valid: true }])
})

test('leaves the invalid index of another program alone', async () => {
  await database.query('CREATE INDEX stock_other ON stock (id)')
  await database.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'stock_other'::regclass`)
  await migrate(database.connection, { folder })
  expect(await indexes()).toEqual(expect.arrayContaining([{ valid: false }, { valid: true }]))
})

test('does not wait for a second process that waits for it', async () => {
  const { migrated } = await blockBuild()
  const second: string[] = []
  const alsoMigrated = migrate(database.connection, { folder, report: (line) => second.push(line) })
  await until(() => second.length > 0)
  await other.query('COMMIT')
  expect((await migrated).names).toEqual(['1_index'])
  // Its list was empty when it got the lock.
  expect(await alsoMigrated).toEqual([])
  // A deadlock would have been retried.
  expect(reports.join()).not.toContain('attempt')
})

test('refuses a second statement', async () => {
  await rm(folder, { recursive: true })
  folder = await writeMigrations({ ...TABLE, '1_index': `${INDEX}SELECT 1` })
  await expect(migrate(database.connection, { folder })).rejects.toThrow(/cannot insert multiple commands/)
  expect(await history()).toHaveLength(0)
})
