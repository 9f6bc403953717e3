import { addIntervals, type Interval, periodNumberAt } from '../../../core/period.js'

// The behaviour of Lemon Squeezy's servers, in its wire format.

export interface SubscriptionAttributes {
  [name: string]: unknown
  status: 'on_trial' | 'active' | 'paused' | 'past_due' | 'unpaid' | 'cancelled' | 'expired'
  variant_id: number
  cancelled: boolean
  renews_at: string | null
  ends_at: string | null
  created_at: string
  updated_at: string
}

export interface PaymentAttributes {
  [name: string]: unknown
  subscription_id: number
  billing_reason: 'initial' | 'renewal' | 'updated'
  status: string
  total: number
  refunded: boolean
  refunded_amount: number
}

/** Formats a time with six decimals, as Lemon Squeezy does. */
export function wireTime(at: Date): string {
  return at.toISOString().replace('Z', '000Z')
}

/** Returns a time later than the last one, even when the clock has not moved. */
export function laterTimestamp(last: Date, now: Date): Date {
  return now > last ? now : new Date(last.getTime() + 1)
}

interface PurchasedPlanDetails {
  variantId: string
  planName: string
  email: string | null
  orderId: number
  interval: Interval
}

export function newSubscription({ variantId, planName, email, orderId, interval }: PurchasedPlanDetails, at: Date): SubscriptionAttributes {
  return {
    store_id: 1,
    customer_id: 1,
    order_id: orderId,
    order_item_id: orderId,
    product_id: Number(variantId),
    variant_id: Number(variantId),
    product_name: planName,
    variant_name: planName,
    user_name: null,
    user_email: email,
    status: 'active',
    status_formatted: 'Active',
    card_brand: 'visa',
    card_last_four: '4242',
    pause: null,
    cancelled: false,
    trial_ends_at: null,
    urls: { update_payment_method: null, customer_portal: null },
    billing_anchor: at.getUTCDate(),
    renews_at: wireTime(addIntervals(at, interval, 1)),
    ends_at: null,
    created_at: wireTime(at),
    updated_at: wireTime(at),
    test_mode: true,
  }
}

interface ChargeDetails {
  subscriptionId: bigint
  reason: PaymentAttributes['billing_reason']
  amount: bigint
  currency: string
  email: string | null
  isPaid: boolean
}

export function newPayment({ subscriptionId, reason, amount, currency, email, isPaid }: ChargeDetails, at: Date): PaymentAttributes {
  return {
    store_id: 1,
    subscription_id: Number(subscriptionId),
    customer_id: 1,
    billing_reason: reason,
    card_brand: 'visa',
    card_last_four: '4242',
    currency,
    currency_rate: '1.00000000',
    status: isPaid ? 'paid' : 'pending',
    status_formatted: isPaid ? 'Paid' : 'Pending',
    refunded: false,
    refunded_at: null,
    subtotal: Number(amount),
    discount_total: 0,
    tax: 0,
    tax_inclusive: true,
    total: Number(amount),
    refunded_amount: 0,
    urls: { invoice_url: null },
    user_name: null,
    user_email: email,
    created_at: wireTime(at),
    updated_at: wireTime(at),
    test_mode: true,
  }
}

export function newOrder(
  { variantId, planName, email, orderId }: Omit<PurchasedPlanDetails, 'interval'>,
  amount: bigint,
  currency: string,
  at: Date,
): Record<string, unknown> {
  const total = Number(amount)
  return {
    store_id: 1,
    customer_id: 1,
    identifier: `00000000-0000-4000-8000-${String(orderId).padStart(12, '0')}`,
    order_number: orderId,
    user_name: null,
    user_email: email,
    currency,
    currency_rate: '1.00000000',
    subtotal: total,
    discount_total: 0,
    tax: 0,
    tax_inclusive: true,
    total,
    status: 'paid',
    status_formatted: 'Paid',
    refunded: false,
    refunded_at: null,
    refunded_amount: 0,
    first_order_item: {
      id: orderId,
      order_id: orderId,
      product_id: Number(variantId),
      variant_id: Number(variantId),
      product_name: planName,
      variant_name: planName,
      price: total,
      quantity: 1,
    },
    urls: { receipt: null },
    created_at: wireTime(at),
    updated_at: wireTime(at),
    test_mode: true,
  }
}

/** Changes the amount of a payment that has not been reported yet. */
export function withTotal(attributes: PaymentAttributes, amount: bigint): PaymentAttributes {
  return { ...attributes, subtotal: Number(amount), total: Number(amount) }
}

/** Marks an overdue payment as paid. */
export function markPaid(attributes: PaymentAttributes, at: Date): PaymentAttributes {
  return { ...attributes, status: 'paid', status_formatted: 'Paid', updated_at: wireTime(at) }
}

/** Reactivates a subscription after an overdue payment. Its period starts when that payment was due. */
export function markRecovered(attributes: SubscriptionAttributes, periods: Periods): SubscriptionAttributes {
  return { ...attributes, status: 'active', status_formatted: 'Active', renews_at: wireTime(nextPeriodEnd(attributes, periods)) }
}

/** Adds a refund to a payment. A partial refund does not change the status. */
export function markRefunded(attributes: PaymentAttributes, amount: number, at: Date): PaymentAttributes {
  const refunded = Math.min(attributes.total, attributes.refunded_amount + amount)
  const isFull = refunded === attributes.total
  return {
    ...attributes,
    refunded_amount: refunded,
    refunded: isFull,
    status: isFull ? 'refunded' : attributes.status,
    updated_at: wireTime(at),
  }
}

/** Cancels at the end of the period, or immediately when a payment is overdue or the period has ended. */
export function markCancelled(attributes: SubscriptionAttributes, at: Date): SubscriptionAttributes {
  const { status, renews_at: renewsAt } = attributes
  if (status === 'cancelled' || status === 'expired') return attributes
  const isOverdue = status === 'past_due' || status === 'unpaid'
  if (isOverdue || renewsAt === null || new Date(renewsAt) <= at) {
    const ended = { ...attributes, cancelled: true, ends_at: wireTime(at), renews_at: null }
    return { ...ended, status: 'expired', status_formatted: 'Expired' }
  }
  return { ...attributes, status: 'cancelled', status_formatted: 'Cancelled', cancelled: true, ends_at: renewsAt, renews_at: null }
}

export function markResumed(attributes: SubscriptionAttributes): SubscriptionAttributes {
  if (attributes.status !== 'cancelled') return attributes
  return { ...attributes, status: 'active', status_formatted: 'Active', cancelled: false, renews_at: attributes.ends_at, ends_at: null }
}

export interface SandboxTransition {
  at: Date
  event: 'subscription_updated' | 'subscription_expired'
  /** The outcome of the payment that is due; null when none is due. */
  payment: 'paid' | 'fails' | null
  attributes: SubscriptionAttributes
}

/** Returns the first transition that is due by `now`. Call it again after applying the transition. */
export function nextTransition(
  attributes: SubscriptionAttributes,
  { fails, ...periods }: Periods & { fails: boolean },
  now: Date,
): SandboxTransition | undefined {
  const { status, renews_at: renewsAt, ends_at: endsAt } = attributes
  if (status === 'active' && renewsAt && new Date(renewsAt) <= now) {
    const at = new Date(renewsAt)
    const stamped = { ...attributes, updated_at: renewsAt }
    if (fails)
      return {
        at,
        event: 'subscription_updated',
        payment: 'fails',
        attributes: { ...stamped, status: 'past_due', status_formatted: 'Past Due' },
      }
    return {
      at,
      event: 'subscription_updated',
      payment: 'paid',
      attributes: { ...stamped, renews_at: wireTime(nextPeriodEnd(attributes, periods)) },
    }
  }
  if (status === 'cancelled' && endsAt && new Date(endsAt) <= now) {
    const ended = { ...attributes, status: 'expired' as const, status_formatted: 'Expired', updated_at: endsAt }
    return { at: new Date(endsAt), event: 'subscription_expired', payment: null, attributes: ended }
  }
  return undefined
}

interface Periods {
  readonly interval: Interval
  /** Null or absent if the periods start with the purchase. */
  readonly anchor?: string | null | undefined
}

/** Returns the end of the period that starts at the renewal. */
function nextPeriodEnd({ renews_at: renewsAt, created_at: createdAt }: SubscriptionAttributes, { interval, anchor: start }: Periods): Date {
  const anchor = new Date(start ?? createdAt)
  return addIntervals(anchor, interval, periodNumberAt(anchor, interval, new Date(renewsAt ?? createdAt)))
}
