import { LRUCache } from 'lru-cache'
import type { Database } from '../../platform/postgres/client.js'

const MAX_REJECTED_KEYS = 10_000
const MAX_ACCEPTED_KEYS = 1000

/** Recent results of API key checks in this process, by the hash of the key. */
interface ApiKeyCache {
  /** The time until which a key is rejected, in milliseconds. */
  readonly rejected: LRUCache<string, number>
  /** Keys that the last check found. They may have been revoked since. */
  readonly accepted: LRUCache<string, true>
}

const caches = new WeakMap<Database, ApiKeyCache>()

/** Each database of a process has its own cache. */
export function apiKeyCacheFor(db: Database): ApiKeyCache {
  const cache = caches.get(db) ?? { rejected: new LRUCache({ max: MAX_REJECTED_KEYS }), accepted: new LRUCache({ max: MAX_ACCEPTED_KEYS }) }
  caches.set(db, cache)
  return cache
}
