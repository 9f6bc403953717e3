import { z } from 'zod'
import { BAD_REQUEST, DomainError } from '../../../core/errors.js'
import { parseEvent } from './parse-event.js'

const providerEventSchema = z.looseObject({
  meta: z.looseObject({
    event_name: z.string().min(1).max(100),
    custom_data: z.unknown().optional(),
    test_mode: z.unknown().optional(),
  }),
  data: z.looseObject({ type: z.string().max(100), id: z.union([z.string().max(100), z.number()]).transform(String) }),
})
const escluseEventSchema = z.looseObject({ event: z.string().min(1).max(100), data: z.looseObject({}) })

export type ProviderEvent = z.output<typeof providerEventSchema>
export type EscluseEvent = z.output<typeof escluseEventSchema>

/** The sender of an event; each has its own route and secret. The sandbox sends as Lemon Squeezy. */
export type WebhookSource = 'lemonsqueezy' | 'escluse'

/** A parsed event with its source, name and subject. */
export type WebhookEnvelope =
  | { source: 'lemonsqueezy'; name: string; subject: string | null; json: ProviderEvent }
  | { source: 'escluse'; name: string; subject: string | null; json: EscluseEvent }

/**
 * Parses an event. Lemon Squeezy sends `meta.event_name` and a JSON:API resource, Escluse sends `event`.
 * @throws BAD_REQUEST when the body has both `meta` and `event`, or neither
 */
export function parseEnvelope(json: unknown): WebhookEnvelope {
  const has = (key: string) => typeof json === 'object' && json !== null && key in json
  if (has('meta') === has('event')) throw new DomainError(BAD_REQUEST, 'An event must have either "meta" or "event" at its top level')
  if (has('meta')) {
    const event = parseEvent(providerEventSchema, json)
    return { source: 'lemonsqueezy', name: event.meta.event_name, subject: providerSubject(event.data), json: event }
  }
  const event = parseEvent(escluseEventSchema, json)
  return { source: 'escluse', name: event.event, subject: escluseSubject(event.data), json: event }
}

/** Returns the ordering key: events with the same subject are processed in the order of their arrival. */
function providerSubject({ type, id, attributes }: ProviderEvent['data']): string | null {
  if (type === 'subscriptions') return `subscription:${id}`
  if (type === 'orders') return `order:${id}`
  const subscriptionId = (attributes as { subscription_id?: unknown } | undefined)?.subscription_id
  return typeof subscriptionId === 'number' || typeof subscriptionId === 'string'
    ? orderingKey('subscription', String(subscriptionId))
    : null
}

function escluseSubject({ subscription_id: subscription, refund_id: refund }: EscluseEvent['data']): string | null {
  if (typeof subscription === 'string') return orderingKey('subscription', subscription)
  return typeof refund === 'string' ? orderingKey('refund', refund) : null
}

/** Returns null for an id longer than any provider's, because queue names have a maximum length. */
function orderingKey(kind: 'subscription' | 'refund', id: string): string | null {
  return id.length <= 100 ? `${kind}:${id}` : null
}
