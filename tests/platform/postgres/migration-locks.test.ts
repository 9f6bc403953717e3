import { rm } from 'node:fs/promises'
import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from '../../../src/platform/postgres/migrations.js'
import { type EmptyDatabase, openEmptyDatabase, openSession, until, writeMigrations } from '../../support/migrations.js'

const MIGRATION_LOCK_KEY = 72_707_369
const TABLES = { '0_tables': 'CREATE TABLE stock (id int); CREATE TABLE prices (id int)' }
const PATIENT = { timeoutMs: 1000, pausesMs: Array.from({ length: 100 }, () => 50) }

let database: EmptyDatabase
let other: pg.Client
let otherPid: number
let reports: string[]
const report = (line: string) => reports.push(line)
const folders: string[] = []

beforeEach(async () => {
  database = await openEmptyDatabase()
  reports = []
  await migrate(database.connection, { folder: await fixture(TABLES) })
  other = await openSession({ ...database.connection, application_name: 'report of sales' })
  otherPid = (await other.query('SELECT pg_backend_pid() AS pid')).rows[0].pid
})
afterEach(async () => {
  await other.end()
  await database.drop()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function fixture(migrations: Record<string, string>): Promise<string> {
  const folder = await writeMigrations(migrations)
  folders.push(folder)
  return folder
}
const withColumn = () => fixture({ ...TABLES, '1_column': 'ALTER TABLE stock ADD COLUMN name text' })
const columns = async () =>
  (await database.query(`SELECT attname FROM pg_attribute WHERE attrelid = 'stock'::regclass AND attnum > 0`)).length

/** Resolves when a session waits for a lock on a table. */
const untilWaiting = (table: string) =>
  until(async () => (await database.query('SELECT FROM pg_locks WHERE relation = $1::regclass AND NOT granted', [table])).length > 0)

describe('a migration that another transaction blocks', () => {
  test('reports the blocking session and is applied when its transaction ends', async () => {
    await other.query('BEGIN; SELECT FROM stock')
    const migrated = migrate(database.connection, { folder: await withColumn(), report, lockRetry: PATIENT })
    await until(() => reports.some((line) => line.includes(`process ${otherPid}`)))
    await other.query('COMMIT')
    expect(await migrated).toEqual(['1_column'])
    expect(reports.find((line) => line.includes('blocked by'))).toMatch(
      /^migration 1_column: waits for AccessExclusiveLock on stock, blocked by process \d+ \(application "report of sales", idle in transaction, in a transaction for \d+ s\); attempt \d+ of 101, the next one in 0.05 s$/,
    )
    expect(await columns()).toBe(2)
  })

  test('lets the statements of other sessions run between its attempts', async () => {
    await other.query('BEGIN; SELECT FROM stock')
    const migrated = migrate(database.connection, { folder: await withColumn(), report, lockRetry: PATIENT })
    await untilWaiting('stock')
    // Queues behind the migration, which waits for as long as the other transaction is open.
    await database.query('SELECT FROM stock')
    await other.query('COMMIT')
    await migrated
    expect(await columns()).toBe(2)
  })

  test('fails after the last attempt with who blocks it and what to do, and is applied by the next start', async () => {
    await other.query('BEGIN; SELECT FROM stock')
    const lockRetry = { timeoutMs: 2000, pausesMs: [10] }
    const folder = await withColumn()
    await expect(migrate(database.connection, { folder, report, lockRetry })).rejects.toThrow(
      new RegExp(
        `^migration 1_column was not applied in 2 attempts: it waits for AccessExclusiveLock on stock, blocked by process ${otherPid} ` +
          `\\(application "report of sales", idle in transaction, in a transaction for \\d+ s\\)\\. ` +
          `End that transaction \\(SELECT pg_terminate_backend\\(${otherPid}\\)\\), then run npx quittance migrate or start again$`,
      ),
    )
    expect(await columns()).toBe(1)
    await other.query('COMMIT')
    expect(await migrate(database.connection, { folder })).toEqual(['1_column'])
  })

  test('is repeated after a deadlock', async () => {
    // Only the migration looks for deadlocks in time, so PostgreSQL cancels its transaction.
    await database.query(`ALTER DATABASE ${database.connection.database} SET deadlock_timeout = '3s'`)
    await other.query(`SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE prices`)
    const folder = await fixture({ ...TABLES, '1_columns': 'ALTER TABLE stock ADD COLUMN a int; ALTER TABLE prices ADD COLUMN a int' })
    const migrated = migrate(database.connection, { folder, report, lockRetry: { timeoutMs: 120_000, pausesMs: [10] } })
    await untilWaiting('prices')
    await other.query('LOCK TABLE stock')
    await other.query('COMMIT')
    expect(await migrated).toEqual(['1_columns'])
    expect(reports).toHaveLength(1)
  })

  test('stops waiting when it is aborted', async () => {
    await other.query('BEGIN; SELECT FROM stock')
    const stopping = new AbortController()
    const lockRetry = { timeoutMs: 100, pausesMs: [3_600_000] }
    const options = { folder: await withColumn(), report: () => stopping.abort(), signal: stopping.signal, lockRetry }
    await expect(migrate(database.connection, options)).rejects.toThrow(/aborted/)
    expect(await columns()).toBe(1)
  })
})

test('repeats the migrations of the job tables when another transaction blocks them', async () => {
  await database.query(`DROP SCHEMA graphile_worker CASCADE; CREATE SCHEMA graphile_worker; CREATE TABLE graphile_worker.migrations
    (id int PRIMARY KEY, ts timestamptz NOT NULL DEFAULT now(), breaking boolean NOT NULL DEFAULT false)`)
  await other.query('BEGIN; LOCK TABLE graphile_worker.migrations IN SHARE MODE')
  const migrated = migrate(database.connection, { folder: await fixture(TABLES), report, lockRetry: PATIENT })
  await until(() => reports.some((line) => line.includes(`process ${otherPid}`)))
  await other.query('COMMIT')
  expect(await migrated).toEqual(['graphile_worker'])
  expect(reports.find((line) => line.includes('blocked by'))).toContain(
    'migration graphile_worker: waits for RowExclusiveLock on graphile_worker.migrations, blocked by process',
  )
})

describe('while another process applies migrations', () => {
  beforeEach(async () => {
    await other.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK_KEY])
  })

  test('reports it once and waits for its end', async () => {
    // A lock_timeout of the role does not end this wait.
    await database.query(`ALTER DATABASE ${database.connection.database} SET lock_timeout = '1ms'`)
    const migrated = migrate(database.connection, { folder: await withColumn(), report })
    await until(() => reports.length > 0)
    expect(await columns()).toBe(1)
    await other.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK_KEY])
    expect(await migrated).toEqual(['1_column'])
    expect(reports).toEqual([
      `another process applies migrations: process ${otherPid} (application "report of sales", idle); waiting for its end`,
    ])
  })

  test('stops waiting when it is aborted', async () => {
    const stopping = new AbortController()
    const options = { folder: await withColumn(), report: () => stopping.abort(), signal: stopping.signal }
    await expect(migrate(database.connection, options)).rejects.toThrow(/aborted/)
    expect(await columns()).toBe(1)
  })
})

test('names its connection and replaces the timeouts of the role', async () => {
  await database.query(`ALTER DATABASE ${database.connection.database} SET statement_timeout = '500ms'`)
  const folder = await fixture({
    ...TABLES,
    '1_settings': `CREATE TABLE settings AS SELECT current_setting('application_name') AS name, current_setting('lock_timeout') AS lock_timeout
      FROM pg_sleep(0.6)`,
  })
  await migrate(database.connection, { folder })
  expect(await database.query('SELECT name, lock_timeout FROM settings')).toEqual([{ name: 'quittance migrations', lock_timeout: '3s' }])
})
