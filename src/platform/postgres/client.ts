import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Logger } from '../../core/logger.js'
import { instrumentConnection } from './connection-instrumentation.js'
import type { PoolAccess } from './database-access.js'
import { installationName } from './database-schema.js'
import { type Prisma, PrismaClient } from './generated/client.js'
import { NotificationSender } from './notifications.js'
import { StatementNamer } from './prepared-statements.js'
import { createRawQuery, poolExecutor, type RawQuery } from './raw-query.js'
import { retryStatements } from './retry.js'
import { setExecutor } from './run-statement.js'
import { RunningStatements } from './running-statements.js'
import { prepareTransactions } from './transaction.js'
import { poolForPrisma } from './transaction-connection.js'

/** The Prisma client, which the modules use to read and write. */
export type Database = PrismaClient
export type Transaction = Prisma.TransactionClient

/** A connection is renewed after this time, so that its memory and its prepared statements do not grow forever. */
const MAX_CONNECTION_LIFETIME_SECONDS = 600

/** One connection pool. Prisma uses it, and health checks and runtime settings use it directly. */
export interface Connections {
  db: Database
  pool: pg.Pool
  schema: string
  rawQuery: RawQuery
  runningStatements: RunningStatements
  close(): Promise<void>
}

/** @param log  logs lost connections, which the pool replaces */
export function connect({ options, transactionSettings, preparesStatements, schema }: PoolAccess, log: Logger): Connections {
  const pool = new pg.Pool({ maxLifetimeSeconds: MAX_CONNECTION_LIFETIME_SECONDS, ...options, pipeline: true })
  const namer = preparesStatements ? new StatementNamer() : undefined
  const runningStatements = new RunningStatements()
  const onError = (error: Error) => log.warn({ reason: error.message }, 'a database connection was lost')
  pool.on('error', onError).on('connect', (client) => {
    client.on('error', onError)
    instrumentConnection(client, { namer, runningStatements, transactionSettings })
  })
  const renewStatements = () => namer?.renew()
  retryStatements(pool, renewStatements)
  const db = new PrismaClient({ adapter: new PrismaPg(poolForPrisma(pool), { schema }) })
  const notifications = new NotificationSender(pool, installationName(schema), log)
  prepareTransactions(db, { pool, notifications, renewStatements })
  setExecutor(db, poolExecutor(pool))
  return {
    db,
    pool,
    schema,
    rawQuery: createRawQuery(pool),
    runningStatements,
    async close() {
      await notifications.close()
      await db.$disconnect()
      await pool.end()
    },
  }
}
