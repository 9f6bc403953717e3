import type { TestServer } from './server.js'

type Listener = (event: { query: string }) => void

/** The SQL statements that Prisma sends while `work` runs. */
export async function countStatements(server: TestServer, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = []
  let listening = true
  const db = server.connections.db as unknown as { $on(event: 'query', listener: Listener): void }
  db.$on('query', ({ query }) => {
    if (listening) statements.push(query.slice(0, 60))
  })
  await work()
  listening = false
  // Loaders read side by side, in whatever order the pool serves them.
  return statements.sort()
}
