import { z } from 'zod'
import { storedCustomerId, storedId } from '../../core/json-ids.js'
import type { Logger } from '../../core/logger.js'
import type { Database } from '../../platform/postgres/client.js'
import type { DatabaseNotification } from '../../platform/postgres/notifications.js'
import { listManagerIds } from '../identity/index.js'
import type { ChangeFeed, ChangeMessage } from '../services.js'

/** A subscriber with more buffered messages than this is disconnected and must resync. */
const MAX_BUFFERED_MESSAGES = 1000

/** The notification about a changed order or changed limits. */
const changeSchema = z.object({
  order: storedId.optional(),
  userId: storedCustomerId.nullish(),
  organisationId: storedCustomerId.nullish(),
})

/**
 * Fans out database notifications about orders and limits to subscribers. A message reports that something
 * has changed but carries no state, so unread messages about the same order or customer are merged into one.
 */
export class DatabaseChangeFeed implements ChangeFeed {
  readonly #db: Database
  readonly #log: Logger
  readonly #subscribers = new Set<ChangeSubscriber>()
  /** Settles when the last published notification has been dispatched. */
  #queue: Promise<void> = Promise.resolve()

  constructor(db: Database, log: Logger) {
    this.#db = db
    this.#log = log
  }

  subscribe(isWanted: (message: ChangeMessage) => boolean): AsyncIterableIterator<ChangeMessage> {
    const subscriber = new ChangeSubscriber(isWanted, () => this.#subscribers.delete(subscriber))
    this.#subscribers.add(subscriber)
    return subscriber
  }

  /** Dispatches notifications in the order of arrival, although some of them need a query. */
  publish(notification: DatabaseNotification): Promise<void> {
    this.#queue = this.#queue.then(() => this.#dispatch(notification))
    return this.#queue
  }

  async #dispatch(notification: DatabaseNotification): Promise<void> {
    if (this.#subscribers.size === 0) return
    try {
      const { order: orderId = null, userId = null, organisationId = null } = changeSchema.parse(notification)
      const managers = organisationId === null ? new Set<string>() : await listManagerIds(this.#db, organisationId)
      const message = { orderId, userId, organisationId, managers }
      for (const subscriber of this.#subscribers) subscriber.push(message)
    } catch (error) {
      this.#log.warn({ reason: (error as Error).message }, 'failed to publish a change to subscribers')
      this.disconnectAll()
    }
  }

  /** Disconnects all subscribers, so that they resync: messages may have been lost. */
  disconnectAll(): void {
    for (const subscriber of this.#subscribers) subscriber.disconnect()
  }
}

class ChangeSubscriber implements AsyncIterableIterator<ChangeMessage> {
  readonly #isWanted: (message: ChangeMessage) => boolean
  readonly #onEnd: () => void
  readonly #buffer = new Map<string, ChangeMessage>()
  #wake: (() => void) | undefined
  #state: 'open' | 'ended' | 'failed' = 'open'

  constructor(isWanted: (message: ChangeMessage) => boolean, onEnd: () => void) {
    this.#isWanted = isWanted
    this.#onEnd = onEnd
  }

  push(message: ChangeMessage): void {
    if (!this.#isWanted(message)) return
    const { orderId, userId, organisationId } = message
    this.#buffer.set(orderId === null ? `${userId}:${organisationId}` : `order:${orderId}`, message)
    if (this.#buffer.size > MAX_BUFFERED_MESSAGES) this.disconnect()
    this.#wake?.()
  }

  disconnect(): void {
    this.#close('failed')
  }

  async next(): Promise<IteratorResult<ChangeMessage>> {
    while (this.#state === 'open' && this.#buffer.size === 0) {
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
    if (this.#state === 'failed') throw new Error('the stream was interrupted')
    const [first] = this.#buffer
    if (this.#state === 'ended' || !first) return { done: true, value: undefined }
    this.#buffer.delete(first[0])
    return { done: false, value: first[1] }
  }

  async return(): Promise<IteratorResult<ChangeMessage>> {
    this.#close('ended')
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<ChangeMessage> {
    return this
  }

  #close(state: 'ended' | 'failed'): void {
    if (this.#state === 'open') this.#state = state
    this.#onEnd()
    this.#wake?.()
  }
}
