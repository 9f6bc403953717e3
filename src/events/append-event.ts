import { randomUUID } from 'node:crypto'
import type { Transaction } from '../database/client.js'
import { type Holder, holderName } from '../identity/holder.js'

export type EventType =
  | 'order.placed'
  | 'order.expired'
  | 'plan.applied'
  | 'plan.cancelled'
  | 'plan.expired'
  | 'invoice.issued'
  | 'subscription.updated'
  | 'payment.received'
  | 'refund.issued'
  | 'limits.changed'

interface NewEvent {
  type: EventType
  holder: Holder
  /** Plain JSON: ids and decimal strings, and for limits what they are. */
  payload: Record<string, string | number | null | object>
  at: Date
}

/**
 * Writes to the outbox, and what every endpoint that wants it has to get, in the transaction of what happened;
 * delivery comes later and at least once.
 */
export async function appendEvent(tx: Transaction, { type, holder, payload, at }: NewEvent): Promise<void> {
  await tx.$executeRaw`
    WITH event AS (
      INSERT INTO outbox_events (event_id, type, holder, payload, created_at)
      VALUES (${randomUUID()}::uuid, ${type}::text, ${holderName(holder)}, ${JSON.stringify(payload)}::jsonb, ${at}::timestamptz) RETURNING id, holder)
    INSERT INTO event_deliveries (endpoint_id, event_id, holder, created_at, next_attempt_at)
    SELECT endpoint.id, event.id, event.holder, ${at}::timestamptz, ${at}::timestamptz FROM event, event_endpoints AS endpoint
    WHERE endpoint.deleted_at IS NULL AND (endpoint.types = '{}' OR ${type}::text = ANY (endpoint.types))`
}
