import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Runner, TaskList, WorkerEvents, Logger as WorkerLogger } from 'graphile-worker'
import pg from 'pg'
import type { Logger } from '../../core/logger.js'
import type { DatabaseAccess } from '../postgres/database-access.js'
import { jobsSchema } from '../postgres/database-schema.js'
import { WorkerRegistry } from './worker-registry.js'

const CONCURRENCY = 4
const JOB_POLL_INTERVAL_MS = 5000
const RESTART_DELAY_MS = 2000
const STOP_TIMEOUT_MS = 10_000

interface WorkerOptions {
  database: Pick<DatabaseAccess, 'direct' | 'schema'>
  tasks: TaskList
  crontab: string
  log: Logger
}

/**
 * Runs jobs as soon as they are added, in order. Failed jobs are retried with an increasing delay. The worker
 * has its own connections, so that a burst of requests does not delay it.
 * @returns a function that stops the worker after the running jobs have ended
 */
export function startWorker({ database, tasks, crontab, log }: WorkerOptions): () => Promise<void> {
  const pool = new pg.Pool({ ...database.direct, max: CONCURRENCY + 3 })
  const onError = (error: Error) => log.warn({ reason: error.message }, 'a database connection of the job worker was lost')
  pool.on('error', onError).on('connect', (client) => client.on('error', onError))
  const stop = new AbortController()
  const registry = new WorkerRegistry(pool, log)
  let runner: Runner | undefined
  // Fails when the runner is already being interrupted; then there is nothing to stop.
  const stopRunner = () => runner?.stop().catch(() => undefined)
  // The runner ends when it cannot record that a job has failed. It is restarted until
  // the database is available again.
  const keepRunning = async () => {
    while (!stop.signal.aborted) {
      runner = await startRunner(pool, registry, { database, tasks, crontab, log }, stop.signal)
      if (stop.signal.aborted) return stopRunner()
      await runner?.promise.catch((error: Error) => log.warn({ reason: error.message }, 'the job worker was interrupted, restarting'))
      if (!stop.signal.aborted) await pause(RESTART_DELAY_MS, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  const running = keepRunning()
  const stopAll = async () => {
    await stopRunner()
    await running
    registry.stop()
    await pool.end()
  }
  return async () => {
    stop.abort()
    // Without a database the running jobs cannot end. Another process recovers them with its next heartbeat.
    await Promise.race([stopAll(), pause(STOP_TIMEOUT_MS, undefined, { ref: false })])
  }
}

/** @returns undefined when the worker was stopped before it could start */
async function startRunner(
  pool: pg.Pool,
  registry: WorkerRegistry,
  { database, tasks, crontab, log }: WorkerOptions,
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
        schema: jobsSchema(database.schema),
        taskList: tasks,
        crontab,
        concurrency: CONCURRENCY,
        pollInterval: JOB_POLL_INTERVAL_MS,
        noHandleSignals: true,
        // Only batched completions are retried. Without the retry, an unavailable
        // database would end the process.
        preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
        logger,
        events,
      })
      await registry.start(name)
      return runner
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'the job worker cannot start yet, retrying')
      await pause(RESTART_DELAY_MS, undefined, { signal: stop }).catch(() => undefined)
    }
  }
  return undefined
}

/** Logs errors and warnings of graphile-worker as warnings and everything else at debug level. */
function quietLogger(LoggerClass: typeof WorkerLogger, log: Logger): WorkerLogger {
  return new LoggerClass(() => (level, message, details) => {
    const severe = level === 'error' || level === 'warning'
    const reason = (details?.error as Error | undefined)?.message
    log[severe ? 'warn' : 'debug'](reason === undefined ? {} : { reason }, message)
  })
}
