import type { Logger } from '../../core/logger.js'
import type { Database } from '../../platform/postgres/client.js'
import type { DatabaseNotification } from '../../platform/postgres/listener.js'
import { listManagerIds } from '../identity/index.js'
import type { ChangeFeed, ChangeMessage } from '../services.js'

/** Who does not keep up with so many changes begins anew instead. */
const MAX_BUFFERED_MESSAGES = 1000

/**
 * Hands on what the database tells of orders and limits to whoever watches. A message says that something changed and not
 * what it is now: several about the same thing, unread, are one.
 */
export class DatabaseChangeFeed implements ChangeFeed {
  readonly #db: Database
  readonly #log: Logger
  readonly #watchers = new Set<ChangeSubscriber>()
  #lastHeard: Promise<void> = Promise.resolve()

  constructor(db: Database, log: Logger) {
    this.#db = db
    this.#log = log
  }

  subscribe(isWanted: (message: ChangeMessage) => boolean): AsyncIterableIterator<ChangeMessage> {
    const watcher = new ChangeSubscriber(isWanted, () => this.#watchers.delete(watcher))
    this.#watchers.add(watcher)
    return watcher
  }

  /** In the order in which the database tells: what must be looked up does not fall behind what need not. */
  publish(told: DatabaseNotification): Promise<void> {
    this.#lastHeard = this.#lastHeard.then(() => this.#handOn(told))
    return this.#lastHeard
  }

  async #handOn(told: DatabaseNotification): Promise<void> {
    if (this.#watchers.size === 0 || (told.order === undefined && !told.limits)) return
    try {
      const { userId = null, organisationId = null } = told
      const managers = organisationId === null ? new Set<number>() : await listManagerIds(this.#db, organisationId)
      const message = { orderId: told.order ?? null, userId, organisationId, managers }
      for (const watcher of this.#watchers) watcher.push(message)
    } catch (error) {
      this.#log.warn({ reason: (error as Error).message }, 'a change could not be handed on to who watches')
      this.disconnectAll()
    }
  }

  /** Everybody begins anew: something may have been missed. */
  disconnectAll(): void {
    for (const watcher of this.#watchers) watcher.disconnect()
  }
}

class ChangeSubscriber implements AsyncIterableIterator<ChangeMessage> {
  readonly #isWanted: (message: ChangeMessage) => boolean
  readonly #onEnd: () => void
  readonly #waiting = new Map<string, ChangeMessage>()
  #wake: (() => void) | undefined
  #state: 'open' | 'ended' | 'failed' = 'open'

  constructor(isWanted: (message: ChangeMessage) => boolean, onEnd: () => void) {
    this.#isWanted = isWanted
    this.#onEnd = onEnd
  }

  push(message: ChangeMessage): void {
    if (!this.#isWanted(message)) return
    const { orderId, userId, organisationId } = message
    this.#waiting.set(orderId === null ? `${userId}:${organisationId}` : `order:${orderId}`, message)
    if (this.#waiting.size > MAX_BUFFERED_MESSAGES) this.disconnect()
    this.#wake?.()
  }

  disconnect(): void {
    this.#close('failed')
  }

  async next(): Promise<IteratorResult<ChangeMessage>> {
    while (this.#state === 'open' && this.#waiting.size === 0) {
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
    if (this.#state === 'failed') throw new Error('the stream was interrupted')
    const [first] = this.#waiting
    if (this.#state === 'ended' || !first) return { done: true, value: undefined }
    this.#waiting.delete(first[0])
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
