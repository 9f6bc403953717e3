import { DAY_MS } from '../../../core/duration.js'
import { type Period, remainingShare } from '../../../core/period.js'
import type { RefundType } from './refund.enums.js'

const LAST_FULL_DAY = 7
const LAST_PRORATED_DAY = 30

export interface Purchase {
  /** Amount paid including tax, minor units. */
  readonly paid: bigint
  /** Amount refunded so far, minor units. */
  readonly refunded: bigint
  readonly purchasedAt: Date
  readonly period: Period
}

export interface Eligibility {
  readonly type: RefundType
  /** Whole days of 24 hours since the purchase, independent of time zones. */
  readonly days: number
  /** Amount that can be refunded, minor units. */
  readonly refundable: bigint
  readonly reason: string
}

/**
 * Calculates the refundable amount: everything for seven days, then the unused time until the thirtieth day,
 * then nothing. It never exceeds the amount paid less earlier refunds.
 * @throws RangeError when `at` is before the purchase
 */
export function calculateEligibility({ paid, refunded, purchasedAt, period }: Purchase, at: Date): Eligibility {
  if (at < purchasedAt) throw new RangeError('at: must not be before the purchase')
  const days = wholeDaysBetween(purchasedAt, at)
  const remaining = paid - refunded
  if (days > LAST_PRORATED_DAY)
    return { type: 'NONE', days, refundable: 0n, reason: `More than ${LAST_PRORATED_DAY} days since the purchase` }
  if (remaining <= 0n)
    return { type: 'NONE', days, refundable: 0n, reason: paid === 0n ? 'Nothing was paid' : 'Everything has been refunded' }
  if (days <= LAST_FULL_DAY) return { type: 'FULL', days, refundable: remaining, reason: `Within ${LAST_FULL_DAY} days of the purchase` }
  const unused = remainingShare(paid, period, at)
  const refundable = unused < remaining ? unused : remaining
  const reason = refundable > 0n ? 'For the unused part of the period' : 'The period is used up'
  return { type: 'PRORATED', days, refundable, reason }
}

/** Counts whole days of 24 hours, rounded down. */
export function wholeDaysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY_MS)
}
