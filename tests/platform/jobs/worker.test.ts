import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { parseDatabaseConfig } from '../../../src/config/config.js'
import { defineJob } from '../../../src/platform/jobs/queue.js'
import { startWorker } from '../../../src/platform/jobs/worker.js'
import { databaseAccess } from '../../../src/platform/postgres/database-access.js'
import { createQuietPool } from '../../../src/platform/postgres/quiet-pool.js'
import { cloneDatabase } from '../../support/database.js'
import { testLogger } from '../../support/logger.js'
import { socketOf, TcpProxy } from '../../support/tcp-proxy.js'

const CONCURRENT_JOBS = 4
const SHORT_TIMEOUT_MS = 3000

const job = defineJob('record', z.object({ number: z.int() }))

let proxy: TcpProxy
let pool: pg.Pool
let stop: () => Promise<void>
let finished: number[]
/** The jobs that wait until a test lets them end. */
let waiting: (() => void)[]

beforeEach(async () => {
  const connection = await cloneDatabase()
  proxy = await TcpProxy.start(socketOf(connection))
  pool = createQuietPool(connection)
  finished = []
  waiting = []
  const record = async (payload: unknown) => {
    const { number } = job.payload.parse(payload)
    if (number <= CONCURRENT_JOBS && !finished.includes(number)) await new Promise<void>((done) => waiting.push(done))
    finished.push(number)
  }
  const { database } = parseDatabaseConfig({ DATABASE_STATEMENT_TIMEOUT_MS: String(SHORT_TIMEOUT_MS) })
  const access = databaseAccess(database, { ...connection, host: proxy.host, port: proxy.port })
  stop = startWorker({ database: access, tasks: { record }, crontab: '', log: testLogger() })
})
afterEach(async () => {
  await stop()
  await proxy.close()
  await pool.end()
})

const addJob = (number: number) => pool.query("SELECT graphile_worker.add_job('record', json_build_object('number', $1::int))", [number])

async function startConcurrentJobs(): Promise<void> {
  for (let number = 1; number <= CONCURRENT_JOBS; number += 1) await addJob(number)
  await expect.poll(() => waiting.length, { timeout: 30_000 }).toBe(CONCURRENT_JOBS)
}

/** Ends the jobs one after the other, so that the worker reports each separately. */
async function endConcurrentJobs(): Promise<void> {
  for (const end of waiting) {
    end()
    await new Promise((done) => setTimeout(done, 100))
  }
}

test('runs jobs again after the completions of several jobs were lost', async () => {
  await startConcurrentJobs()
  proxy.refuse()
  await endConcurrentJobs()
  proxy.restore()
  await addJob(100)
  await expect.poll(() => finished, { timeout: 60_000 }).toContain(100)
})

test('runs jobs again after its connections were lost without being closed', async () => {
  await startConcurrentJobs()
  proxy.silenceOpenConnections()
  await endConcurrentJobs()
  await addJob(100)
  await expect.poll(() => finished, { timeout: 60_000 }).toContain(100)
})

test('runs a job whose assignment to a worker was lost', async () => {
  await addJob(99)
  await expect.poll(() => finished, { timeout: 30_000 }).toContain(99)
  const countLocked = async () => (await pool.query('SELECT FROM graphile_worker._private_jobs WHERE locked_by IS NOT NULL')).rowCount
  const countWaiting = async () =>
    (await pool.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).rowCount
  const other = await pool.connect()
  try {
    // The worker polls for jobs, and its statement waits.
    await other.query('BEGIN; LOCK TABLE graphile_worker._private_jobs')
    await expect.poll(countWaiting, { timeout: 30_000 }).toBeGreaterThan(0)
    proxy.silenceOpenConnections()
    await other.query("SELECT graphile_worker.add_job('record', json_build_object('number', 100)); COMMIT")
    await expect.poll(countLocked, { timeout: 30_000 }).toBe(1)
  } finally {
    other.release(true)
  }
  await expect.poll(() => finished, { timeout: 60_000 }).toContain(100)
})
