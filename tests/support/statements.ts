import { addMeasurementObserver } from '../../src/core/instrumentation.js'

/** Every process polls the settings. */
const SETTINGS_POLL = 'SELECT settings'
/** Every process polls the versions of the plans. */
const CATALOG_POLL = 'WITH plans'
/** Notifications of other processes follow a commit after some milliseconds. */
const NOTIFICATIONS = 'SELECT unnest'
/** A withdrawal covers many requests, so it occurs irregularly. The first of a principal inserts its budget. */
const RATE_LIMIT_WITHDRAWAL = ['UPDATE caller_budgets', 'INSERT caller_budgets']

interface Options {
  /** Whether withdrawals of rate limit points are included. */
  includeRateLimit?: boolean
}

/** Lists the SQL statements that the server sends while `work` runs, each with its verb and table. */
export async function countStatements(work: () => Promise<unknown>, { includeRateLimit = false }: Options = {}): Promise<string[]> {
  const statements: string[] = []
  const stop = addMeasurementObserver((kind, { statement }) => {
    const ignored = [SETTINGS_POLL, CATALOG_POLL, NOTIFICATIONS, ...(includeRateLimit ? [] : RATE_LIMIT_WITHDRAWAL)]
    if (kind === 'statement' && !ignored.includes(String(statement))) statements.push(String(statement))
    return undefined
  })
  try {
    await work()
  } finally {
    stop()
  }
  // Sorted, because loaders read concurrently in any order.
  return statements.sort()
}
