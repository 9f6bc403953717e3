import type { Database, Transaction } from './client.js'
import { runLimited } from './transaction-limiter.js'

/** A burst of requests for one holder queues on its row lock, so waiting is normal and giving up is not. */
const TRANSACTION_OPTIONS = { maxWait: 30_000, timeout: 30_000 }

/** Runs `work` in one transaction: all of it happens, or nothing. Never call it within another one. @throws BUSY */
export async function runTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return runLimited(db, () => db.$transaction(work, TRANSACTION_OPTIONS))
}
