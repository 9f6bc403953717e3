import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Interval } from '../../core/period.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'

/** State of a subscription at its provider. The ids are the provider's. */
export interface SubscriptionSnapshot {
  readonly id: string
  /** The provider's order of the first payment. */
  readonly orderId: string | null
  readonly variantId: string
  readonly email: string
  readonly status: Subscription['status']
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
  /** The tax in the total, as the provider states it. */
  readonly tax: bigint
  /** The discount that the provider has given. */
  readonly discount: bigint
  readonly currency: string
  /** Sum of all refunds so far. */
  readonly refunded: bigint
  readonly createdAt: string
  readonly documentUrl: string | null
}

/** The one-time payment of a top-up. Amounts are minor units of its currency. */
export interface TopUpSnapshot {
  /** The provider's order. */
  readonly id: string
  readonly isPaid: boolean
  readonly total: bigint
  readonly currency: string
  /** Sum of all refunds so far. */
  readonly refunded: bigint
  readonly createdAt: string
  /** The custom data of its checkout. */
  readonly custom: unknown
}

/** The refunds of the first payment of a subscription, or of a top-up. */
export interface RefundSnapshot {
  /** The provider's order of the payment. */
  readonly orderId: string
  /** Sum of all refunds so far. */
  readonly refunded: bigint
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

/** A checkout of an amount that is charged once and buys nothing yet. */
export type NewTopUpCheckout = Pick<NewCheckout, 'amount' | 'currency' | 'email' | 'successUrl' | 'cancelUrl' | 'custom'>

/** The new plan of a subscription. Amounts are minor units, including tax. */
export interface VariantChange {
  readonly variantId: string
  readonly planName: string
  readonly interval: Interval
  /** Price of a whole period. */
  readonly amount: bigint
  readonly currency: string
  /**
   * What to charge now, zero or more; null for a change that takes effect with the next period. A provider that is the
   * merchant of record calculates the amount itself.
   */
  readonly due: bigint | null
  /** When a change that takes effect now was requested. A change of the interval begins a new period then. */
  readonly changedAt: Date
}

/** The part of an event that is read when it is received. */
export interface WebhookEnvelope {
  readonly name: string
  /** Ordering key: events with the same subject are processed in the order of their arrival. */
  readonly subject: string | null
  /** Whether the event was sent in the test mode of its sender. */
  readonly isTest: boolean
  /** The event as it is stored. */
  readonly body: object
}

/** A sender of webhooks. It has a route and a secret of its own. */
export interface WebhookSource {
  /** Stored with every event. */
  readonly name: string
  /** Name for messages, such as "Lemon Squeezy". */
  readonly title: string
  /** Path of the route, such as "/webhooks/lemonsqueezy". */
  readonly path: string
  /** Whether the route exists. */
  readonly isEnabled: boolean
  /** Top-level property that marks the events of its format. */
  readonly marker: string
  /** Checks the signature of the raw body. */
  verify(headers: IncomingHttpHeaders, rawBody: Buffer): boolean
  /** @throws BAD_REQUEST naming the first invalid field */
  readEnvelope(json: unknown): WebhookEnvelope
}

/** An event of a payment provider. */
export type ParsedEvent =
  | { readonly type: 'subscription'; readonly snapshot: SubscriptionSnapshot; readonly custom: unknown }
  | { readonly type: 'payment'; readonly payment: PaymentSnapshot }
  | { readonly type: 'topUp'; readonly payment: TopUpSnapshot }
  | { readonly type: 'refund'; readonly refund: RefundSnapshot }
  | { readonly type: 'ignored' }

export interface ProviderWebhook extends WebhookSource {
  /**
   * Parses the stored body of an event.
   * @throws BAD_REQUEST naming the first invalid field
   */
  parse(body: unknown): ParsedEvent
}

/**
 * The service that collects the money. Calls and webhooks both return snapshots, which the same code applies.
 * Every call ends within seconds.
 * @throws PAYMENT_PROVIDER_UNAVAILABLE when the provider does not respond; idempotent calls have been retried
 *   by then
 */
export interface PaymentProvider {
  /** Stored with its subscriptions and payments. */
  readonly name: string
  /** Its name for people. */
  readonly title: string
  /** Whether it moves no money. Its sales get test invoices, which are numbered in separate series. */
  readonly isTest: boolean
  /** Name of the provider if it is the seller and issues the tax invoice; we then issue a statement. */
  readonly merchantOfRecord: string | null
  /** Whether a subscription ends at once that is cancelled while a payment is overdue, instead of with its period. */
  readonly endsOverdueAtOnce: boolean
  /** Whether it also sells plans without a providerVariantId, under our id of the plan. */
  readonly sellsPlansById: boolean
  readonly webhook: ProviderWebhook
  /** @returns the reason why a text cannot be the id of a variant; null when it can */
  variantIdProblem(id: string): string | null
  /** @returns the URL of the payment page */
  createCheckout(checkout: NewCheckout): Promise<string>
  /**
   * Creates a page for a payment to the balance. Absent if the provider is the seller of what it charges, because it would
   * tax a top-up at once, and the invoices that the balance pays are taxed too.
   * @returns its URL
   */
  createTopUpCheckout?(checkout: NewTopUpCheckout): Promise<string>
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
  /** Registers the pages of the provider that this server serves. */
  routes?(app: FastifyInstance): void
  /** Makes the transitions that are due at the provider. Called every minute; safe to run twice and concurrently. */
  tick?(): Promise<void>
}

/** The configured payment providers, and every sender of webhooks. */
export interface PaymentProviders {
  readonly all: readonly PaymentProvider[]
  /** The provider of new checkouts; null when there is none. */
  readonly active: PaymentProvider | null
  readonly webhooks: readonly WebhookSource[]
  /** Finds the provider that a subscription or a payment names. */
  find(name: string | null): PaymentProvider | null
  /** @returns the reason why a text cannot be the id of a variant of a provider in use; null when it can */
  variantIdProblem(id: string): string | null
  /** Returns the provider of new checkouts. @throws PAYMENT_PROVIDER_UNAVAILABLE when there is none */
  getActive(): PaymentProvider
  /** Returns the provider that bills a subscription. @throws PAYMENT_PROVIDER_UNAVAILABLE when it cannot be called */
  getBilling(subscription: BilledSubscription): PaymentProvider
  /**
   * Prevents that a plan ends here and is still charged by a provider that cannot be called.
   * @throws PAYMENT_PROVIDER_UNAVAILABLE
   */
  assertCanEnd(subscription: BilledSubscription): void
}

export interface BilledSubscription {
  readonly id: bigint
  /** Null if no provider bills it. */
  readonly provider: string | null
}
