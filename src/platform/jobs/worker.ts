import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Runner, TaskList, WorkerEvents, Logger as WorkerLogger } from 'graphile-worker'
import pg from 'pg'
import type { Logger } from '../../core/logger.js'
import { WorkerRegistry } from './worker-registry.js'

const CONCURRENCY = 4
const POLL_INTERVAL_MS = 5000
const RESTART_DELAY_MS = 2000
const STOP_TIMEOUT_MS = 10_000

interface WorkerOptions {
  connection: pg.PoolConfig
  tasks: TaskList
  crontab: string
  log: Logger
}

/**
 * Does background work as soon as it is asked for, in the order in which it was. What fails is tried again, later each
 * time. Its connections are its own, so that a burst of requests does not hold it up.
 * @returns what stops it, once the work under way is done
 */
export function startWorker({ connection, tasks, crontab, log }: WorkerOptions): () => Promise<void> {
  const pool = new pg.Pool({ ...connection, max: CONCURRENCY + 3 })
  const onError = (error: Error) => log.warn({ reason: error.message }, 'a database connection of the jobs broke')
  pool.on('error', onError).on('connect', (client) => client.on('error', onError))
  const stop = new AbortController()
  const roll = new WorkerRegistry(pool, log)
  let runner: Runner | undefined
  // Where it is being interrupted at this moment, there is nothing to stop.
  const stopRunner = () => runner?.stop().catch(() => undefined)
  /** A worker that cannot even write down that a job has failed ends them all: with the database back, there are new ones. */
  const keepRunning = async () => {
    while (!stop.signal.aborted) {
      runner = await startRunner(pool, roll, { tasks, crontab, log }, stop.signal)
      if (stop.signal.aborted) return stopRunner()
      await runner?.promise.catch((error: Error) => log.warn({ reason: error.message }, 'background work was interrupted'))
      if (!stop.signal.aborted) await pause(RESTART_DELAY_MS, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  const running = keepRunning()
  const end = async () => {
    await stopRunner()
    await running
    roll.stop()
    await pool.end()
  }
  return async () => {
    stop.abort()
    // With a database that is away there is no end to wait for; what was under way is given back by whoever looks next.
    await Promise.race([end(), pause(STOP_TIMEOUT_MS, undefined, { ref: false })])
  }
}

/** @returns undefined when it was stopped before it could start */
async function startRunner(
  pool: pg.Pool,
  roll: WorkerRegistry,
  { tasks, crontab, log }: Omit<WorkerOptions, 'connection'>,
  stop: AbortSignal,
): Promise<Runner | undefined> {
  const { Logger, run } = await import('graphile-worker')
  const logger = quietLogger(Logger, log)
  while (!stop.aborted) {
    try {
      const events: WorkerEvents = new EventEmitter()
      let name = ''
      events.once('pool:create', ({ workerPool }) => {
        name = workerPool.id
      })
      const runner = await run({
        pgPool: pool,
        taskList: tasks,
        crontab,
        concurrency: CONCURRENCY,
        pollInterval: POLL_INTERVAL_MS,
        noHandleSignals: true,
        // Written down in batches, however small: only then is it tried again, and a database that is away ends no process.
        preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
        logger,
        events,
      })
      await roll.start(name)
      return runner
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'background work cannot start yet')
      await pause(RESTART_DELAY_MS, undefined, { signal: stop }).catch(() => undefined)
    }
  }
  return undefined
}

/** Only what somebody should look at is worth a line: that a job came and went is not. */
function quietLogger(Kind: typeof WorkerLogger, log: Logger): WorkerLogger {
  return new Kind(() => (level, message, details) => {
    const severe = level === 'error' || level === 'warning'
    const reason = (details?.error as Error | undefined)?.message
    log[severe ? 'warn' : 'debug'](reason === undefined ? {} : { reason }, message)
  })
}
