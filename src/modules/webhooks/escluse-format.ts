import { z } from 'zod'
import { encodeId } from '../../core/ids.js'
import { SubscribableEventType } from './event-type.enums.js'

/** The types of events that Escluse's format has. */
export const ESCLUSE_EVENT_TYPES: readonly SubscribableEventType[] = [
  SubscribableEventType.PLAN_APPLIED,
  SubscribableEventType.SUBSCRIPTION_UPDATED,
  SubscribableEventType.PLAN_CANCELLED,
  SubscribableEventType.PLAN_EXPIRED,
  SubscribableEventType.REFUND_ISSUED,
]

/**
 * SQL that reads what the format needs besides the payload of an event, within the transaction of the event, so that every
 * attempt to deliver it sends the same bytes. The details are null if the plan of a customer without a
 * subscription is cancelled: nothing ends. They contain personal data, so they are also null as long as no endpoint
 * has the format. To be joined to the events, which are named `new`.
 */
export const SELECT_ESCLUSE_DETAILS = `
  SELECT jsonb_build_object(
    'subscriptionId', CASE subscription.provider WHEN 'escluse' THEN subscription.provider_subscription_id ELSE 'sub_' || subscription.id END,
    'plan', plan.slug, 'status', COALESCE(event.payload->>'status', subscription.status), 'endsAt', COALESCE(subscription.ends_at, subscription.current_period_end),
    'userId', customer.id, 'email', customer.email,
    'refundType', refund.type, 'refundDays', refund.days, 'refundReason', refund.reason) AS escluse_details
  FROM (SELECT new.payload::jsonb AS payload) AS event
  LEFT JOIN orders ON orders.id = COALESCE(event.payload->>'orderId', event.payload->'orderIds'->>0)::bigint
  LEFT JOIN subscriptions AS subscription
    ON subscription.id = COALESCE((event.payload->>'subscriptionId')::bigint, orders.subscription_id)
  LEFT JOIN plans AS plan ON plan.id = COALESCE((event.payload->>'planId')::bigint, subscription.plan_id)
  LEFT JOIN users AS customer ON customer.id = COALESCE(orders.user_id, subscription.user_id)
  LEFT JOIN refunds AS refund ON refund.id = (event.payload->>'refundId')::bigint
  WHERE new.type IN (${ESCLUSE_EVENT_TYPES.map((type) => `'${type}'`).join(', ')}) AND COALESCE(subscription.id, refund.id) IS NOT NULL
    AND EXISTS (SELECT FROM event_endpoints WHERE format = 'ESCLUSE' AND deleted_at IS NULL)`

const detailsSchema = z.object({
  subscriptionId: z.string().nullable(),
  plan: z.string().nullable(),
  status: z.string().nullable(),
  endsAt: z.coerce.date().nullable(),
  userId: z.string().nullable(),
  email: z.string().nullable(),
  refundType: z.string().nullable(),
  refundDays: z.number().nullable(),
  refundReason: z.string().nullable(),
})
const refundPayload = z.object({ refundId: z.union([z.number(), z.string()]), amount: z.string() })

type EscluseDetails = z.output<typeof detailsSchema>

interface StoredEvent {
  type: string
  payload: unknown
  escluseDetails: unknown
  publishedAt: Date
}

/**
 * The request body in Escluse's format. The order of its fields is fixed.
 * @throws Error for an event that has no counterpart, or that an earlier version has published
 */
export function escluseBody({ type, payload, escluseDetails, publishedAt }: StoredEvent): string {
  if (escluseDetails === null) throw new Error(`an event of the type ${type} cannot be sent in the Escluse format`)
  return JSON.stringify(toEscluseEvent(type, payload, detailsSchema.parse(escluseDetails), publishedAt))
}

function toEscluseEvent(type: string, payload: unknown, details: EscluseDetails, at: Date): { event: string; data: object } {
  switch (type) {
    case SubscribableEventType.PLAN_APPLIED:
      return created(details)
    case SubscribableEventType.SUBSCRIPTION_UPDATED:
    case SubscribableEventType.PLAN_EXPIRED:
      if (details.status === 'EXPIRED') return cancelled(details, at)
      return details.status === 'CANCELLED' ? cancelled(details, details.endsAt ?? at) : updated(details)
    case SubscribableEventType.PLAN_CANCELLED:
      return cancelled(details, at)
    default:
      return refunded(details, payload)
  }
}

function created({ subscriptionId, plan, email, userId }: EscluseDetails) {
  const customerEmail = email ?? placeholderEmail(userId ?? '')
  return { event: 'subscription_created', data: { subscription_id: subscriptionId, plan, customer_email: customerEmail } }
}

/**
 * An address for a customer whose e-mail address the panel has not synced. The domain `.invalid` never receives mail.
 * Characters that an address must not contain are replaced.
 */
function placeholderEmail(userId: string): string {
  return `user-${userId.replace(/[^A-Za-z0-9_-]/g, '-')}@users.invalid`
}

function updated({ subscriptionId, plan, status }: EscluseDetails) {
  return { event: 'subscription_updated', data: { subscription_id: subscriptionId, plan, status: status?.toLowerCase() ?? null } }
}

function cancelled({ subscriptionId }: EscluseDetails, effectiveAt: Date) {
  const effectiveDate = effectiveAt.toISOString().replace(/\.\d+Z$/, 'Z')
  return { event: 'subscription_canceled', data: { subscription_id: subscriptionId, effective_date: effectiveDate } }
}

function refunded({ refundType, refundDays, refundReason }: EscluseDetails, payload: unknown) {
  const { refundId, amount } = refundPayload.parse(payload)
  const eligibility = { type: refundType?.toLowerCase() ?? null, days_since_subscription: refundDays }
  return {
    event: 'refund_processed',
    data: { refund_id: encodeId('Refund', String(refundId)), amount: Number(amount), reason: refundReason, eligibility },
  }
}
