import type { Interval } from '../../core/period.js'
import type { SubscriptionStatus } from '../../platform/postgres/generated/enums.js'

/** A subscription as its provider describes it; the provider's own numbers are decimal strings. */
export interface SubscriptionSnapshot {
  readonly id: string
  /** Of the first purchase. */
  readonly orderId: string | null
  readonly variantId: string
  readonly email: string
  readonly status: SubscriptionStatus
  readonly pauseKeepsAccess: boolean
  readonly trialEndsAt: string | null
  readonly renewsAt: string | null
  readonly endsAt: string | null
  readonly createdAt: string
  /** ISO 8601 in UTC with six decimals, so that two compare as text. */
  readonly updatedAt: string
}

export type PaymentReason = 'initial' | 'renewal' | 'updated'

/** One payment of a subscription. Amounts are minor units of its own currency, which need not be the plan's. */
export interface PaymentSnapshot {
  readonly id: string
  readonly subscriptionId: string
  readonly reason: PaymentReason
  readonly isPaid: boolean
  readonly total: bigint
  readonly currency: string
  /** All that has been given back of it so far. */
  readonly refunded: bigint
  readonly createdAt: string
  readonly documentUrl: string | null
}

export interface NewCheckout {
  readonly variantId: string
  readonly planName: string
  readonly interval: Interval
  /** What has to be paid, minor units. */
  readonly amount: bigint
  readonly currency: string
  readonly email: string | null
  readonly successUrl: string
  readonly cancelUrl: string
  /** Comes back with every event of what is bought. */
  readonly custom: Readonly<Record<string, string>>
}

/** What a subscription goes over to. Amounts are minor units, tax included. */
export interface VariantChange {
  readonly variantId: string
  readonly planName: string
  /** For a whole period. */
  readonly amount: bigint
  readonly currency: string
  /** What is left of the period is settled now, by as much as we reckon where the provider leaves that to us; null: not at all. */
  readonly settlement: bigint | null
}

/**
 * Who takes the money. What it has done comes back as snapshots, by these calls and by webhooks alike, and both are
 * applied by the same code. Every call ends within seconds.
 * @throws PAYMENT_PROVIDER_UNAVAILABLE when the provider does not answer, after what may be repeated was repeated
 */
export interface PaymentProvider {
  readonly name: 'sandbox' | 'lemonsqueezy'
  /** Whether it moves no money: its sales get test documents, numbered in series of their own. */
  readonly isTest: boolean
  /** Who sells where the provider does: its document is then the tax invoice, ours a statement. */
  readonly merchantOfRecord: string | null
  /** @returns the address of a page on which to pay */
  createCheckout(checkout: NewCheckout): Promise<string>
  /** @returns null when there is no such subscription */
  readSubscription(id: string): Promise<SubscriptionSnapshot | null>
  readPayments(subscriptionId: string): Promise<PaymentSnapshot[]>
  /** All subscriptions, page by page, latest first. */
  listSubscriptions(page: number): Promise<{ subscriptions: SubscriptionSnapshot[]; isLast: boolean }>
  cancel(id: string): Promise<SubscriptionSnapshot>
  resume(id: string): Promise<SubscriptionSnapshot>
  changeVariant(id: string, change: VariantChange): Promise<SubscriptionSnapshot>
  readPayment(id: string): Promise<PaymentSnapshot | null>
  refund(paymentId: string, amount: bigint): Promise<PaymentSnapshot>
  /** @returns a page of the provider's on which the customer changes the card; null when there is none */
  portalUrl(subscriptionId: string): Promise<string | null>
}
