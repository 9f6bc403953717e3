import { MovableClock } from '../../core/clock.js'
import { DomainError, invalidInputError } from '../../core/errors.js'
import { enqueue } from '../../platform/jobs/queue.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { CLOCK_KEY } from './runtime-settings.js'

/**
 * Moves the clock on, for every instance, and lets everything happen that falls due meanwhile.
 * @returns the new time
 * @throws FORBIDDEN in production, BAD_USER_INPUT for a time that has passed
 */
export async function advanceClock({ db, clock, config }: Services, by: UserPrincipal, to: Date): Promise<Date> {
  if (config.production || !(clock instanceof MovableClock)) throw new DomainError('FORBIDDEN', 'In production the clock cannot be moved')
  if (to <= clock.now()) throw invalidInputError('to', `must lie after ${clock.now().toISOString()}, which is now`)
  const offset = clock.moveTo(to)
  await runTransaction(db, async (tx) => {
    const data = { value: offset, updatedAt: to }
    await tx.setting.upsert({ where: { key: CLOCK_KEY }, create: { key: CLOCK_KEY, ...data }, update: data })
    await enqueue(tx, 'tick', {}, 'tick')
    await recordAuditEntry(tx, { by, action: 'advanceClock', subject: CLOCK_KEY, details: { to: to.toISOString() }, at: to })
  })
  return clock.now()
}
