// Jobs as the server adds and runs them, compared with graphile-worker as its guide shows it.
import { run } from 'graphile-worker'
import { pino } from 'pino'
import { z } from 'zod'
import { parseDatabaseConfig } from '../dist/config/config.js'
import { defineJob, enqueue, queueName } from '../dist/platform/jobs/queue.js'
import { startWorker } from '../dist/platform/jobs/worker.js'
import { databaseAccess } from '../dist/platform/postgres/database-access.js'
import { runTransaction } from '../dist/platform/postgres/transaction.js'
import { connectDirectly, openPool } from './database.mjs'
import { silentLogger } from './job-queue.mjs'
import { race } from './measure.mjs'
import { sized } from './size.mjs'

const JOBS = sized(1000, 20)
/** Transactions that add jobs at the same time, and jobs that run at the same time. */
const CONCURRENCY = 4
const JOB = defineJob('bench_ours', z.object({ number: z.number() }))
const PEER_TASK = 'bench_peer'

/**
 * @param database  without other running jobs
 * @returns jobs that are added one by one, each in a transaction, while a worker runs them
 */
export async function benchWorkers(database) {
  const ours = prepareQuittance(database)
  const peer = preparePeer(database)
  const results = await race('job workers', { ours: ours.contestant, peer: peer.contestant }, { rounds: sized(3, 1), database })
  await ours.close()
  await peer.close()
  return results
}

/** The worker of the server, and jobs in the queue of their subject. */
function prepareQuittance({ connection }) {
  const { db, close } = connectDirectly({ ...connection, user: 'quittance' }, CONCURRENCY)
  const { database: settings } = parseDatabaseConfig({})
  const access = databaseAccess(settings, { ...connection, user: 'quittance' })
  const counter = countRuns()
  const tasks = { [JOB.name]: counter.task }
  const log = pino({ level: 'silent' })
  let stopWorker
  const add = (number) =>
    runTransaction(db, (tx) => enqueue(tx, JOB, { number }, `bench:${number}`, { queue: queueName('bench', `subject:${number}`) }))
  const contestant = {
    role: 'quittance',
    operations: JOBS,
    start() {
      stopWorker = startWorker({ database: access, tasks, crontab: '', log })
    },
    run: () => addAndAwait(add, counter),
    stop: () => stopWorker(),
  }
  return { contestant, close }
}

function preparePeer(database) {
  const connection = JSON.parse(database.peerConnection())
  const pool = openPool(connection, CONCURRENCY)
  const workerPool = openPool(connection, CONCURRENCY + 3)
  const counter = countRuns()
  let runner
  const add = (number) =>
    pool.query({
      name: 'add',
      text: 'SELECT FROM graphile_worker.add_job($1, $2, queue_name => $3)',
      values: [PEER_TASK, { number }, `peer:${number % 64}`],
    })
  const contestant = {
    role: 'peer',
    operations: JOBS,
    async start() {
      const taskList = { [PEER_TASK]: counter.task }
      runner = await run({ pgPool: workerPool, taskList, concurrency: CONCURRENCY, noHandleSignals: true, logger: silentLogger })
    },
    run: () => addAndAwait(add, counter),
    stop: () => runner.stop(),
  }
  return { contestant, close: () => Promise.all([pool.end(), workerPool.end()]) }
}

function countRuns() {
  let runs = 0
  let target = 0
  let finish = () => undefined
  return {
    task() {
      runs += 1
      if (runs === target) finish()
    },
    /** Resolves after this number of further runs. */
    expect(further) {
      target = runs + further
      return new Promise((done) => {
        finish = done
      })
    },
  }
}

async function addAndAwait(add, counter) {
  const finished = counter.expect(JOBS)
  let next = 0
  const addAll = async () => {
    while (next < JOBS) {
      next += 1
      await add(next)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, addAll))
  await finished
}
