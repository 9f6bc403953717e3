import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { parseDatabaseConfig } from '../../../src/config/config.js'
import { WorkerRegistry } from '../../../src/platform/jobs/worker-registry.js'
import { databaseAccess } from '../../../src/platform/postgres/database-access.js'
import { createQuietPool } from '../../../src/platform/postgres/quiet-pool.js'
import { cloneDatabase } from '../../support/database.js'
import { testLogger } from '../../support/logger.js'

let pool: pg.Pool
let admin: pg.Client

beforeAll(async () => {
  const connection = await cloneDatabase()
  pool = createQuietPool(databaseAccess(parseDatabaseConfig({}).database, connection).direct)
  admin = new pg.Client(connection)
  await admin.connect()
})
afterAll(async () => {
  await pool.end()
  await admin.end()
})

afterEach(() => {
  vi.useRealTimers()
})

async function announcedWorkers(): Promise<string[]> {
  const { rows } = await admin.query(
    "SELECT application_name AS name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'pool-%'",
  )
  return rows.map(({ name }) => name)
}

test('announces a worker at its restart, although the connection of the previous one was lost', async () => {
  const registry = new WorkerRegistry(pool, testLogger())
  await registry.start('pool-before')
  expect(await announcedWorkers()).toEqual(['pool-before'])
  await admin.query("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'pool-before'")
  await registry.start('pool-after')
  expect(await announcedWorkers()).toEqual(['pool-after'])
  registry.stop()
})

test('announces its worker again when the connection is lost, without waiting for the next heartbeat', async () => {
  const registry = new WorkerRegistry(pool, testLogger())
  // No heartbeat is due during the test.
  vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout'] })
  await registry.start('pool-lost')
  const { rows } = await admin.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'pool-lost'")
  await admin.query('SELECT pg_terminate_backend($1, 60000)', [rows[0].pid])
  await expect.poll(announcedWorkers, { timeout: 30_000 }).toEqual(['pool-lost'])
  registry.stop()
})
