import { observe } from '../../src/core/telemetry.js'

/** What a process asks by itself, or now and then: the flag every second, and points in advance for many requests. */
const NOT_OF_A_REQUEST = new Set(['SELECT settings', 'INSERT caller_budgets'])

/** The SQL statements that the server sends to its database while `work` runs, each by its verb and table. */
export async function countStatements(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = []
  const stop = observe((kind, { statement }) => {
    if (kind === 'statement' && !NOT_OF_A_REQUEST.has(String(statement))) statements.push(String(statement))
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
