import type { LimitValues } from '../limited-resources.rules.js'
import type { SubscribableEventType } from './event-type.enums.js'

interface OrderPayload {
  orderId: bigint
  planId: bigint | null
  /** Minor units, as text. */
  amount: string
  currency: string
}

interface ReportPayload {
  reportedPaymentId: bigint
  orderId: bigint
  /** What the customer states to have paid. Minor units, as text. */
  amount: string
  currency: string
  reference: string
}

interface SubscriptionPayload {
  subscriptionId: bigint
  status: string
}

/**
 * What each event contains besides its customer. `EventData` of packages/client describes the same with ids as text; a
 * test compares both.
 */
export interface EventPayloads extends Record<SubscribableEventType, object> {
  'order.placed': OrderPayload & { reason: string }
  'order.expired': { orderId: bigint }
  'plan.applied': OrderPayload & { subscriptionId: bigint }
  'plan.cancelled': { orderIds: readonly string[]; subscriptionId: bigint | null; planId: bigint | null }
  'plan.expired': SubscriptionPayload
  'subscription.updated': SubscriptionPayload & { planId: bigint }
  'payment.received': OrderPayload & { reason: string }
  'payment.reported': ReportPayload
  'payment.rejected': ReportPayload & { reason: string }
  /** `total`: minor units, as text. */
  'invoice.issued': { invoiceId: bigint; kind: string; number: string; orderId: bigint; total: string; currency: string }
  /** `orderId`: null for a refund of the balance. */
  'refund.issued': { refundId: bigint; orderId: bigint | null; amount: string; currency: string }
  /** `plan`: the slug. */
  'limits.changed': { planId: bigint | null; plan: string | null; limits: LimitValues; features: Readonly<Record<string, unknown>> }
}
