import { DAY_MS } from '../../../core/duration.js'
import type { RefundType } from './refund.enums.js'

/** The last whole days since the purchase on which everything, or the unused share, is refunded. */
export interface RefundPolicy {
  readonly fullDays: number
  readonly proratedDays: number
}

/** What was paid for the current period of a subscription. Amounts include tax, minor units. */
export interface PaidPeriod {
  /** What pays the invoices of the period now. */
  readonly paid: bigint
  /** The unused share of what was paid for the current plan, less what was credited of it. */
  readonly unused: bigint
  readonly purchasedAt: Date
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
 * Calculates the refundable amount: at first everything that was paid for the period, then the unused share of the
 * current plan, then nothing. It never exceeds what was paid.
 * @throws RangeError when `at` is before the purchase
 */
export function calculateEligibility(purchase: PaidPeriod, at: Date, { fullDays, proratedDays }: RefundPolicy): Eligibility {
  const { paid, unused, purchasedAt } = purchase
  if (at < purchasedAt) throw new RangeError('at: must not be before the purchase')
  const days = wholeDaysBetween(purchasedAt, at)
  // The full window may be longer than the prorated one, which is then never used.
  if (days > Math.max(fullDays, proratedDays)) {
    return { type: 'NONE', days, refundable: 0n, reason: `More than ${Math.max(fullDays, proratedDays)} days since the purchase` }
  }
  if (paid === 0n) return { type: 'NONE', days, refundable: 0n, reason: 'Nothing that was paid for the period is left to refund' }
  if (days <= fullDays) return { type: 'FULL', days, refundable: paid, reason: `Within ${fullDays} days of the purchase` }
  const refundable = unused < paid ? unused : paid
  const reason = refundable > 0n ? 'For the unused part of the period' : 'The period is used up'
  return { type: 'PRORATED', days, refundable, reason }
}

/** Counts whole days of 24 hours, rounded down. */
export function wholeDaysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY_MS)
}
