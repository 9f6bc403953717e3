import type { Database } from '../../platform/postgres/client.js'
import type { Demo } from '../services.js'
import type { VerifiedToken } from './token.js'

const MAX_CACHED_USERS = 100_000

/**
 * Creates the user of a token that is seen for the first time. An e-mail address or name that we lack is taken
 * from the token; one that we have is not changed by it, for an old token may say what is true no longer.
 */
export function createUserProvisioner(db: Database, demo: Demo | null = null): (bearer: VerifiedToken) => Promise<void> {
  const seen = new Set<string>()
  demo?.onReplaced(() => seen.clear())
  return async ({ principal: viewer, email, name }) => {
    const key = JSON.stringify([viewer.userId, email, name])
    if (seen.has(key)) return
    await db.$executeRaw`
      INSERT INTO users (id, email, name) VALUES (${viewer.userId}, ${email ?? null}, ${name ?? null})
      ON CONFLICT (id) DO UPDATE
        SET email = COALESCE(users.email, excluded.email), name = COALESCE(users.name, excluded.name)
        WHERE users.email IS NULL OR users.name IS NULL`
    if (seen.size >= MAX_CACHED_USERS) seen.clear()
    seen.add(key)
  }
}
