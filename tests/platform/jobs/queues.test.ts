import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { defineJob, enqueue, queueName } from '../../../src/platform/jobs/queue.js'
import { startWorker } from '../../../src/platform/jobs/worker.js'
import { deliver, event, payment } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { testLogger } from '../../support/logger.js'
import type { TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const SUBJECTS = 1000
const QUEUES_PER_SOURCE = 64

let server: TestServer
let close: () => Promise<void>

beforeEach(async () => {
  const started = await startWithLemonSqueezy(START)
  server = started.server
  close = async () => {
    await server.close()
    await started.api.close()
  }
})
afterEach(() => close())

const query = async <R extends pg.QueryResultRow>(sql: string, values: unknown[] = []) =>
  (await server.connections.pool.query<R>(sql, values)).rows
const listQueues = async () =>
  (await query<{ name: string }>('SELECT queue_name AS name FROM graphile_worker._private_job_queues ORDER BY 1')).map(({ name }) => name)
const addFormerJob = (name: string, database: pg.Pool | pg.Client = server.connections.pool) =>
  database.query('SELECT graphile_worker.add_job(\'processWebhook\', \'{"eventId":"999"}\', queue_name => $1, job_key => $1)', [name])

test('uses at most 64 queues for the events of a thousand subjects', async () => {
  for (let id = 1; id <= SUBJECTS; id += 1)
    expect((await deliver(server.url, event('subscription_payment_success', payment(id, id, START)))).status).toBe(200)
  const queues = await listQueues()
  expect(queues.length).toBeLessThanOrEqual(QUEUES_PER_SOURCE)
  expect(queues.length).toBeGreaterThan(QUEUES_PER_SOURCE / 2)
  expect((await query('SELECT FROM graphile_worker._private_jobs')).length).toBe(SUBJECTS)
})

test('uses the same queue whether an event is received or processed again', async () => {
  await deliver(server.url, event('subscription_payment_success', payment(1, 1, START)))
  await server.settle()
  const [{ id, source, subject } = { id: '', source: '', subject: '' }] = await query<{ id: string; source: string; subject: string }>(
    'SELECT id, source, subject FROM webhook_events',
  )
  expect(await listQueues()).toEqual([queueName(source, subject)])
  await server.ask('admin', 'mutation ($id: ID!) { replayProviderEvent(input: { eventId: $id }) { event { status } } }', { id })
  expect(await query('SELECT queue_name FROM graphile_worker.jobs')).toEqual([{ queue_name: queueName(source, subject) }])
})

test('runs the jobs of a subject one after another, in order', async () => {
  const job = defineJob('record', z.object({ subject: z.string(), number: z.int() }))
  const running = new Set<string>()
  const finished: { subject: string; number: number }[] = []
  const overlapping: string[] = []
  const record = async (payload: unknown) => {
    const { subject, number } = job.payload.parse(payload)
    if (running.has(subject)) overlapping.push(subject)
    running.add(subject)
    // Jobs that did not wait for each other would finish in another order.
    await new Promise((done) => setTimeout(done, 5 * (8 - number)))
    running.delete(subject)
    finished.push({ subject, number })
  }
  const subjects = Array.from({ length: 5 }, (_, index) => `subscription:${index}`)
  for (const subject of subjects) {
    for (let number = 0; number < 8; number += 1)
      await enqueue(server.services.db, job, { subject, number }, `${subject}:${number}`, { queue: queueName('test', subject) })
  }
  const stop = startWorker({ database: server.access, tasks: { record }, crontab: '', log: testLogger() })
  await expect.poll(() => finished.length).toBe(40)
  await stop()
  expect(overlapping).toEqual([])
  for (const subject of subjects)
    expect(finished.filter((each) => each.subject === subject).map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('the purge removes former queues without jobs, and jobs in former queues still run', async () => {
  await query(`
    INSERT INTO graphile_worker._private_job_queues (queue_name)
    SELECT 'lemonsqueezy:subscription:' || n FROM generate_series(1, 12000) AS n`)
  await addFormerJob('lemonsqueezy:subscription:7')
  await enqueue(server.services.db, defineJob('processWebhook', z.unknown()), { eventId: '998' }, 'current', {
    queue: queueName('lemonsqueezy', 'subscription:7'),
  })
  await server.runTask('sweep')
  const current = queueName('lemonsqueezy', 'subscription:7')
  expect(await listQueues()).toEqual([current, 'lemonsqueezy:subscription:7'].sort())
  await server.settle()
  expect(await query('SELECT FROM graphile_worker.jobs')).toEqual([])
  await server.runTask('sweep')
  expect(await listQueues()).toEqual([current])
})

test('the purge spares a queue to which a running transaction adds a job', async () => {
  const name = 'lemonsqueezy:subscription:7'
  await addFormerJob(name)
  await server.settle()
  const other = new pg.Client(server.database)
  await other.connect()
  await other.query('BEGIN')
  await addFormerJob(name, other)
  await server.runTask('sweep')
  await other.query('COMMIT')
  await other.end()
  expect(await listQueues()).toEqual([name])
  await server.settle()
  expect(await query('SELECT FROM graphile_worker.jobs')).toEqual([])
})
