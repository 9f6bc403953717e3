import { LRUCache } from 'lru-cache'
import type { Database } from '../../platform/postgres/client.js'

/** For so long a key that was refused is refused again without a look at the database, unless a key is created here. */
const REJECTED_KEY_TTL_MS = 30_000
const MAX_REJECTED_KEYS = 10_000
const MAX_ACCEPTED_KEYS = 1000

/** What this process remembers of API keys, by their hashes. */
export class ApiKeyCache {
  /** Until when, milliseconds. */
  readonly #refused = new LRUCache<string, number>({ max: MAX_REJECTED_KEYS })
  readonly #accepted = new LRUCache<string, true>({ max: MAX_ACCEPTED_KEYS })

  isRefused(hash: string, now: Date): boolean {
    return (this.#refused.get(hash) ?? 0) > now.getTime()
  }

  /** It was right the last time, and may have been revoked since. */
  isAccepted(hash: string): boolean {
    return this.#accepted.has(hash)
  }

  refuse(hash: string, now: Date): void {
    this.#accepted.delete(hash)
    this.#refused.set(hash, now.getTime() + REJECTED_KEY_TTL_MS)
  }

  accept(hash: string): void {
    this.#accepted.set(hash, true)
  }

  /** A new key may be one of those that were refused. */
  forgetRefused(): void {
    this.#refused.clear()
  }
}

const caches = new WeakMap<Database, ApiKeyCache>()

/** One for each database of a process. */
export function apiKeyCacheFor(db: Database): ApiKeyCache {
  const keys = caches.get(db) ?? new ApiKeyCache()
  caches.set(db, keys)
  return keys
}
