import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { readMigrations } from '../../../src/platform/postgres/migration-files.js'
import { assertMigrated, migrate } from '../../../src/platform/postgres/migrations.js'

let admin: pg.Client
let connection: pg.PoolConfig

beforeEach(async () => {
  const server = { host: inject('databaseSocket'), user: inject('databaseUser') }
  connection = { ...server, database: `migrations_${randomUUID().replaceAll('-', '')}` }
  admin = new pg.Client({ ...server, database: 'postgres' })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${connection.database}`)
})
afterEach(async () => {
  await admin.query(`DROP DATABASE ${connection.database} WITH (FORCE)`)
  await admin.end()
})

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection)
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}
const names = async () => (await readMigrations()).map(({ name }) => name)

test('applies every migration once when two processes start at the same time', async () => {
  const applied = await Promise.all([migrate(connection), migrate(connection)])
  expect(
    applied
      .flat()
      .filter((name) => name !== 'graphile_worker')
      .sort(),
  ).toEqual(await names())
  const history = await query('SELECT migration_name, finished_at IS NOT NULL AS done FROM _prisma_migrations ORDER BY 1')
  expect(history).toEqual((await names()).map((migration_name) => ({ migration_name, done: true })))
  expect(await migrate(connection)).toEqual([])
})

test('rolls back a migration that fails and retries it at the next start', async () => {
  // The second migration creates its own objects: one that exists already makes it fail halfway.
  await query('CREATE TABLE invoice_counters (id integer)')
  await expect(migrate(connection)).rejects.toThrow(/migration \w+ failed and was rolled back/)
  const before = await query('SELECT migration_name FROM _prisma_migrations')
  const pool = new pg.Pool(connection)
  await expect(assertMigrated(pool)).rejects.toThrow(/run npx quittance migrate first/)
  await pool.end()
  await query('DROP TABLE invoice_counters')
  expect((await migrate(connection)).length).toBe((await names()).length + 1 - before.length)
})
