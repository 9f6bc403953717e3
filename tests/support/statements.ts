import pg from 'pg'
import type { TestServer } from './server.js'

/** What a process asks by itself, or now and then: the flag every second, its ears, and points in advance for many requests. */
const NOT_OF_A_REQUEST = /FROM settings|^SELECT 1$|caller_budgets/

/** The SQL statements that the server sends to its database while `work` runs. */
export async function countStatements(server: TestServer, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = []
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function (this: pg.Client & { database?: string }, ...parameters: unknown[]) {
    const [first] = parameters
    const text = typeof first === 'string' ? first : String((first as { text?: string } | undefined)?.text)
    if (this.database === server.database.database && !NOT_OF_A_REQUEST.test(text)) statements.push(text.trim().slice(0, 60))
    return Reflect.apply(query, this, parameters)
  } as typeof query
  try {
    await work()
  } finally {
    pg.Client.prototype.query = query
  }
  // Loaders read side by side, in whatever order the pool serves them.
  return statements.sort()
}
