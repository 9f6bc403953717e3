import { type Period, remainingShare } from '../../core/period.js'

/** What a change of plan costs, in minor units of one currency. */
export interface Proration {
  /** For the unused part of what was paid: zero or less. */
  readonly credit: bigint
  /** For the rest of the period with the new plan: zero or more. */
  readonly charge: bigint
  /** Credit and charge together; below zero when more is given back than charged. */
  readonly total: bigint
}

interface PlanChangeAmounts {
  /** What was paid, or would have been, for the whole period with the old plan. */
  readonly paid: bigint
  /** The new plan's price for a whole period. */
  readonly price: bigint
  readonly period: Period
  readonly at: Date
  /** What may still be given back of this period's payments. */
  readonly creditable: bigint
}

/**
 * Credit for the unused part and charge for the rest, each rounded once, to the second; no daily rates.
 * From 500 to 1500 in May 2026, at 16 May: -258 + 774 = 516.
 */
export function prorate({ paid, price, period, at, creditable }: PlanChangeAmounts): Proration {
  const unused = remainingShare(paid, period, at)
  const credit = -(unused < creditable ? unused : creditable)
  const charge = remainingShare(price, period, at)
  return { credit, charge, total: credit + charge }
}
