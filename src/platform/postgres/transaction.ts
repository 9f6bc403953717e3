import type { Database, Transaction } from './client.js'
import { runLimited } from './transaction-limiter.js'

/** Long timeouts, because a burst of requests for one customer queues on its row lock. */
const TRANSACTION_OPTIONS = { maxWait: 30_000, timeout: 30_000 }

/** Runs `work` in one transaction. Must not be called within another transaction. @throws BUSY */
export async function runTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return runLimited(db, () => db.$transaction(work, TRANSACTION_OPTIONS))
}
