import { MovableClock } from '../../core/clock.js'
import { DomainError, FORBIDDEN, invalidInputError } from '../../core/errors.js'
import { enqueue } from '../../platform/jobs/queue.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { UserPrincipal } from '../identity/index.js'
import { TICK } from '../scheduled-jobs.js'
import type { Services } from '../services.js'
import { CLOCK_KEY } from './runtime-settings.js'

/**
 * Moves the clock of every process forward and starts the work that becomes due.
 * @returns the new time
 * @throws FORBIDDEN in production, BAD_USER_INPUT for a time in the past
 */
export async function advanceClock(
  { db, clock, config, flag }: Pick<Services, 'clock' | 'config' | 'db' | 'flag'>,
  principal: UserPrincipal,
  to: Date,
): Promise<Date> {
  if (config.production || !(clock instanceof MovableClock)) throw new DomainError(FORBIDDEN, 'The clock cannot be moved in production')
  if (to <= clock.now()) throw invalidInputError('input.to', `must be later than the current server time (${clock.now().toISOString()})`)
  const offset = clock.moveTo(to)
  await runTransaction(db, async (tx) => {
    const data = { value: offset, updatedAt: to }
    await tx.setting.upsert({ where: { key: CLOCK_KEY }, create: { key: CLOCK_KEY, ...data }, update: data })
    await enqueue(tx, TICK, {}, TICK.name)
    await recordAuditEntry(tx, { actor: principal, action: 'advanceClock', subject: CLOCK_KEY, details: { to: to.toISOString() }, at: to })
  })
  // Settings that were read before the commit may have moved the clock back.
  await flag.refresh()
  return clock.now()
}
