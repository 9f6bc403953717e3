import { LRUCache } from 'lru-cache'
import type { Database } from '../../platform/postgres/client.js'
import type { Demo } from '../services.js'
import type { VerifiedToken } from './token.js'

const MAX_CACHED_USERS = 100_000

/**
 * Creates the user of a token that is seen for the first time. A missing e-mail address or name is filled in
 * from the token. Stored ones are never overwritten, because an old token may be out of date.
 */
export function createUserProvisioner(db: Database, demo: Demo | null = null): (token: VerifiedToken) => Promise<void> {
  const seen = new LRUCache<string, true>({ max: MAX_CACHED_USERS })
  demo?.onReplaced(() => seen.clear())
  return async ({ principal: { userId }, email, name }) => {
    const key = JSON.stringify([userId, email, name])
    if (seen.get(key)) return
    await db.$executeRaw`
      INSERT INTO users (id, email, name) VALUES (${userId}, ${email ?? null}, ${name ?? null})
      ON CONFLICT (id) DO UPDATE
        SET email = COALESCE(users.email, excluded.email), name = COALESCE(users.name, excluded.name)
        WHERE users.email IS NULL OR users.name IS NULL`
    seen.set(key, true)
  }
}
