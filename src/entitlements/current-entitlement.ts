import { busy } from '../core/errors.js'
import { type Holder, ownKey } from '../identity/holder.js'
import type { Services } from '../services.js'
import { type Entitlement, readEntitlement } from './read-entitlement.js'

const TRIES = 10

/**
 * Does what depends on what a holder may use, without holding its lock while that is read: `attempt` locks, compares the
 * version and answers undefined when the entitlement has changed meanwhile, and then it is read again.
 * @throws BUSY when it changes all the time
 */
export async function withCurrentEntitlement<T>(
  { db, clock, config }: Services,
  holder: Holder,
  attempt: (entitlement: Entitlement, version: number | null) => Promise<T | undefined>,
): Promise<T> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const told = await db.entitlement.findUnique({ where: ownKey(holder), select: { version: true } })
    const entitlement = await readEntitlement(db, holder, clock.now(), config.graceDays)
    const result = await attempt(entitlement, told?.version ?? null)
    if (result !== undefined) return result
  }
  throw busy('The plan is being changed; try again in a moment')
}
