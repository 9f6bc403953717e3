import pLimit, { type LimitFunction } from 'p-limit'
import { busy } from '../../core/errors.js'

/** Connections that transactions leave to those who only read. */
const LEFT_FOR_READS = 2
const MOST_WAITING = 5000

const queues = new WeakMap<object, LimitFunction>()

/** Transactions wait for their turn here and not for a connection, where waiting counts as running and has an end. @param db  whose */
export function queueTransactions(db: object, connections: number): void {
  queues.set(db, pLimit(Math.max(1, connections - LEFT_FOR_READS)))
}

/** How many wait for their turn in this process. */
export function transactionsWaiting(db: object): number {
  return queues.get(db)?.pendingCount ?? 0
}

/** @throws BUSY when too many wait already */
export function queued<T>(db: object, run: () => Promise<T>): Promise<T> {
  const queue = queues.get(db)
  if (queue && queue.pendingCount >= MOST_WAITING) throw busy('Too much is being changed at once; try again in a moment')
  return queue ? queue(run) : run()
}
