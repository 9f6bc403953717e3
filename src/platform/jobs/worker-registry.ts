import type pg from 'pg'
import type { Logger } from '../../core/logger.js'

const WORKER_HEARTBEAT_INTERVAL_MS = 15_000

/**
 * The record of live workers. Each process announces its worker as the application name of a database
 * connection, which closes when the process ends in any way. Jobs that are locked by a worker without such a
 * connection are unlocked at every heartbeat; otherwise they would stay locked for hours.
 */
export class WorkerRegistry {
  readonly #pool: pg.Pool
  readonly #log: Logger
  #name = ''
  #presenceConnection: pg.PoolClient | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(pool: pg.Pool, log: Logger) {
    this.#pool = pool
    this.#log = log
  }

  /** @param name  the name with which the workers of this process lock jobs */
  async start(name: string): Promise<void> {
    clearInterval(this.#timer)
    this.#name = name
    // A worker is restarted when it has lost the database, and then this connection is lost too. Until the next
    // heartbeat, other processes would take the new worker for dead and run its jobs as well.
    this.#disconnect()
    await this.#heartbeat()
    this.#timer = setInterval(() => void this.#heartbeat(), WORKER_HEARTBEAT_INTERVAL_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#disconnect()
  }

  #disconnect(): void {
    this.#presenceConnection?.release(true)
    this.#presenceConnection = undefined
  }

  async #heartbeat(): Promise<void> {
    try {
      await this.#announce()
      await this.#pool.query(`
        SELECT force_unlock_workers(array_agg(DISTINCT locked_by)) FROM (
          SELECT locked_by FROM _private_jobs WHERE locked_by IS NOT NULL
          UNION SELECT locked_by FROM _private_job_queues WHERE locked_by IS NOT NULL) AS locks
        WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = locks.locked_by)`)
    } catch (error) {
      this.#disconnect()
      this.#log.warn({ reason: (error as Error).message }, 'failed to recover jobs of dead workers')
    }
  }

  async #announce(): Promise<void> {
    this.#presenceConnection ??= await this.#pool.connect()
    await this.#presenceConnection.query("SELECT set_config('application_name', $1, false)", [this.#name])
  }
}
