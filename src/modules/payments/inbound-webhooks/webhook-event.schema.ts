import { z } from 'zod'
import { DomainError } from '../../../core/errors.js'
import { parseEvent } from './parse-event.js'

const providerEventSchema = z.looseObject({
  meta: z.looseObject({
    event_name: z.string().min(1).max(100),
    custom_data: z.unknown().optional(),
    test_mode: z.unknown().optional(),
  }),
  data: z.looseObject({ type: z.string().max(100), id: z.union([z.string().max(100), z.number()]).transform(String) }),
})
const escluse = z.looseObject({ event: z.string().min(1).max(100), data: z.looseObject({}) })

export type ProviderEvent = z.output<typeof providerEventSchema>
export type EscluseEvent = z.output<typeof escluse>

/** Who sent an event: each source has a route and a secret of its own. The sandbox uses the format of Lemon Squeezy. */
export type WebhookSource = 'lemonsqueezy' | 'escluse'

/** An event by its source, and what it is about. */
export type WebhookEnvelope =
  | { source: 'lemonsqueezy'; name: string; subject: string | null; json: ProviderEvent }
  | { source: 'escluse'; name: string; subject: string | null; json: EscluseEvent }

/**
 * `meta.event_name` with a JSON:API resource is Lemon Squeezy's; a top-level `event` without `meta` is Escluse's.
 * @throws BAD_REQUEST for both or neither
 */
export function parseEnvelope(json: unknown): WebhookEnvelope {
  const has = (key: string) => typeof json === 'object' && json !== null && key in json
  if (has('meta') === has('event')) throw new DomainError('BAD_REQUEST', 'An event has either "meta" or "event" at its top level')
  if (has('meta')) {
    const event = parseEvent(providerEventSchema, json)
    return { source: 'lemonsqueezy', name: event.meta.event_name, subject: providerSubject(event.data), json: event }
  }
  const event = parseEvent(escluse, json)
  return { source: 'escluse', name: event.event, subject: escluseSubject(event.data), json: event }
}

/** Events of one subject are processed in the order in which they came. */
function providerSubject({ type, id, attributes }: ProviderEvent['data']): string | null {
  if (type === 'subscriptions') return `subscription:${id}`
  if (type === 'orders') return `order:${id}`
  const of = (attributes as { subscription_id?: unknown } | undefined)?.subscription_id
  return typeof of === 'number' || typeof of === 'string' ? orderingKey('subscription', String(of)) : null
}

function escluseSubject({ subscription_id: subscription, refund_id: refund }: EscluseEvent['data']): string | null {
  if (typeof subscription === 'string') return orderingKey('subscription', subscription)
  return typeof refund === 'string' ? orderingKey('refund', refund) : null
}

/** Null for an id longer than any provider's: names of queues are limited. */
function orderingKey(kind: 'subscription' | 'refund', id: string): string | null {
  return id.length <= 100 ? `${kind}:${id}` : null
}
