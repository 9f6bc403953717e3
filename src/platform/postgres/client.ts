import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Logger } from '../../core/logger.js'
import { type Prisma, PrismaClient } from './generated/client.js'
import { createStatementNamer } from './prepared-statements.js'
import { measureStatements } from './query-instrumentation.js'
import { createRawQuery, type RawQuery } from './raw-query.js'
import { limitTransactions } from './transaction-limiter.js'

/** Reads and writes of the domain go through Prisma. */
export type Database = PrismaClient
export type Transaction = Prisma.TransactionClient

/** One pool, seen by Prisma and, for what is not the domain's (health, flags), by itself. */
export interface Connections {
  db: Database
  pool: pg.Pool
  rows: RawQuery
  close(): Promise<void>
}

/**
 * @param connection  of `pg`: a connection string, or the host (a socket's folder), user and database
 * @param log         told of connections that break; the pool replaces them
 */
export function connect(connection: pg.PoolConfig, log: Logger): Connections {
  const pool = new pg.Pool({ connectionTimeoutMillis: 10_000, ...connection })
  const onError = (error: Error) => log.warn({ reason: error.message }, 'a database connection broke')
  pool.on('error', onError).on('connect', (client) => {
    client.on('error', onError)
    measureStatements(client)
  })
  const nameOf = createStatementNamer('q')
  const db = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) }) })
  limitTransactions(db as unknown as Database, pool.options.max)
  return {
    db: db as unknown as Database,
    pool,
    rows: createRawQuery(pool),
    async close() {
      await db.$disconnect()
      await pool.end()
    },
  }
}
