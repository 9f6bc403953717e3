import { z } from 'zod'
import { DomainError } from '../core/errors.js'
import { parseEvent } from './parse-event.js'

const provider = z.looseObject({
  meta: z.looseObject({ event_name: z.string().min(1).max(100), custom_data: z.unknown().optional() }),
  data: z.looseObject({ type: z.string().max(100), id: z.union([z.string().max(100), z.number()]).transform(String) }),
})
const reference = z.looseObject({ event: z.string().min(1).max(100), data: z.looseObject({}) })

export type ProviderEvent = z.output<typeof provider>
export type ReferenceEvent = z.output<typeof reference>

/** Which of the two kinds of event a body is, and what it is about. */
export type Shape =
  | { source: 'lemonsqueezy'; name: string; subject: string | null; json: ProviderEvent }
  | { source: 'reference'; name: string; subject: string | null; json: ReferenceEvent }

/**
 * `meta.event_name` with a JSON:API resource is the provider's; a top-level `event` without `meta` the plain one.
 * @throws BAD_REQUEST for both or neither
 */
export function shapeOf(json: unknown): Shape {
  const has = (key: string) => typeof json === 'object' && json !== null && key in json
  if (has('meta') === has('event')) throw new DomainError('BAD_REQUEST', 'An event has either "meta" or "event" at its top')
  if (has('meta')) {
    const event = parseEvent(provider, json)
    return { source: 'lemonsqueezy', name: event.meta.event_name, subject: subjectOf(event.data), json: event }
  }
  const event = parseEvent(reference, json)
  const id = event.data.subscription_id
  return { source: 'reference', name: event.event, subject: typeof id === 'string' ? subscriptionSubject(id) : null, json: event }
}

/** Events of one subject are processed in the order in which they came. */
function subjectOf({ type, id, attributes }: ProviderEvent['data']): string | null {
  if (type === 'subscriptions') return `subscription:${id}`
  if (type === 'orders') return `order:${id}`
  const of = (attributes as { subscription_id?: unknown } | undefined)?.subscription_id
  return typeof of === 'number' || typeof of === 'string' ? subscriptionSubject(String(of)) : null
}

/** No provider's number is longer; the name of a queue has an end. */
function subscriptionSubject(id: string): string | null {
  return id.length <= 100 ? `subscription:${id}` : null
}
