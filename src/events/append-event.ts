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
  | 'subscription.started'
  | 'subscription.changed'
  | 'payment.received'
  | 'refund.made'

interface NewEvent {
  type: EventType
  holder: Holder
  /** Plain JSON: ids and decimal strings. */
  payload: Record<string, string | number | null>
  at: Date
}

/** Writes to the outbox, in the transaction of what happened; delivery comes later and at least once. */
export async function appendEvent(tx: Transaction, { type, holder, payload, at }: NewEvent): Promise<void> {
  await tx.outboxEvent.create({
    data: { eventId: randomUUID(), type, holder: holderName(holder), payload, createdAt: at },
  })
}
