import { type Period, remainingShare } from '../../core/period.js'

/** The cost of a plan change, in minor units of one currency. */
export interface Proration {
  /** Credit for the unused part of the paid period: zero or less. */
  readonly credit: bigint
  /** Charge for the rest of the period with the new plan: zero or more. */
  readonly charge: bigint
  /** Sum of credit and charge; negative if the credit is larger. */
  readonly total: bigint
}

interface PlanChangeAmounts {
  /** Full price of the period with the old plan, whether or not it was paid in full. */
  readonly paid: bigint
  /** Price of the new plan for a whole period. */
  readonly price: bigint
  readonly period: Period
  readonly at: Date
  /** The part of this period's payments that has not been credited yet. */
  readonly creditable: bigint
}

/**
 * Calculates the credit for the unused part and the charge for the rest. Both are prorated to the second and
 * rounded once. A change from 500 to 1500 in May 2026, on 16 May, is -258 + 774 = 516.
 */
export function prorate({ paid, price, period, at, creditable }: PlanChangeAmounts): Proration {
  const unused = remainingShare(paid, period, at)
  const credit = -(unused < creditable ? unused : creditable)
  const charge = remainingShare(price, period, at)
  return { credit, charge, total: credit + charge }
}
