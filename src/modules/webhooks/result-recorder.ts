import type { Logger } from '../../core/logger.js'
import type { AttemptResult } from './record-results.js'

const MAX_BATCH_SIZE = 500
const RETRY_DELAY_MS = 1000

interface RecorderOptions {
  /** The longest time that a result waits for others. */
  delayMs: number
  /** Writes a batch. */
  write(results: readonly AttemptResult[]): Promise<void>
  /** Called after results were written, and at once if there are none to write. */
  onRecorded(results: readonly AttemptResult[]): void
  log: Logger
}

/**
 * Collects the results of attempts and writes them together. Results that cannot be written are kept and written
 * later, so that no event is sent twice because the database was unavailable for a moment.
 */
export class ResultRecorder {
  readonly #options: RecorderOptions
  #results: AttemptResult[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #writeAgain = false

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  /** The statement that is running. */
  get writing(): Promise<void> | undefined {
    return this.#writing
  }

  add(result: AttemptResult): void {
    this.#results.push(result)
    if (this.#results.length >= MAX_BATCH_SIZE) this.flush()
    else this.#flushAfter(this.#options.delayMs)
  }

  /** Writes what was collected; if a statement is running, after it. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writeAgain = true
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
      // Requested after the last check.
      if (this.#writeAgain) this.flush()
    })
  }

  /** Writes what was collected once more, and then no longer. */
  async close(): Promise<void> {
    this.flush()
    await this.#writing
    clearTimeout(this.#timer)
  }

  async #writeAll(): Promise<void> {
    while (this.#writeAgain) {
      this.#writeAgain = false
      const batch = this.#results.splice(0, MAX_BATCH_SIZE)
      try {
        if (batch.length > 0) await this.#options.write(batch)
        this.#options.onRecorded(batch)
      } catch (error) {
        this.#results.unshift(...batch)
        this.#options.log.warn(
          { reason: (error as Error).message, results: batch.length },
          'failed to record deliveries of events, retrying',
        )
        this.#flushAfter(RETRY_DELAY_MS)
      }
    }
  }

  #flushAfter(delayMs: number): void {
    this.#timer ??= setTimeout(() => this.flush(), delayMs)
  }
}
