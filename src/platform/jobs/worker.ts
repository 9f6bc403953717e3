import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Runner, TaskList, WorkerEvents, Logger as WorkerLogger } from 'graphile-worker'
import pg from 'pg'
import type { Logger } from '../../core/logger.js'
import { closeWhenSilent } from '../postgres/connection-instrumentation.js'
import type { DatabaseAccess } from '../postgres/database-access.js'
import { jobsSchema } from '../postgres/database-schema.js'
import { WorkerRegistry } from './worker-registry.js'

const CONCURRENCY = 4
const JOB_POLL_INTERVAL_MS = 5000
const RESTART_DELAY_MS = 2000
const STOP_TIMEOUT_MS = 10_000
/** How long running jobs may take to end when the worker is interrupted. */
const INTERRUPTION_TIMEOUT_MS = 5000

interface WorkerOptions {
  database: Pick<DatabaseAccess, 'direct' | 'schema'>
  tasks: TaskList
  crontab: string
  log: Logger
}

interface RunningWorker {
  runner: Runner
  /** Returns why `runner` has ended without being stopped, also when its own promise never settles. */
  interruption: Promise<string>
}

/**
 * Runs jobs as soon as they are added, in order. Failed jobs are retried with an increasing delay. The worker
 * has its own connections, so that a burst of requests does not delay it.
 * @returns a function that stops the worker after the running jobs have ended
 */
export function startWorker({ database, tasks, crontab, log }: WorkerOptions): () => Promise<void> {
  const pool = new pg.Pool({ ...database.direct, max: CONCURRENCY + 3 })
  const onError = (error: Error) => log.warn({ reason: error.message }, 'a database connection of the job worker was lost')
  pool.on('error', onError).on('connect', (client) => closeWhenSilent(client.on('error', onError)))
  const stop = new AbortController()
  const registry = new WorkerRegistry(pool, log)
  let current: RunningWorker | undefined
  // Fails when the runner is already being interrupted; then there is nothing to stop.
  const stopRunner = () => current?.runner.stop().catch(() => undefined)
  // The runner ends when it cannot record that a job has ended. It is restarted until
  // the database is available again.
  const keepRunning = async () => {
    while (!stop.signal.aborted) {
      current = await startRunner(pool, registry, { database, tasks, crontab, log }, stop.signal)
      if (!current || stop.signal.aborted) return stopRunner()
      const reason = await Promise.race([current.runner.promise.catch(({ message }) => message), current.interruption])
      if (!stop.signal.aborted) log.warn({ reason }, 'the job worker was interrupted, restarting')
      void stopRunner()
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
): Promise<RunningWorker | undefined> {
  const { Logger, run } = await import('graphile-worker')
  const logger = quietLogger(Logger, log)
  while (!stop.aborted) {
    try {
      const events: WorkerEvents = new EventEmitter()
      let name = ''
      events.once('pool:create', ({ workerPool }) => {
        name = workerPool.id
      })
      const interruption = endAfterError(events, stop)
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
      return { runner, interruption }
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'the job worker cannot start yet, retrying')
      await pause(RESTART_DELAY_MS, undefined, { signal: stop }).catch(() => undefined)
    }
  }
  return undefined
}

/**
 * Ends the worker after an error, within some time. When it could not record the ends of two jobs, neither its promise
 * nor its shutdowns ever settle.
 * @returns why it has ended
 */
function endAfterError(events: WorkerEvents, stop: AbortSignal): Promise<string> {
  const ignore = () => undefined
  return new Promise((done) => {
    const end = () => done('the ends of jobs could not be recorded')
    events.once('pool:forcefulShutdown:complete', end).once('pool:forcefulShutdown:error', end)
    // If the response was lost, a job is locked that nobody runs. The locks of replaced workers are released.
    events.once('worker:getJob:error', ({ worker: { workerPool } }) => {
      Promise.resolve(workerPool.gracefulShutdown('no job could be fetched')).catch(ignore)
    })
    events.once('pool:gracefulShutdown', ({ workerPool }) => {
      const force = () => Promise.resolve(workerPool.forcefulShutdown('the job worker was interrupted')).catch(ignore)
      if (!stop.aborted) setTimeout(force, INTERRUPTION_TIMEOUT_MS).unref()
    })
  })
}

/** Logs errors and warnings of graphile-worker as warnings and everything else at debug level. */
function quietLogger(LoggerClass: typeof WorkerLogger, log: Logger): WorkerLogger {
  return new LoggerClass(() => (level, message, details) => {
    const severe = level === 'error' || level === 'warning'
    const reason = (details?.error as Error | undefined)?.message
    log[severe ? 'warn' : 'debug'](reason === undefined ? {} : { reason }, message)
  })
}
