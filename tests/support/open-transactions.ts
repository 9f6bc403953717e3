import type { TestServer } from './server.js'

/** Counts the transactions of a server's database that are open while their connection is idle. */
export async function countOpenTransactions({ connections }: TestServer): Promise<number> {
  const { rows } = await connections.pool.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
  )
  return rows[0].count
}
