import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { type Prisma, PrismaClient } from './generated/client.js'
import { observeStatements } from './observe-statements.js'
import { type ReadRows, readRowsOf } from './read-rows.js'
import { queueTransactions } from './transaction-queue.js'

/** Reads and writes of the domain go through Prisma. */
export type Database = PrismaClient
export type Transaction = Prisma.TransactionClient

/** One pool, seen by Prisma and, for what is not the domain's (health, flags), by itself. */
export interface Connections {
  db: Database
  pool: pg.Pool
  rows: ReadRows
  close(): Promise<void>
}

const MAX_PREPARED = 500
/** Long lists of values: they do not come again, and are not kept. */
const LONGEST_PREPARED = 20_000

/**
 * Names for statements, so that PostgreSQL plans each once for a connection and not with every request. What comes after
 * the first 500 different ones, such as lists of unusual lengths, is planned as it comes.
 */
function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined || names.size >= MAX_PREPARED || sql.length > LONGEST_PREPARED) return known ?? ''
    const name = `q${names.size}`
    names.set(sql, name)
    return name
  }
}

/**
 * @param connection  of `pg`: a connection string, or the host (a socket's folder), user and database
 * @param log         told of connections that break; the pool replaces them
 */
export function connect(connection: pg.PoolConfig, log: { warn(details: object, message: string): void }): Connections {
  const pool = new pg.Pool({ connectionTimeoutMillis: 10_000, ...connection })
  const onError = (error: Error) => log.warn({ reason: error.message }, 'a database connection broke')
  pool.on('error', onError).on('connect', (client) => {
    client.on('error', onError)
    observeStatements(client)
  })
  const db = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: statementNames() }),
  })
  queueTransactions(db as unknown as Database, pool.options.max)
  return {
    db: db as unknown as Database,
    pool,
    rows: readRowsOf(pool),
    async close() {
      await db.$disconnect()
      await pool.end()
    },
  }
}
