import pLimit, { type LimitFunction } from 'p-limit'
import { busyError } from '../../core/errors.js'

/** Connections that transactions leave to those who only read. */
const CONNECTIONS_FOR_READS = 2
const MAX_QUEUED_TRANSACTIONS = 5000

const limiters = new WeakMap<object, LimitFunction>()

/** Transactions wait for their turn here and not for a connection, where waiting counts as running and has an end. @param db  whose */
export function limitTransactions(db: object, connections: number): void {
  limiters.set(db, pLimit(Math.max(1, connections - CONNECTIONS_FOR_READS)))
}

/** How many wait for their turn in this process. */
export function countQueuedTransactions(db: object): number {
  return limiters.get(db)?.pendingCount ?? 0
}

/** @throws BUSY when too many wait already */
export function runLimited<T>(db: object, run: () => Promise<T>): Promise<T> {
  const queue = limiters.get(db)
  if (queue && queue.pendingCount >= MAX_QUEUED_TRANSACTIONS) throw busyError('Too much is being changed at once; try again in a moment')
  return queue ? queue(run) : run()
}
