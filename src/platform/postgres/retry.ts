import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { isConflict, isStaleStatement } from './database-errors.js'

const MAX_ATTEMPTS = 4
const MAX_PAUSE_MS = 50

/**
 * Repeats database work that failed because of a conflict with a concurrent transaction or because of a stale
 * prepared statement. In both cases PostgreSQL has rolled it back.
 * @param renewStatements  called after a stale statement; prepares all statements again
 */
export async function retryConflicts<T>(work: () => Promise<T>, renewStatements: () => void): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const isStale = isStaleStatement(error)
      if (attempt === MAX_ATTEMPTS || !(isStale || isConflict(error))) throw error
      if (isStale) renewStatements()
      // Competing transactions pause for different times, so that they do not meet again.
      await pause(Math.random() * MAX_PAUSE_MS * attempt)
    }
  }
}

/** Repeats the statements that a pool runs outside transactions. */
export function retryStatements(pool: pg.Pool, renewStatements: () => void): void {
  const query = pool.query as (...parameters: unknown[]) => unknown
  pool.query = ((...parameters: unknown[]) => {
    if (typeof parameters.at(-1) === 'function') return query.apply(pool, parameters)
    return retryConflicts(async () => query.apply(pool, parameters), renewStatements)
  }) as typeof pool.query
}
