import pLimit, { type LimitFunction } from 'p-limit'
import { busyError } from '../../core/errors.js'

/** Connections that are reserved for reads. */
const CONNECTIONS_FOR_READS = 2
const MAX_QUEUED_TRANSACTIONS = 5000

const limiters = new WeakMap<object, LimitFunction>()

/**
 * Limits the concurrent transactions of a client. They wait here instead of for a connection, where the wait
 * would count towards the timeout of the transaction.
 */
export function limitTransactions(db: object, connections: number): void {
  limiters.set(db, pLimit(Math.max(1, connections - CONNECTIONS_FOR_READS)))
}

/** The number of transactions that wait in this process. */
export function countQueuedTransactions(db: object): number {
  return limiters.get(db)?.pendingCount ?? 0
}

/** @throws BUSY when too many transactions are waiting */
export function runLimited<T>(db: object, run: () => Promise<T>): Promise<T> {
  const queue = limiters.get(db)
  if (queue && queue.pendingCount >= MAX_QUEUED_TRANSACTIONS) throw busyError('the server is overloaded; retry shortly')
  return queue ? queue(run) : run()
}
