import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Logger } from '../../core/logger.js'
import { type Prisma, PrismaClient } from './generated/client.js'
import { createStatementNamer } from './prepared-statements.js'
import { measureStatements } from './query-instrumentation.js'
import { createRawQuery, type RawQuery } from './raw-query.js'
import { limitTransactions } from './transaction.js'

/** The Prisma client, which the modules use to read and write. */
export type Database = PrismaClient
export type Transaction = Prisma.TransactionClient

/** One connection pool. Prisma uses it, and health checks and runtime settings use it directly. */
export interface Connections {
  db: Database
  pool: pg.Pool
  rawQuery: RawQuery
  close(): Promise<void>
}

/**
 * @param connection  options of `pg`: a connection string, or host (the folder of a socket), user and
 *    database
 * @param log  logs lost connections, which the pool replaces
 */
export function connect(connection: pg.PoolConfig, log: Logger): Connections {
  const pool = new pg.Pool({ connectionTimeoutMillis: 10_000, ...connection })
  const onError = (error: Error) => log.warn({ reason: error.message }, 'a database connection was lost')
  pool.on('error', onError).on('connect', (client) => {
    client.on('error', onError)
    measureStatements(client)
  })
  const nameOf = createStatementNamer('q')
  const db = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) }) })
  limitTransactions(db, pool.options.max)
  return {
    db,
    pool,
    rawQuery: createRawQuery(pool),
    async close() {
      await db.$disconnect()
      await pool.end()
    },
  }
}
