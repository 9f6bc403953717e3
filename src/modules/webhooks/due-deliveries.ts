import { Prisma } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import type { WebhookFormat } from './webhook-format.enums.js'

/** Customers of one endpoint that are read at once. */
const MAX_CUSTOMERS_PER_ENDPOINT = 50
/** Events of one customer that are read at once. */
const MAX_DELIVERIES_PER_CUSTOMER = 20
const MAX_DELIVERIES_PER_ENDPOINT = 100
const MAX_DELIVERIES = 1000

/** The part of an endpoint that is needed to send. */
export interface DeliveryTarget {
  url: string
  format: WebhookFormat
  secret: Uint8Array
  previousSecret: Uint8Array | null
  previousSecretUntil: Date | null
}

export interface DueDelivery {
  id: bigint
  attempts: number
  createdAt: Date
  nextAttemptAt: Date
  eventId: string
  type: string
  customer: string
  payload: unknown
  escluseDetails: unknown
  publishedAt: Date
}

interface DeliveryRow extends DeliveryTarget, DueDelivery {
  endpointId: bigint
}

/** Customers that are not read, because their events are being sent, or the results are not stored yet. */
export interface BusyCustomer {
  endpointId: bigint
  customer: string
}

export interface DeliveryBatch {
  target: DeliveryTarget
  /** Pending deliveries in their order, by customer. The first one of each customer is due. */
  byCustomer: Map<string, DueDelivery[]>
  /** Whether more may be due than was read. */
  isPartial: boolean
}

/**
 * Whether the oldest pending event of a customer is due. Later ones of the customer wait for it, even if they are
 * due. The status is a literal, because a partial index does not match a parameter. The limit makes PostgreSQL stop at the
 * first one; for EXISTS, it plans to compare all pending deliveries.
 */
export const HAS_DUE_DELIVERY = (at: Date) => Prisma.sql`(
  SELECT true FROM event_deliveries AS head
  WHERE head.endpoint_id = endpoint.id AND head.status = 'PENDING' AND head.next_attempt_at <= ${at}::timestamptz AND ${IS_OLDEST_PENDING}
  ORDER BY head.next_attempt_at, head.id LIMIT 1)`

const IS_OLDEST_PENDING = Prisma.sql`NOT EXISTS (
  SELECT FROM event_deliveries AS earlier
  WHERE earlier.endpoint_id = head.endpoint_id AND earlier.holder = head.holder AND earlier.status = 'PENDING' AND earlier.id < head.id)`

/**
 * Reads the due deliveries of claimed endpoints. It must be a statement after the one that claims them: in one
 * snapshot, deliveries that the previous owner has just made would still be due. If there are too many, every endpoint
 * gets an equal part, and every customer of an endpoint one event before any gets a second.
 */
export async function readDueDeliveries(
  { rawQuery }: Pick<Services, 'rawQuery'>,
  endpointIds: bigint[],
  busy: readonly BusyCustomer[],
  at: Date,
): Promise<Map<bigint, DeliveryBatch>> {
  const rows = await rawQuery<DeliveryRow>(Prisma.sql`
    SELECT "endpointId", url, format, secret, "previousSecret", "previousSecretUntil", delivery.id, attempts, delivery.created_at AS "createdAt",
      next_attempt_at AS "nextAttemptAt", event.event_id::text AS "eventId", event.type, delivery.holder AS customer, event.payload,
      event.escluse_details AS "escluseDetails", event.created_at AS "publishedAt"
    FROM (
      SELECT endpoint.id AS "endpointId", url, format, secret, previous_secret AS "previousSecret",
        previous_secret_until AS "previousSecretUntil", pending.*, row_number() OVER (PARTITION BY endpoint.id ORDER BY pending.position, pending.id) AS rank
      FROM event_endpoints AS endpoint
      CROSS JOIN LATERAL (
        SELECT head.holder FROM event_deliveries AS head
        WHERE head.endpoint_id = endpoint.id AND head.status = 'PENDING' AND head.next_attempt_at <= ${at}::timestamptz AND ${IS_OLDEST_PENDING}
          AND (head.endpoint_id, head.holder) NOT IN (SELECT * FROM unnest(
            ${busy.map(({ endpointId }) => endpointId)}::bigint[], ${busy.map(({ customer }) => customer)}::text[]))
        ORDER BY head.next_attempt_at, head.id LIMIT ${MAX_CUSTOMERS_PER_ENDPOINT}) AS due
      CROSS JOIN LATERAL (
        SELECT id, event_id, holder, attempts, created_at, next_attempt_at, row_number() OVER (ORDER BY id) AS position
        FROM event_deliveries WHERE endpoint_id = endpoint.id AND holder = due.holder AND status = 'PENDING'
        ORDER BY id LIMIT ${MAX_DELIVERIES_PER_CUSTOMER}) AS pending
      WHERE endpoint.id = ANY (${endpointIds}::bigint[]) AND endpoint.is_enabled AND endpoint.deleted_at IS NULL) AS delivery
    JOIN outbox_events AS event ON event.id = delivery.event_id
    WHERE rank <= ${MAX_DELIVERIES_PER_ENDPOINT}
    ORDER BY rank, "endpointId" LIMIT ${MAX_DELIVERIES}`)
  return groupByEndpoint(rows)
}

function groupByEndpoint(rows: readonly DeliveryRow[]): Map<bigint, DeliveryBatch> {
  const batches = new Map<bigint, DeliveryBatch>()
  for (const { endpointId, url, format, secret, previousSecret, previousSecretUntil, ...delivery } of rows) {
    const target = { url, format, secret, previousSecret, previousSecretUntil }
    const batch = batches.get(endpointId) ?? { target, byCustomer: new Map(), isPartial: rows.length >= MAX_DELIVERIES }
    batches.set(endpointId, batch)
    const pending = batch.byCustomer.get(delivery.customer) ?? []
    batch.byCustomer.set(delivery.customer, [...pending, delivery])
  }
  for (const batch of batches.values()) batch.isPartial ||= reachesLimit(batch)
  return batches
}

function reachesLimit({ byCustomer }: DeliveryBatch): boolean {
  const counts = [...byCustomer.values()].map(({ length }) => length)
  const total = counts.reduce((sum, count) => sum + count, 0)
  return (
    byCustomer.size >= MAX_CUSTOMERS_PER_ENDPOINT ||
    total >= MAX_DELIVERIES_PER_ENDPOINT ||
    counts.some((count) => count >= MAX_DELIVERIES_PER_CUSTOMER)
  )
}
