import { DAY_MS } from '../../../core/duration.js'
import { type Period, remainingShare } from '../../../core/period.js'
import type { RefundType } from '../../../platform/postgres/generated/enums.js'

const LAST_FULL_DAY = 7
const LAST_PRORATED_DAY = 30

export interface Purchase {
  /** What was paid, tax included, minor units. */
  readonly paid: bigint
  /** What has been given back of it already. */
  readonly refunded: bigint
  readonly purchasedAt: Date
  readonly period: Period
}

export interface Eligibility {
  readonly type: RefundType
  /** Whole days of 24 hours since the purchase, whatever the time zone. */
  readonly days: number
  /** Minor units. */
  readonly refundable: bigint
  readonly reason: string
}

/**
 * In full for seven days, then for the unused time up to the thirtieth, then not at all; never more than is left of
 * what was paid.
 * @throws RangeError before the purchase
 */
export function calculateEligibility({ paid, refunded, purchasedAt, period }: Purchase, at: Date): Eligibility {
  if (at < purchasedAt) throw new RangeError('a refund before the purchase')
  const days = wholeDaysBetween(purchasedAt, at)
  const left = paid - refunded
  if (days > LAST_PRORATED_DAY)
    return { type: 'NONE', days, refundable: 0n, reason: `More than ${LAST_PRORATED_DAY} days since the purchase` }
  if (left <= 0n) return { type: 'NONE', days, refundable: 0n, reason: paid === 0n ? 'Nothing was paid' : 'Everything has been refunded' }
  if (days <= LAST_FULL_DAY) return { type: 'FULL', days, refundable: left, reason: `Within ${LAST_FULL_DAY} days of the purchase` }
  const unused = remainingShare(paid, period, at)
  const refundable = unused < left ? unused : left
  const reason = refundable > 0n ? 'For the unused part of the period' : 'The period is used up'
  return { type: 'PRORATED', days, refundable, reason }
}

/** Whole days of 24 hours, rounded down. */
export function wholeDaysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY_MS)
}
