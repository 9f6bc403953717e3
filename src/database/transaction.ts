import pLimit, { type LimitFunction } from 'p-limit'
import { busy } from '../core/errors.js'
import type { Database, Transaction } from './client.js'

/** A burst of requests for one holder queues on its row lock, so waiting is normal and giving up is not. */
const LIMITS = { maxWait: 30_000, timeout: 30_000 }
/** Connections that transactions leave to those who only read. */
const LEFT_FOR_READS = 2
const MOST_WAITING = 5000

const queues = new WeakMap<Database, LimitFunction>()

/** Transactions wait for their turn here and not for a connection, where waiting counts as running and has an end. */
export function queueTransactions(db: Database, connections: number): void {
  queues.set(db, pLimit(Math.max(1, connections - LEFT_FOR_READS)))
}

/** How many wait for their turn in this process. */
export function transactionsWaiting(db: Database): number {
  return queues.get(db)?.pendingCount ?? 0
}

/** Runs `work` in one transaction: all of it happens, or nothing. Never call it within another one. @throws BUSY */
export function transact<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const run = () => db.$transaction(work, LIMITS)
  const queue = queues.get(db)
  if (queue && queue.pendingCount >= MOST_WAITING) throw busy('Too much is being changed at once; try again in a moment')
  return queue ? queue(run) : run()
}
