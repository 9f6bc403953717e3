import type { EventType, Limits } from './generated/schema.js'

/** The type of an event in its body: `limits.changed` for LIMITS_CHANGED. */
export type EventName = NameOf<EventType>
/** The last underscore precedes the action: `vat_id.checked` for VAT_ID_CHECKED. */
type NameOf<T extends string, Subject extends string = ''> = T extends `${infer Word}_${infer Rest}`
  ? Rest extends `${string}_${string}`
    ? NameOf<Rest, `${Subject}${Lowercase<Word>}_`>
    : `${Subject}${Lowercase<Word>}.${Lowercase<Rest>}`
  : never

/** Exactly one of the two is present. The ids are those of the panel, without a prefix. */
export interface EventCustomer {
  readonly userId?: string
  readonly organisationId?: string
}

interface Amount {
  /** A whole number of minor units of the currency, as text. */
  readonly amount: string
  readonly currency: string
}

interface OrderData extends EventCustomer, Amount {
  readonly orderId: string
  readonly planId: string | null
}

interface LimitsData extends EventCustomer {
  readonly planId: string | null
  /** The slug of the plan. */
  readonly plan: string | null
  readonly limits: Limits
  readonly features: Readonly<Record<string, unknown>>
}

interface InvoiceData extends EventCustomer {
  readonly invoiceId: string
  readonly kind: string
  readonly number: string
  readonly orderId: string
  /** A whole number of minor units of the currency, as text. */
  readonly total: string
  readonly currency: string
}

interface ReminderData extends EventCustomer {
  readonly invoiceId: string
  readonly number: string
  readonly orderId: string
  /** A whole number of minor units of the currency, as text. */
  readonly amountDue: string
  readonly currency: string
  /** ISO 8601. */
  readonly dueAt: string
  /** Days after the due date; negative before it. */
  readonly days: number
}

interface AccessData extends EventCustomer {
  readonly subscriptionId: string
  readonly planId: string
}

interface ReportData extends EventCustomer, Amount {
  readonly reportedPaymentId: string
  readonly orderId: string
  readonly reference: string
}

interface SubscriptionData extends EventCustomer {
  readonly subscriptionId: string
  readonly status: string
}

/** The data of each type of event. */
export interface EventData {
  readonly 'order.placed': OrderData & { readonly reason: string }
  readonly 'order.expired': EventCustomer & { readonly orderId: string }
  readonly 'plan.applied': OrderData & { readonly subscriptionId: string }
  readonly 'plan.cancelled': EventCustomer & {
    readonly orderIds: readonly string[]
    readonly subscriptionId: string | null
    readonly planId: string | null
  }
  readonly 'plan.expired': SubscriptionData
  readonly 'subscription.updated': SubscriptionData & { readonly planId: string }
  readonly 'subscription.suspended': AccessData & { readonly reason: string }
  readonly 'subscription.resumed': AccessData
  readonly 'subscription.terminated': AccessData
  readonly 'renewal.upcoming': EventCustomer &
    Amount & { readonly subscriptionId: string; readonly orderId: string; readonly renewsAt: string }
  readonly 'price.changing': AccessData & {
    readonly price: string
    readonly newPrice: string
    readonly currency: string
    readonly from: string
  }
  readonly 'payment.received': OrderData & { readonly reason: string }
  readonly 'payment.failed': AccessData
  readonly 'payment.reported': ReportData
  readonly 'payment.rejected': ReportData & { readonly reason: string }
  readonly 'invoice.issued': InvoiceData
  readonly 'invoice.due': ReminderData
  readonly 'invoice.overdue': ReminderData
  readonly 'refund.issued': EventCustomer & Amount & { readonly refundId: string; readonly orderId: string | null }
  readonly 'limits.changed': LimitsData
  readonly 'vat_id.checked': EventCustomer & {
    readonly vatId: string
    /** VALID, INVALID or UNAVAILABLE. */
    readonly result: string
    /** ISO 8601. */
    readonly checkedAt: string
  }
  readonly 'endpoint.test': { readonly endpointId: string }
}

/** An event. `type` determines the type of `data`. */
export type WebhookEvent<TName extends EventName = EventName> = {
  [Name in TName]: {
    /** The same for every attempt to deliver the event. Store it, and ignore an event whose id is known. */
    readonly id: string
    readonly type: Name
    /** When the event occurred. */
    readonly timestamp: string
    readonly data: EventData[Name]
  }
}[TName]
