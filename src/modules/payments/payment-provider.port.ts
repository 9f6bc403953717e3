import type { Interval } from '../../core/period.js'
import type { SubscriptionStatus } from '../../platform/postgres/generated/enums.js'

/** State of a subscription at its provider. The ids are the provider's. */
export interface SubscriptionSnapshot {
  readonly id: string
  /** The provider's order of the first payment. */
  readonly orderId: string | null
  readonly variantId: string
  readonly email: string
  readonly status: SubscriptionStatus
  readonly pauseKeepsAccess: boolean
  readonly trialEndsAt: string | null
  readonly renewsAt: string | null
  readonly endsAt: string | null
  readonly createdAt: string
  /** ISO 8601 in UTC with six decimals, so that timestamps compare as text. */
  readonly updatedAt: string
}

export type PaymentReason = 'initial' | 'renewal' | 'updated'

/** One payment of a subscription. Amounts are minor units of its currency, which may not be the plan's. */
export interface PaymentSnapshot {
  readonly id: string
  readonly subscriptionId: string
  readonly reason: PaymentReason
  readonly isPaid: boolean
  readonly total: bigint
  readonly currency: string
  /** Sum of all refunds so far. */
  readonly refunded: bigint
  readonly createdAt: string
  readonly documentUrl: string | null
}

export interface NewCheckout {
  readonly variantId: string
  readonly planName: string
  readonly interval: Interval
  /** Amount to pay, minor units. */
  readonly amount: bigint
  readonly currency: string
  readonly email: string | null
  readonly successUrl: string
  readonly cancelUrl: string
  /** The provider returns these with every event of the purchase. */
  readonly custom: Readonly<Record<string, string>>
}

/** The new plan of a subscription. Amounts are minor units, including tax. */
export interface VariantChange {
  readonly variantId: string
  readonly planName: string
  /** Price of a whole period. */
  readonly amount: bigint
  readonly currency: string
  /**
   * Proration of the current period, negative for a credit, null for none. Lemon Squeezy ignores the amount.
   */
  readonly proration: bigint | null
}

/**
 * Collects the money. Calls and webhooks both deliver snapshots, which the same code applies. Every call ends
 * within seconds.
 * @throws PAYMENT_PROVIDER_UNAVAILABLE when the provider does not respond; idempotent calls have been retried
 *   by then
 */
export interface PaymentProvider {
  readonly name: 'sandbox' | 'lemonsqueezy'
  /** Whether it moves no money. Its sales get test invoices, which are numbered in separate series. */
  readonly isTest: boolean
  /** Name of the provider if it is the seller and issues the tax invoice; we then issue a statement. */
  readonly merchantOfRecord: string | null
  /** @returns the URL of the payment page */
  createCheckout(checkout: NewCheckout): Promise<string>
  /** @returns null when the subscription does not exist */
  readSubscription(id: string): Promise<SubscriptionSnapshot | null>
  readPayments(subscriptionId: string): Promise<PaymentSnapshot[]>
  /** Lists a page of all subscriptions, newest first. Pages start at 1. */
  listSubscriptions(page: number): Promise<{ subscriptions: SubscriptionSnapshot[]; isLast: boolean }>
  cancel(id: string): Promise<SubscriptionSnapshot>
  resume(id: string): Promise<SubscriptionSnapshot>
  changeVariant(id: string, change: VariantChange): Promise<SubscriptionSnapshot>
  readPayment(id: string): Promise<PaymentSnapshot | null>
  refund(paymentId: string, amount: bigint): Promise<PaymentSnapshot>
  /** @returns the URL of the page for changing the card; null when there is none */
  portalUrl(subscriptionId: string): Promise<string | null>
}
