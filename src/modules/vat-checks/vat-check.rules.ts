import { addDays, MINUTE_MS } from '../../core/duration.js'

/** The days after which a VAT id is checked again. */
export const VAT_CHECK_INTERVAL_DAYS = 30

/** Minutes until the next attempt after the first, the second and every further one without a result. */
const RETRY_MINUTES = [5, 15, 60] as const

/**
 * The attempts without a result after which an earlier result no longer counts. A member state that is overloaded for a
 * few minutes does not change how a known customer is taxed.
 */
const ATTEMPTS_UNTIL_UNAVAILABLE = 3

type Result = 'VALID' | 'INVALID' | 'UNAVAILABLE'

/** The state of a VAT id. `attempts`: those in a row without a result. */
export interface CheckState {
  readonly status: Result | 'PENDING'
  readonly attempts: number
}

export interface CheckPlan extends CheckState {
  /** Whether the answer is stored. Of answers without a result, only the one that changes the status is. */
  readonly isStored: boolean
  readonly nextCheckAt: Date
}

/** Decides what an answer changes, and when the VAT id is checked next. */
export function planNextCheck({ status, attempts }: CheckState, result: Result, at: Date): CheckPlan {
  if (result !== 'UNAVAILABLE') return { isStored: true, status: result, attempts: 0, nextCheckAt: addDays(at, VAT_CHECK_INTERVAL_DAYS) }
  const failed = attempts + 1
  const hasResult = status === 'VALID' || status === 'INVALID'
  const isStored = hasResult ? failed >= ATTEMPTS_UNTIL_UNAVAILABLE : status === 'PENDING'
  const minutes = RETRY_MINUTES[Math.min(failed, RETRY_MINUTES.length) - 1] ?? 60
  return { isStored, status: isStored ? result : status, attempts: failed, nextCheckAt: new Date(at.getTime() + minutes * MINUTE_MS) }
}

/** The days for which a check confirms a VAT id: those until the next one, and two weeks in which that may fail. */
const CONFIRMED_DAYS = VAT_CHECK_INTERVAL_DAYS + 14

/** Whether a VAT id is confirmed by its latest check. */
export function isConfirmation(
  status: CheckState['status'],
  { result, checkedAt }: { result: Result; checkedAt: Date },
  at: Date,
): boolean {
  return status === 'VALID' && result === 'VALID' && at < addDays(checkedAt, CONFIRMED_DAYS)
}

/** Whether a stored check confirms a VAT id without another one. */
export function isFresh({ result, checkedAt }: { result: Result; checkedAt: Date }, at: Date): boolean {
  return result === 'VALID' && at < addDays(checkedAt, VAT_CHECK_INTERVAL_DAYS)
}
