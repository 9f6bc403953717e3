import { randomUUID } from 'node:crypto'
import { stringifyWithIds } from '../../core/json-ids.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import type { OutboxEvent, WebhookDelivery } from '../../platform/postgres/generated/client.js'
import { notifyAfterCommit } from '../../platform/postgres/notifications.js'
import { bind, type RowOf } from '../../platform/postgres/statement.js'
import { followLateWrites, type LateWrite, writeAtEnd } from '../../platform/postgres/write-at-end.js'
import { type Customer, customerName } from '../identity/index.js'
import type { EventPayloads } from './event-payloads.js'
import { EventType, type SubscribableEventType } from './event-type.enums.js'
import { PUBLISH_EVENTS } from './webhooks.statements.js'

export const DECLARATION_KINDS = ['CANCELLATION', 'EXTRAORDINARY_CANCELLATION', 'WITHDRAWAL'] as const

/** How a customer ends a contract. An ordinary cancellation has no reason. */
export interface Declaration {
  readonly kind: (typeof DECLARATION_KINDS)[number]
  readonly reason: string | null
}

/** An event as it is published. */
export type NewEvent = {
  [Type in SubscribableEventType]: {
    type: Type
    customer: Customer
    payload: EventPayloads[Type]
    at: Date
    // Only mails state the following; endpoints do not receive it.
    /** The name of the plan until now, if the plan of a subscription has changed. */
    planBefore?: string | undefined
    /** When the customer has cancelled the subscription, if this is the event of it, and when it ends. */
    cancellation?: { readonly receivedAt: Date; readonly endsAt: Date; readonly declaration?: Declaration } | undefined
    /** The refund of a credit note. */
    refundId?: bigint | undefined
  }
}[SubscribableEventType]

/**
 * Writes an event to the outbox, with a delivery for every endpoint that subscribes to its type, in the
 * transaction of the change. It is delivered later, at least once.
 */
export async function publishEvent(tx: Transaction, event: NewEvent): Promise<void> {
  await publishEvents(tx, [event])
}

const LATE_EVENTS: LateWrite<NewEvent, RowOf<typeof PUBLISH_EVENTS>> = {
  bind: (events) =>
    bind(PUBLISH_EVENTS, {
      eventIds: events.map(() => randomUUID()),
      eventTypes: events.map(({ type }) => type),
      eventHolders: events.map(({ customer }) => customerName(customer)),
      eventPayloads: events.map(({ payload }) => stringifyWithIds(payload)),
      eventTimes: events.map(({ at }) => at),
    }),
  onWritten(tx, [written]) {
    if (written && written.deliveries > 0) notifyOfDeliveries(tx)
  },
}

/** Publishes many events, in their order. */
export async function publishEvents(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  await writeAtEnd(tx, LATE_EVENTS, events)
}

/** Calls `follower` with the events of every transaction of a client, before they are written. It may add late writes. */
export function followEvents(db: Database, follower: (tx: Transaction, events: readonly NewEvent[]) => Promise<void>): void {
  followLateWrites(db, LATE_EVENTS, follower)
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
