import type { BillingInterval } from '../../catalog/index.js'

/** The texts of order items in one language. */
export interface ItemMessages {
  /** A price for one interval: "Pro, 1 month". */
  plan(plan: string, interval: BillingInterval): string
  /** The charge for the rest of a period with a plan: "Pro, rest of the period". */
  rest(plan: string): string
  /** The credit for the unused part of a period with a plan: "Starter, unused part of the period". */
  unused(plan: string): string
  /** A charge for a change of plan that a provider has not itemised: "Change to Pro, rest of the period". */
  planChange(plan: string): string
  discount: string
  order: string
  /** Money that a customer adds to the balance. */
  topUp: string
}
