import pLimit, { type LimitFunction } from 'p-limit'
import { busyError } from '../../core/errors.js'
import type { Prisma, PrismaClient } from './generated/client.js'

/** Long timeouts, because a burst of requests for one customer queues on its row lock. */
const TRANSACTION_OPTIONS = { maxWait: 30_000, timeout: 30_000 }
/** Connections that are reserved for reads. */
const CONNECTIONS_FOR_READS = 2
const MAX_QUEUED_TRANSACTIONS = 5000

const limiters = new WeakMap<PrismaClient, LimitFunction>()

/**
 * Limits the concurrent transactions of a client. They wait here instead of for a connection, where the wait
 * would count towards the timeout of the transaction.
 */
export function limitTransactions(db: PrismaClient, connections: number): void {
  limiters.set(db, pLimit(Math.max(1, connections - CONNECTIONS_FOR_READS)))
}

/** The number of transactions that wait in this process. */
export function countQueuedTransactions(db: PrismaClient): number {
  return limiters.get(db)?.pendingCount ?? 0
}

/**
 * Runs `work` in one transaction. Must not be called within another transaction.
 * @throws BUSY when too many transactions are waiting
 */
export async function runTransaction<T>(db: PrismaClient, work: (tx: Prisma.TransactionClient) => Promise<T>): Promise<T> {
  if (countQueuedTransactions(db) >= MAX_QUEUED_TRANSACTIONS) throw busyError('the server is overloaded; retry shortly')
  const run = () => db.$transaction(work, TRANSACTION_OPTIONS)
  return limiters.get(db)?.(run) ?? run()
}
