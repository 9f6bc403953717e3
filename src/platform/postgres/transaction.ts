import type { Database, Transaction } from './client.js'
import { queued } from './transaction-limiter.js'

/** A burst of requests for one holder queues on its row lock, so waiting is normal and giving up is not. */
const LIMITS = { maxWait: 30_000, timeout: 30_000 }

/** Runs `work` in one transaction: all of it happens, or nothing. Never call it within another one. @throws BUSY */
export async function transact<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return queued(db, () => db.$transaction(work, LIMITS))
}
