const WRITE = /^\s*(?!SELECT\b)|\bFOR (NO KEY )?UPDATE\b/i
const IGNORE = () => undefined

/** The writes and locks of this process that PostgreSQL has not answered yet. */
export class RunningStatements {
  readonly #startedAt = new Set<{ at: number }>()

  /** @returns a function to call when the statement has ended */
  start(sql: string): () => void {
    if (!WRITE.test(sql)) return IGNORE
    const statement = { at: performance.now() }
    this.#startedAt.add(statement)
    return () => this.#startedAt.delete(statement)
  }

  /** The age of the oldest one in milliseconds, 0 if there is none. */
  get oldestWriteMs(): number {
    // A set iterates in the order of insertion.
    const [oldest] = this.#startedAt
    return oldest ? performance.now() - oldest.at : 0
  }
}
