import pLimit from 'p-limit'
import type pg from 'pg'
import type { Logger } from '../../core/logger.js'

const WORKER_HEARTBEAT_INTERVAL_MS = 15_000
const RETRY_DELAY_MS = 1000

/** The session of a previous worker of this process may be visible for some time after its connection was lost. */
const RELEASE_LOCKS = `
  SELECT force_unlock_workers(array_agg(DISTINCT locked_by)) FROM (
    SELECT locked_by FROM _private_jobs WHERE locked_by IS NOT NULL
    UNION SELECT locked_by FROM _private_job_queues WHERE locked_by IS NOT NULL) AS locks
  WHERE locked_by = $1 OR NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = locks.locked_by)`

/**
 * The record of live workers. Each process announces its worker as the application name of a database
 * connection, which closes when the process ends in any way. Jobs that are locked by a worker without such a
 * connection are unlocked at every heartbeat; otherwise they would stay locked for hours.
 */
export class WorkerRegistry {
  readonly #pool: pg.Pool
  readonly #log: Logger
  /** Heartbeats run one after the other, so that they open one connection. */
  readonly #limit = pLimit(1)
  #name = ''
  #previousName = ''
  #presenceConnection: pg.PoolClient | undefined
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(pool: pg.Pool, log: Logger) {
    this.#pool = pool
    this.#log = log
  }

  /** @param name  the name with which the workers of this process lock jobs */
  async start(name: string): Promise<void> {
    this.#previousName = this.#name
    this.#name = name
    // A worker is restarted when it has lost the database, and then this connection is lost too. Until the next
    // heartbeat, other processes would take the new worker for dead and run its jobs as well.
    this.#disconnect()
    await this.#heartbeat()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#disconnect()
  }

  #disconnect(): void {
    this.#presenceConnection?.release(true)
    this.#presenceConnection = undefined
  }

  #heartbeat(): Promise<void> {
    return this.#limit(async () => {
      clearTimeout(this.#timer)
      const isAnnounced = await this.#announceAndRecover()
      if (this.#isStopped) return this.#disconnect()
      this.#timer = setTimeout(() => void this.#heartbeat(), isAnnounced ? WORKER_HEARTBEAT_INTERVAL_MS : RETRY_DELAY_MS).unref()
    })
  }

  async #announceAndRecover(): Promise<boolean> {
    try {
      this.#presenceConnection ??= await this.#connect()
      await this.#presenceConnection.query("SELECT set_config('application_name', $1, false)", [this.#name])
      await this.#pool.query(RELEASE_LOCKS, [this.#previousName])
      return true
    } catch (error) {
      this.#disconnect()
      this.#log.warn({ reason: (error as Error).message }, 'failed to recover jobs of dead workers')
      return false
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    const connection = await this.#pool.connect()
    connection.once('end', () => this.#reconnect(connection))
    return connection
  }

  /** Reconnects at once, because until then other processes release the jobs of this one, which still runs them. */
  #reconnect(lost: pg.PoolClient): void {
    if (lost !== this.#presenceConnection) return
    this.#disconnect()
    void this.#heartbeat()
  }
}
