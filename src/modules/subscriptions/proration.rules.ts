import { type Period, remainingShare } from '../../core/period.js'
import type { Invoice, Order } from '../../platform/postgres/generated/client.js'

/** The cost of a plan change, in minor units of one currency. */
export interface Proration {
  /** Credit for the unused part of the paid period: zero or less. */
  readonly credit: bigint
  /** Charge for the new plan: zero or more. */
  readonly charge: bigint
}

/**
 * Calculates the unused share of what was paid for a plan, less what was credited of its invoice: 250 paid with a coupon
 * for 31 days are worth 185 on the eighth day.
 * @param period  the whole period of the plan
 * @returns minor units, at most what is left to credit of the invoice
 */
export function unusedShare(
  { periodAmount }: Pick<Order, 'periodAmount'>,
  { total, creditedTotal }: Pick<Invoice, 'total' | 'creditedTotal'>,
  period: Period,
  at: Date,
): bigint {
  const left = total - creditedTotal
  if (left <= 0n) return 0n
  const share = remainingShare(periodAmount, period, at, { part: left, whole: total })
  return share < left ? share : left
}

interface PlanChangeAmounts {
  /** The unused share of the replaced plan. */
  readonly unused: bigint
  /** Price of the new plan for a whole period. */
  readonly price: bigint
  readonly period: Period
  readonly at: Date
  /** Whether the new plan begins a period of its own, because its interval differs. */
  readonly isNewPeriod: boolean
}

/**
 * Calculates the credit for the unused part and the charge for the rest, or for a whole new period. Both are prorated to
 * the second and rounded once. A change from 500 to 1500 in May 2026, on 16 May, is -258 + 774 = 516.
 */
export function prorate({ unused, price, period, at, isNewPeriod }: PlanChangeAmounts): Proration {
  return { credit: -unused, charge: isNewPeriod ? price : remainingShare(price, period, at) }
}
