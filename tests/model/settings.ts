import type { Interval } from '../../src/core/period.js'

export interface Plan {
  readonly slug: string
  /** The listed price of one interval, minor units. Whether it includes tax is a setting. */
  readonly price: bigint
  readonly interval: Interval
  /** A change to a plan with a higher rank is an upgrade. No two plans have the same rank. */
  readonly rank: number
}

export interface Settings {
  readonly currency: string
  readonly plans: readonly Plan[]
  readonly taxBasisPoints: number
  readonly pricesIncludeTax: boolean
  /** false: subscriptions with collection INVOICE continue without renewal invoices, and what is unpaid is never overdue. */
  readonly renewalsByInvoice: boolean
  /** Whether a card that fails at renewals fails for changes of plan as well. */
  readonly cardsFailForChanges: boolean
  readonly renewalInvoiceDays: number
  readonly graceDays: number
  readonly terminateAfterDays: number
  readonly pendingOrderDays: number
  readonly refundFullDays: number
  readonly refundProratedDays: number
}

export const DEFAULT_PLAN = 'free'

const PLANS: readonly Plan[] = [
  { slug: DEFAULT_PLAN, price: 0n, interval: 'MONTH', rank: 0 },
  { slug: 'starter', price: 500n, interval: 'MONTH', rank: 1 },
  { slug: 'starter-yearly', price: 5000n, interval: 'YEAR', rank: 2 },
  { slug: 'pro', price: 1500n, interval: 'MONTH', rank: 3 },
  { slug: 'pro-yearly', price: 15000n, interval: 'YEAR', rank: 4 },
  { slug: 'enterprise', price: 4500n, interval: 'MONTH', rank: 5 },
]

export const DEFAULT_SETTINGS: Settings = {
  currency: 'USD',
  plans: PLANS,
  taxBasisPoints: 0,
  pricesIncludeTax: true,
  renewalsByInvoice: true,
  cardsFailForChanges: true,
  renewalInvoiceDays: 7,
  graceDays: 3,
  terminateAfterDays: 30,
  pendingOrderDays: 7,
  refundFullDays: 7,
  refundProratedDays: 30,
}
