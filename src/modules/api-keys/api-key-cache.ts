import { LRUCache } from 'lru-cache'
import type { Database } from '../../platform/postgres/client.js'

/** A rejected key is rejected again for this long without a query, unless this process creates a key. */
const REJECTED_KEY_TTL_MS = 30_000
const MAX_REJECTED_KEYS = 10_000
const MAX_ACCEPTED_KEYS = 1000

/** Recent results of API key checks in this process, by the hash of the key. */
export class ApiKeyCache {
  /** The time until which a key is rejected, in milliseconds. */
  readonly #rejected = new LRUCache<string, number>({ max: MAX_REJECTED_KEYS })
  readonly #accepted = new LRUCache<string, true>({ max: MAX_ACCEPTED_KEYS })

  isRejected(hash: string, now: Date): boolean {
    return (this.#rejected.get(hash) ?? 0) > now.getTime()
  }

  /** Whether the last check found the key. It may have been revoked since. */
  isAccepted(hash: string): boolean {
    return this.#accepted.has(hash)
  }

  reject(hash: string, now: Date): void {
    this.#accepted.delete(hash)
    this.#rejected.set(hash, now.getTime() + REJECTED_KEY_TTL_MS)
  }

  accept(hash: string): void {
    this.#accepted.set(hash, true)
  }

  /** To be called when a key is created, because its hash may be among the rejected ones. */
  clearRejected(): void {
    this.#rejected.clear()
  }
}

const caches = new WeakMap<Database, ApiKeyCache>()

/** Each database of a process has its own cache. */
export function apiKeyCacheFor(db: Database): ApiKeyCache {
  const cache = caches.get(db) ?? new ApiKeyCache()
  caches.set(db, cache)
  return cache
}
