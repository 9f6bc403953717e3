/** The types of events that an endpoint can subscribe to: the names in GraphQL, and the texts that are stored and sent. */
export const SubscribableEventType = {
  ORDER_PLACED: 'order.placed',
  ORDER_EXPIRED: 'order.expired',
  PLAN_APPLIED: 'plan.applied',
  PLAN_CANCELLED: 'plan.cancelled',
  PLAN_EXPIRED: 'plan.expired',
  SUBSCRIPTION_UPDATED: 'subscription.updated',
  SUBSCRIPTION_SUSPENDED: 'subscription.suspended',
  SUBSCRIPTION_RESUMED: 'subscription.resumed',
  SUBSCRIPTION_TERMINATED: 'subscription.terminated',
  RENEWAL_UPCOMING: 'renewal.upcoming',
  PRICE_CHANGING: 'price.changing',
  PAYMENT_RECEIVED: 'payment.received',
  PAYMENT_FAILED: 'payment.failed',
  PAYMENT_REPORTED: 'payment.reported',
  PAYMENT_REJECTED: 'payment.rejected',
  INVOICE_ISSUED: 'invoice.issued',
  INVOICE_DUE: 'invoice.due',
  INVOICE_OVERDUE: 'invoice.overdue',
  REFUND_ISSUED: 'refund.issued',
  LIMITS_CHANGED: 'limits.changed',
  VAT_ID_CHECKED: 'vat_id.checked',
} as const
export type SubscribableEventType = (typeof SubscribableEventType)[keyof typeof SubscribableEventType]

/** All types of events, including the one that `sendTestEvent` sends. */
export const EventType = { ...SubscribableEventType, ENDPOINT_TEST: 'endpoint.test' } as const
export type EventType = (typeof EventType)[keyof typeof EventType]
