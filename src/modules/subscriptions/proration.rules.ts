import { type Period, remainingShare } from '../../core/period.js'

/** The cost of a plan change, in minor units of one currency. */
export interface Proration {
  /** Credit for the unused part of the paid period: zero or less. */
  readonly credit: bigint
  /** Charge for the new plan: zero or more. */
  readonly charge: bigint
}

interface PlanChangeAmounts {
  /** Price of the whole period of the replaced plan, as it was paid. */
  readonly paid: bigint
  /** Price of the new plan for a whole period. */
  readonly price: bigint
  readonly period: Period
  readonly at: Date
  /** The part of the replaced plan's invoice that has not been credited yet. */
  readonly creditable: bigint
  /** Whether the new plan begins a period of its own, because its interval differs. */
  readonly isNewPeriod: boolean
}

/**
 * Calculates the credit for the unused part and the charge for the rest, or for a whole new period. Both are prorated to
 * the second and rounded once. A change from 500 to 1500 in May 2026, on 16 May, is -258 + 774 = 516.
 */
export function prorate({ paid, price, period, at, creditable, isNewPeriod }: PlanChangeAmounts): Proration {
  const unused = remainingShare(paid, period, at)
  const credit = -(unused < creditable ? unused : creditable)
  return { credit, charge: isNewPeriod ? price : remainingShare(price, period, at) }
}
