import pLimit, { type LimitFunction } from 'p-limit'
import { busyError } from '../../core/errors.js'
import type { Prisma, PrismaClient } from './generated/client.js'
import { type DatabaseNotification, type NotificationSender, takeNotifications } from './notifications.js'
import { retryConflicts } from './retry.js'

/** Long timeouts, because a burst of requests for one customer queues on its row lock. */
const TRANSACTION_OPTIONS = { maxWait: 30_000, timeout: 30_000 }
/** Connections that are reserved for reads. */
const CONNECTIONS_FOR_READS = 2
const MAX_QUEUED_TRANSACTIONS = 5000

interface TransactionRunner {
  /**
   * Limits the concurrent transactions. They wait here instead of for a connection, where the wait would count
   * towards the timeout of the transaction.
   */
  limit: LimitFunction
  notifications: NotificationSender
  /** Prepares all statements again. */
  renewStatements(): void
}

const runners = new WeakMap<PrismaClient, TransactionRunner>()

interface TransactionSetup extends Omit<TransactionRunner, 'limit'> {
  connections: number
}

/** Enables the transactions of a client. Call it once, after creating the client. */
export function prepareTransactions(db: PrismaClient, { connections, ...setup }: TransactionSetup): void {
  runners.set(db, { ...setup, limit: pLimit(Math.max(1, connections - CONNECTIONS_FOR_READS)) })
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
  const { limit, notifications, renewStatements } = getRunner(db)
  if (limit.pendingCount >= MAX_QUEUED_TRANSACTIONS) throw busyError('the server is overloaded; retry shortly')
  const { result, changes } = await limit(() => retryConflicts(() => runOnce(db, work), renewStatements))
  notifications.send(changes)
  return result
}

async function runOnce<T>(db: PrismaClient, work: (tx: Prisma.TransactionClient) => Promise<T>) {
  let changes: DatabaseNotification[] = []
  const result = await db.$transaction(async (tx) => {
    const outcome = await work(tx)
    changes = takeNotifications(tx)
    return outcome
  }, TRANSACTION_OPTIONS)
  return { result, changes }
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
