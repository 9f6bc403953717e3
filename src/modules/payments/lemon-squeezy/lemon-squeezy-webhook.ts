import { z } from 'zod'
import { isSignedBy, signWebhook } from '../../../core/webhook-signature.js'
import { eventSubject, parseEvent } from '../inbound-webhooks/parse-event.js'
import type { ParsedEvent, ProviderWebhook } from '../payment-provider.port.js'
import { readPaidOrder, readPayment, readRefundedOrder, readSubscription } from './lemon-squeezy.schemas.js'

const SIGNATURE_HEADER = 'x-signature'

const eventSchema = z.looseObject({
  meta: z.looseObject({
    event_name: z.string().min(1).max(100),
    custom_data: z.unknown().optional(),
    test_mode: z.unknown().optional(),
  }),
  data: z.looseObject({ type: z.string().max(100), id: z.union([z.string().max(100), z.number()]).transform(String) }),
})
type LemonSqueezyEvent = z.output<typeof eventSchema>

/** The webhooks of Lemon Squeezy: `meta.event_name` and a JSON:API resource. Source: docs.lemonsqueezy.com/help/webhooks. */
export function lemonSqueezyWebhook(secrets: readonly string[]): ProviderWebhook {
  return {
    name: 'lemonsqueezy',
    title: 'Lemon Squeezy',
    path: '/webhooks/lemonsqueezy',
    isEnabled: true,
    marker: 'meta',
    verify: (headers, rawBody) => isSignedBy(rawBody, headers[SIGNATURE_HEADER], secrets),
    readEnvelope(json) {
      const body = parseEvent(eventSchema, json)
      return { name: body.meta.event_name, subject: lemonSqueezySubject(body.data), isTest: body.meta.test_mode === true, body }
    },
    parse: (body) => parseResource(parseEvent(eventSchema, body)),
  }
}

/** The headers of a webhook in this format. */
export function webhookHeaders(name: string, body: string, secret: string): Record<string, string> {
  return { 'content-type': 'application/json', 'x-event-name': name, [SIGNATURE_HEADER]: signWebhook(body, secret) }
}

function parseResource({ meta, data }: LemonSqueezyEvent): ParsedEvent {
  switch (data.type) {
    case 'subscriptions':
      return { type: 'subscription', snapshot: readSubscription(data), custom: meta.custom_data }
    case 'subscription-invoices':
      return { type: 'payment', payment: readPayment(data) }
    case 'orders':
      if (meta.event_name === 'order_refunded') return { type: 'refund', refund: readRefundedOrder(data) }
      // The payment of a subscription is reported by its own event.
      if (meta.event_name !== 'order_created' || !isOfTopUp(meta.custom_data)) return { type: 'ignored' }
      return { type: 'topUp', payment: { ...readPaidOrder(data), custom: meta.custom_data } }
    default:
      return { type: 'ignored' }
  }
}

function isOfTopUp(custom: unknown): boolean {
  return typeof custom === 'object' && custom !== null && 'top_up_order_id' in custom
}

function lemonSqueezySubject({ type, id, attributes }: LemonSqueezyEvent['data']): string | null {
  if (type === 'subscriptions') return `subscription:${id}`
  if (type === 'orders') return `order:${id}`
  const subscriptionId = (attributes as { subscription_id?: unknown } | undefined)?.subscription_id
  return typeof subscriptionId === 'number' || typeof subscriptionId === 'string'
    ? eventSubject('subscription', String(subscriptionId))
    : null
}
