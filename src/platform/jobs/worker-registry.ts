import type pg from 'pg'
import type { Logger } from '../../core/logger.js'

const HEARTBEAT_INTERVAL_MS = 15_000

/**
 * Which workers are alive: each process names its own on a connection that it keeps, and that ends with it, however it
 * ends. Work that is still reserved for a worker that nobody names is given back; left alone, it would wait for hours.
 */
export class WorkerRegistry {
  readonly #pool: pg.Pool
  readonly #log: Logger
  #name = ''
  #sign: pg.PoolClient | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(pool: pg.Pool, log: Logger) {
    this.#pool = pool
    this.#log = log
  }

  /** @param name  under which our workers reserve work */
  async start(name: string): Promise<void> {
    clearInterval(this.#timer)
    this.#name = name
    await this.#look()
    this.#timer = setInterval(() => void this.#look(), HEARTBEAT_INTERVAL_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#sign?.release(true)
  }

  async #look(): Promise<void> {
    try {
      await this.#nameOurs()
      await this.#pool.query(`
        SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT locked_by)) FROM (
          SELECT locked_by FROM graphile_worker._private_jobs WHERE locked_by IS NOT NULL
          UNION SELECT locked_by FROM graphile_worker._private_job_queues WHERE locked_by IS NOT NULL) AS reserved
        WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = reserved.locked_by)`)
    } catch (error) {
      this.#sign?.release(true)
      this.#sign = undefined
      this.#log.warn({ reason: (error as Error).message }, 'work of dead workers could not be looked for')
    }
  }

  async #nameOurs(): Promise<void> {
    this.#sign ??= await this.#pool.connect()
    await this.#sign.query("SELECT set_config('application_name', $1, false)", [this.#name])
  }
}
