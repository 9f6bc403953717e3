import type pg from 'pg'
import type { Logger } from '../../core/logger.js'
import type { Prisma } from './generated/client.js'

/** Tells every process what has changed. Its keys name the changed data, which receivers read again. */
export type DatabaseNotification = Readonly<Record<string, unknown>>

const COALESCING_MS = 20
const RETRY_DELAY_MS = 1000
const MAX_BATCH_SIZE = 500
/** With more unsent notifications, one that makes receivers read everything again replaces them. */
const MAX_QUEUED_NOTIFICATIONS = 10_000

/** Makes receivers read again whatever they know. */
export const RESYNC: DatabaseNotification = { resync: true }

const queuedByTransaction = new WeakMap<Prisma.TransactionClient, DatabaseNotification[]>()

/** Notifies every process of a change when the transaction has been committed. */
export function notifyAfterCommit(tx: Prisma.TransactionClient, notification: DatabaseNotification): void {
  const queued = queuedByTransaction.get(tx)
  if (queued) queued.push(notification)
  else queuedByTransaction.set(tx, [notification])
}

export function takeNotifications(tx: Prisma.TransactionClient): DatabaseNotification[] {
  const queued = queuedByTransaction.get(tx) ?? []
  queuedByTransaction.delete(tx)
  return queued
}

/**
 * Sends the notifications of committed changes. NOTIFY within a transaction would hold a lock of the
 * whole cluster until the commit is on disk, so notifications have transactions of their own, each for all
 * changes of the last milliseconds. A process that is killed in between loses them: receivers therefore also poll.
 */
export class NotificationSender {
  readonly #pool: pg.Pool
  readonly #channel: string
  readonly #log: Logger
  /** Payloads, each once. */
  readonly #queue = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined

  constructor(pool: pg.Pool, channel: string, log: Logger) {
    this.#pool = pool
    this.#channel = channel
    this.#log = log
  }

  send(notifications: readonly DatabaseNotification[]): void {
    for (const notification of notifications) this.#queue.add(JSON.stringify(notification))
    if (this.#queue.size > MAX_QUEUED_NOTIFICATIONS) {
      this.#queue.clear()
      this.#queue.add(JSON.stringify(RESYNC))
    }
    if (this.#queue.size > 0) this.#schedule(COALESCING_MS)
  }

  /** Sends what is queued. Call it before the pool ends. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#sending
    if (this.#queue.size > 0) await this.#sendBatch()
    clearTimeout(this.#timer)
  }

  #schedule(delayMs: number): void {
    if (this.#timer || this.#sending) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#sending = this.#sendBatch().finally(() => {
        this.#sending = undefined
        if (this.#queue.size > 0) this.#schedule(COALESCING_MS)
      })
    }, delayMs)
  }

  async #sendBatch(): Promise<void> {
    const batch = [...this.#queue].slice(0, MAX_BATCH_SIZE)
    for (const payload of batch) this.#queue.delete(payload)
    try {
      await this.#pool.query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [this.#channel, batch])
    } catch (error) {
      this.#log.warn({ reason: (error as Error).message }, 'failed to notify other processes of changes, retrying')
      for (const payload of batch) this.#queue.add(payload)
      await new Promise((done) => setTimeout(done, RETRY_DELAY_MS).unref())
    }
  }
}
