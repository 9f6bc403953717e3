const WRITE = /^\s*(?!SELECT\b)|\bFOR (NO KEY )?UPDATE\b/i
const IGNORE = () => undefined
const MAX_CACHED_TEXTS = 1000
const writes = new Map<string, boolean>()

function isWrite(sql: string): boolean {
  const known = writes.get(sql) ?? WRITE.test(sql)
  if (writes.size < MAX_CACHED_TEXTS) writes.set(sql, known)
  return known
}

/** The writes and locks of this process that PostgreSQL has not answered yet. */
export class RunningStatements {
  readonly #startedAt = new Set<{ at: number }>()

  /** @returns a function to call when the statement has ended */
  start(sql: string): () => void {
    if (!isWrite(sql)) return IGNORE
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
