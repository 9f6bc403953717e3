import { addMeasurementObserver } from '../../src/core/instrumentation.js'

/** What a process asks by itself: the flag every second. */
const OF_THE_PROCESS = 'SELECT settings'
/** Points in advance for many requests, now and then. */
const OF_BUDGETS = 'INSERT caller_budgets'

interface Options {
  /** Whether withdrawals from budgets count too. */
  ofBudgets?: boolean
}

/** The SQL statements that the server sends to its database while `work` runs, each by its verb and table. */
export async function countStatements(work: () => Promise<unknown>, { ofBudgets = false }: Options = {}): Promise<string[]> {
  const statements: string[] = []
  const stop = addMeasurementObserver((kind, { statement }) => {
    const isCounted = statement !== OF_THE_PROCESS && (ofBudgets || statement !== OF_BUDGETS)
    if (kind === 'statement' && isCounted) statements.push(String(statement))
    return undefined
  })
  try {
    await work()
  } finally {
    stop()
  }
  // Loaders read side by side, in whatever order the pool serves them.
  return statements.sort()
}
