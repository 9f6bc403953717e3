import pLimit, { type LimitFunction } from 'p-limit'
import type pg from 'pg'
import { busyError } from '../../core/errors.js'
import type { Prisma, PrismaClient } from './generated/client.js'
import { type DatabaseNotification, type NotificationSender, takeNotifications } from './notifications.js'
import { retryConflicts } from './retry.js'
import { TransactionConnection } from './transaction-connection.js'
import { prepareLateWrites, runSteps, takeLateWrites } from './write-at-end.js'

/** Connections that are reserved for reads. */
const CONNECTIONS_FOR_READS = 2
const MAX_QUEUED_TRANSACTIONS = 5000

interface TransactionRunner {
  /**
   * Limits the concurrent transactions. They wait here instead of for a connection, where the wait would count
   * towards the timeout of the transaction.
   */
  limit: LimitFunction
  pool: pg.Pool
  notifications: NotificationSender
  /** Prepares all statements again. */
  renewStatements(): void
}

const runners = new WeakMap<PrismaClient, TransactionRunner>()

/** Enables the transactions of a client. Call it once, after creating the client. */
export function prepareTransactions(db: PrismaClient, setup: Omit<TransactionRunner, 'limit'>): void {
  runners.set(db, { ...setup, limit: pLimit(Math.max(1, setup.pool.options.max - CONNECTIONS_FOR_READS)) })
}

/** The number of transactions that wait in this process. */
export function countQueuedTransactions(db: PrismaClient): number {
  return getRunner(db).limit.pendingCount
}

/**
 * Runs `work` in one transaction. Must not be called within another transaction.
 * @param work  only reads and writes the database: it is repeated after a conflict with a concurrent transaction
 * @throws BUSY when too many transactions are waiting
 */
export async function runTransaction<T>(db: PrismaClient, work: (tx: Prisma.TransactionClient) => Promise<T>): Promise<T> {
  const { limit, pool, notifications, renewStatements } = getRunner(db)
  if (limit.pendingCount >= MAX_QUEUED_TRANSACTIONS) throw busyError('the server is overloaded; retry shortly')
  const { result, changes } = await limit(() => retryConflicts(() => runOnce(db, pool, work), renewStatements))
  notifications.send(changes)
  return result
}

async function runOnce<T>(db: PrismaClient, pool: pg.Pool, work: (tx: Prisma.TransactionClient) => Promise<T>) {
  const connection = await TransactionConnection.begin(pool, db)
  const { transaction } = connection
  const { result, late, row } = await commitWork(db, connection, work).catch(async (error: unknown) => {
    await connection.rollBack()
    throw error
  })
  late.onWritten(row)
  const changes: DatabaseNotification[] = takeNotifications(transaction)
  return { result, changes }
}

/** @returns the result of the work, and the row of its late writes */
async function commitWork<T>(db: PrismaClient, connection: TransactionConnection, work: (tx: Prisma.TransactionClient) => Promise<T>) {
  const { transaction } = connection
  prepareLateWrites(transaction, db)
  const result = await work(transaction)
  await runSteps(transaction)
  const late = takeLateWrites(transaction)
  return { result, late, row: await connection.commit(late.statement) }
}

/** Notifies every process of a change that was made outside `runTransaction`. */
export function notify(db: PrismaClient, notification: DatabaseNotification): void {
  getRunner(db).notifications.send([notification])
}

function getRunner(db: PrismaClient): TransactionRunner {
  const runner = runners.get(db)
  if (!runner) throw new Error('the transactions of this client are not prepared')
  return runner
}
