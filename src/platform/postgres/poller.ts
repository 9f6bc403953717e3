import type pg from 'pg'
import { createQuietPool } from './quiet-pool.js'

const POLL_INTERVAL_MS = 500
const POLL_TIMEOUT_MS = 5000

interface PollOptions<Row> {
  connection: pg.PoolConfig
  sql: string
  /** @param requestedAt  when the query was sent, milliseconds of a monotonic clock */
  onRow(row: Row, requestedAt: number): void
  onError(error: Error): void
}

/**
 * Runs a query that returns one row twice a second. It uses a connection of its own, so that a pool without a free
 * connection does not delay it.
 */
export class Poller<Row extends pg.QueryResultRow> {
  readonly #options: PollOptions<Row>
  readonly #pool: pg.Pool
  #timer: NodeJS.Timeout | undefined
  #isPolling = false

  constructor(options: PollOptions<Row>) {
    this.#options = options
    const timeouts = { connectionTimeoutMillis: POLL_TIMEOUT_MS, query_timeout: POLL_TIMEOUT_MS }
    this.#pool = createQuietPool({ ...options.connection, ...timeouts, max: 1, application_name: 'quittance replica lag' })
  }

  async start(): Promise<void> {
    await this.#poll()
    this.#timer = setInterval(() => void this.#poll(), POLL_INTERVAL_MS).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#pool.end()
  }

  async #poll(): Promise<void> {
    if (this.#isPolling) return
    this.#isPolling = true
    const { sql, onRow, onError } = this.#options
    const requestedAt = performance.now()
    try {
      const { rows } = await this.#pool.query<Row>(sql)
      for (const row of rows) onRow(row, requestedAt)
    } catch (error) {
      onError(error as Error)
    } finally {
      this.#isPolling = false
    }
  }
}
