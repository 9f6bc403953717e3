import { randomUUID } from 'node:crypto'
import type { Transaction } from '../../platform/postgres/client.js'
import type { EventDelivery, OutboxEvent } from '../../platform/postgres/generated/client.js'
import { type Customer, customerName } from '../identity/index.js'

/** What endpoints can be told of. */
export const EVENT_TYPES = [
  'order.placed',
  'order.expired',
  'plan.applied',
  'plan.cancelled',
  'plan.expired',
  'subscription.updated',
  'payment.received',
  'invoice.issued',
  'refund.issued',
  'limits.changed',
] as const

export type EventType = (typeof EVENT_TYPES)[number]

interface NewEvent {
  type: EventType
  holder: Customer
  /** Plain JSON: ids and decimal strings, and for limits what they are. */
  payload: Record<string, string | number | null | object>
  at: Date
}

/**
 * Writes to the outbox, and what every endpoint that wants it has to get, in the transaction of what happened;
 * delivery comes later and at least once.
 */
export async function publishEvent(tx: Transaction, { type, holder, payload, at }: NewEvent): Promise<void> {
  await tx.$executeRaw`
    WITH event AS (
      INSERT INTO outbox_events (event_id, type, holder, payload, created_at)
      VALUES (${randomUUID()}::uuid, ${type}::text, ${customerName(holder)}, ${JSON.stringify(payload)}::jsonb, ${at}::timestamptz) RETURNING id, holder)
    INSERT INTO event_deliveries (endpoint_id, event_id, holder, created_at, next_attempt_at)
    SELECT endpoint.id, event.id, event.holder, ${at}::timestamptz, ${at}::timestamptz FROM event, event_endpoints AS endpoint
    WHERE endpoint.deleted_at IS NULL AND (endpoint.types = '{}' OR ${type}::text = ANY (endpoint.types))`
}

/** An event for one endpoint alone, which means nothing: to see whether it arrives. */
export function publishTestEvent(tx: Transaction, endpointId: number, at: Date): Promise<EventDelivery & { event: OutboxEvent }> {
  const holder = `endpoint:${endpointId}`
  return tx.eventDelivery.create({
    data: {
      endpoint: { connect: { id: endpointId } },
      holder,
      createdAt: at,
      nextAttemptAt: at,
      event: { create: { eventId: randomUUID(), type: 'endpoint.test', holder, payload: {}, createdAt: at } },
    },
    include: { event: true },
  })
}
