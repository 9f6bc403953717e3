import { randomUUID } from 'node:crypto'
import { stringifyWithIds } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { OutboxEvent, WebhookDelivery } from '../../platform/postgres/generated/client.js'
import { notifyAfterCommit } from '../../platform/postgres/notifications.js'
import { type Customer, customerName } from '../identity/index.js'
import { READ_ESCLUSE_DETAILS } from './escluse-format.js'
import type { EventPayloads } from './event-payloads.js'
import { EventType, type SubscribableEventType } from './event-type.enums.js'

type NewEvent = {
  [Type in SubscribableEventType]: { type: Type; customer: Customer; payload: EventPayloads[Type]; at: Date }
}[SubscribableEventType]

/**
 * Writes an event to the outbox, with a delivery for every endpoint that subscribes to its type, in the
 * transaction of the change. It is delivered later, at least once.
 */
export async function publishEvent(tx: Transaction, event: NewEvent): Promise<void> {
  await publishEvents(tx, [event])
}

/** Publishes many events in one statement, in their order. */
export async function publishEvents(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const deliveries = await tx.$executeRaw`
    WITH event AS (
      INSERT INTO outbox_events (event_id, type, holder, payload, created_at, escluse_details)
      SELECT event_id, type, holder, payload::jsonb, created_at, escluse_details FROM unnest(
        ${events.map(() => randomUUID())}::uuid[], ${events.map(({ type }) => type)}::text[],
        ${events.map(({ customer }) => customerName(customer))}::text[], ${events.map(({ payload }) => stringifyWithIds(payload))}::text[],
        ${events.map(({ at }) => at.toISOString())}::timestamptz[])
        WITH ORDINALITY AS new (event_id, type, holder, payload, created_at, position)
      LEFT JOIN LATERAL (${READ_ESCLUSE_DETAILS}) AS details ON true
      ORDER BY position RETURNING id, type, holder, created_at, escluse_details)
    INSERT INTO event_deliveries (endpoint_id, event_id, holder, created_at, next_attempt_at)
    SELECT endpoint.id, event.id, event.holder, event.created_at, event.created_at FROM event, event_endpoints AS endpoint
    WHERE endpoint.deleted_at IS NULL AND (endpoint.types = '{}' OR event.type = ANY (endpoint.types))
      AND (endpoint.format <> 'ESCLUSE' OR event.escluse_details IS NOT NULL)
    ORDER BY event.id, endpoint.id`
  if (deliveries > 0) notifyOfDeliveries(tx)
}

/** Wakes the dispatchers of all processes after the commit. */
export function notifyOfDeliveries(tx: Transaction): void {
  notifyAfterCommit(tx, { deliveries: true })
}

/** Publishes an event without content to one endpoint, to check whether the endpoint accepts it. */
export function publishTestEvent(tx: Transaction, endpointId: bigint, at: Date): Promise<WebhookDelivery & { event: OutboxEvent }> {
  const subject = `endpoint:${endpointId}`
  notifyOfDeliveries(tx)
  return tx.webhookDelivery.create({
    data: {
      endpoint: { connect: { id: endpointId } },
      holder: subject,
      createdAt: at,
      nextAttemptAt: at,
      event: { create: { eventId: randomUUID(), type: EventType.ENDPOINT_TEST, holder: subject, payload: {}, createdAt: at } },
    },
    include: { event: true },
  })
}
