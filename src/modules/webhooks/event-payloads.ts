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

interface ReminderPayload {
  invoiceId: bigint
  number: string
  orderId: bigint
  /** Minor units, as text. */
  amountDue: string
  currency: string
  /** ISO 8601. */
  dueAt: string
  /** Days after the due date; negative before it. */
  days: number
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
  /** No access any more, because of an overdue invoice or an administrator. */
  'subscription.suspended': { subscriptionId: bigint; planId: bigint; reason: string }
  /** Access again. */
  'subscription.resumed': { subscriptionId: bigint; planId: bigint }
  /** Ended, because its invoice was not paid. */
  'subscription.terminated': { subscriptionId: bigint; planId: bigint }
  /** The invoice of the next period was issued. `amount`: minor units, as text. `renewsAt`: ISO 8601. */
  'renewal.upcoming': { subscriptionId: bigint; orderId: bigint; amount: string; currency: string; renewsAt: string }
  /** `price`, `newPrice`: per period, minor units, as text. `from`: ISO 8601. */
  'price.changing': { subscriptionId: bigint; planId: bigint; price: string; newPrice: string; currency: string; from: string }
  'payment.received': OrderPayload & { reason: string }
  /** The payment provider could not charge a renewal. */
  'payment.failed': { subscriptionId: bigint; planId: bigint }
  'payment.reported': ReportPayload
  'payment.rejected': ReportPayload & { reason: string }
  /** `total`: minor units, as text. */
  'invoice.issued': { invoiceId: bigint; kind: string; number: string; orderId: bigint; total: string; currency: string }
  'invoice.due': ReminderPayload
  'invoice.overdue': ReminderPayload
  /** `orderId`: null for a refund of the balance. */
  'refund.issued': { refundId: bigint; orderId: bigint | null; amount: string; currency: string }
  /** `plan`: the slug. */
  'limits.changed': { planId: bigint | null; plan: string | null; limits: LimitValues; features: Readonly<Record<string, unknown>> }
  /** The result of checking the VAT id is another one than before. `checkedAt`: ISO 8601. */
  'vat_id.checked': { vatId: string; result: string; checkedAt: string }
}
