import { z } from 'zod'
import type { SubscriptionStatus } from '../../subscriptions/index.js'
import { parseEvent } from '../inbound-webhooks/parse-event.js'
import type { PaymentSnapshot, RefundSnapshot, SubscriptionSnapshot, TopUpSnapshot } from '../payment-provider.port.js'

// The wire format of Lemon Squeezy, which the sandbox uses too. Source: docs.lemonsqueezy.com/api,
// /help/webhooks.

const LEMON_SQUEEZY_STATUSES: Record<string, SubscriptionStatus> = {
  on_trial: 'TRIALING',
  active: 'ACTIVE',
  paused: 'PAUSED',
  past_due: 'PAST_DUE',
  unpaid: 'UNPAID',
  cancelled: 'CANCELLED',
  expired: 'EXPIRED',
}

/** A refunded payment was paid first. */
const PAID_STATUSES: readonly string[] = ['paid', 'refunded', 'partial_refund']

const resourceId = z
  .union([z.string(), z.number().int()])
  .transform(String)
  .pipe(z.string().regex(/^[\w-]{1,100}$/))
const timestamp = z.iso.datetime({ offset: true }).transform(inMicroseconds)
const minorUnits = z.number().int().min(0).transform(BigInt)

const subscriptionResource = z.object({
  type: z.literal('subscriptions'),
  id: resourceId,
  attributes: z.object({
    order_id: resourceId.nullish(),
    variant_id: resourceId,
    user_email: z.string().max(320).nullish(),
    status: z.enum(Object.keys(LEMON_SQUEEZY_STATUSES)),
    pause: z.object({ mode: z.string() }).nullish(),
    trial_ends_at: timestamp.nullish(),
    renews_at: timestamp.nullish(),
    ends_at: timestamp.nullish(),
    created_at: timestamp,
    updated_at: timestamp,
  }),
})

const paymentResource = z.object({
  type: z.literal('subscription-invoices'),
  id: resourceId,
  attributes: z.object({
    subscription_id: resourceId,
    billing_reason: z.enum(['initial', 'renewal', 'updated']),
    status: z.string(),
    total: minorUnits,
    tax: minorUnits.nullish(),
    discount_total: minorUnits.nullish(),
    currency: z.string().regex(/^[A-Z]{3}$/),
    refunded_amount: minorUnits.nullish(),
    refunded: z.boolean().nullish(),
    created_at: timestamp,
    urls: z.object({ invoice_url: z.string().nullish() }).nullish(),
  }),
})

const refundedOrderResource = z.object({
  type: z.literal('orders'),
  id: resourceId,
  attributes: z.object({ refunded_amount: minorUnits.nullish() }),
})

const paidOrderResource = z.object({
  type: z.literal('orders'),
  id: resourceId,
  attributes: z.object({
    status: z.string(),
    total: minorUnits,
    currency: z.string().regex(/^[A-Z]{3}$/),
    refunded_amount: minorUnits.nullish(),
    created_at: timestamp,
  }),
})

export function readSubscription(resource: unknown): SubscriptionSnapshot {
  const { id, attributes } = parseEvent(subscriptionResource, resource)
  return {
    id,
    orderId: attributes.order_id ?? null,
    variantId: attributes.variant_id,
    email: attributes.user_email ?? '',
    status: LEMON_SQUEEZY_STATUSES[attributes.status] ?? 'EXPIRED',
    // Lemon Squeezy pauses with access ("free") or without it ("void").
    pauseKeepsAccess: attributes.pause?.mode === 'free',
    trialEndsAt: attributes.trial_ends_at ?? null,
    renewsAt: attributes.renews_at ?? null,
    endsAt: attributes.ends_at ?? null,
    createdAt: attributes.created_at,
    updatedAt: attributes.updated_at,
  }
}

export function readPayment(resource: unknown): PaymentSnapshot {
  const { id, attributes } = parseEvent(paymentResource, resource)
  const { status, total, refunded_amount: refunded } = attributes
  return {
    id,
    subscriptionId: attributes.subscription_id,
    reason: attributes.billing_reason,
    isPaid: PAID_STATUSES.includes(status),
    total,
    tax: attributes.tax ?? 0n,
    discount: attributes.discount_total ?? 0n,
    currency: attributes.currency,
    refunded: refunded ?? (attributes.refunded ? total : 0n),
    createdAt: attributes.created_at,
    documentUrl: attributes.urls?.invoice_url ?? null,
  }
}

export function readRefundedOrder(resource: unknown): RefundSnapshot {
  const { id, attributes } = parseEvent(refundedOrderResource, resource)
  return { orderId: id, refunded: attributes.refunded_amount ?? 0n }
}

/** Reads an order that is not the purchase of a subscription. */
export function readPaidOrder(resource: unknown): Omit<TopUpSnapshot, 'custom'> {
  const { id, attributes } = parseEvent(paidOrderResource, resource)
  const { status, total, currency, refunded_amount: refunded, created_at: createdAt } = attributes
  return { id, isPaid: PAID_STATUSES.includes(status), total, currency, refunded: refunded ?? 0n, createdAt }
}

/** Variant ids are numbers. */
export function variantIdProblem(id: string): string | null {
  return /^\d{1,15}$/.test(id) ? null : 'must be the numeric id of a variant, for example "123456"'
}

/** Formats as "2026-05-01T10:00:00.123456Z": keeps the provider's precision, and times compare as text. */
function inMicroseconds(text: string): string {
  const seconds = new Date(text).toISOString().slice(0, 19)
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? ''
  return `${seconds}.${fraction.slice(0, 6).padEnd(6, '0')}Z`
}
