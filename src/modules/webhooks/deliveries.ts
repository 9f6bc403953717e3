import { DAY_MS } from '../../core/duration.js'
import { invalidInputError } from '../../core/errors.js'
import { parseId } from '../../core/input.js'
import { type ConnectionArguments, readPageById } from '../../core/pagination.js'
import type { EventDelivery, OutboxEvent } from '../../platform/postgres/generated/client.js'
import type { DeliveryStatus } from '../../platform/postgres/generated/enums.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { getEndpoint } from './endpoints.js'
import { publishTestEvent } from './publish-event.js'

export type DeliveryWithEvent = EventDelivery & { event: OutboxEvent }

interface DeliveryFilter {
  endpointId?: string | null | undefined
  status?: DeliveryStatus | null | undefined
}

/** Newest first. */
export async function listEventDeliveries({ db }: Services, { endpointId, status }: DeliveryFilter, asked: ConnectionArguments) {
  const chosen = { ...(endpointId != null && { endpointId: parseId('endpointId', endpointId) }), ...(status && { status }) }
  const page = await readPageById(asked, {
    read: ({ where, ...query }) => db.eventDelivery.findMany({ where: { ...where, ...chosen }, include: { event: true }, ...query }),
    timeOf: ({ createdAt }) => createdAt,
  })
  return { ...page, count: () => db.eventDelivery.count({ where: chosen }) }
}

/** Sends an event once more, whatever became of it: as the last one of its holder. @throws BAD_USER_INPUT when there is none */
export async function replayEventDelivery({ db, clock }: Services, by: UserPrincipal, deliveryId: string): Promise<DeliveryWithEvent> {
  const id = parseId('id', deliveryId)
  const at = clock.now()
  return runTransaction(db, async (tx) => {
    const found = await tx.eventDelivery.findUnique({ where: { id } })
    if (!found) throw invalidInputError('id', `there is no delivery ${id}`)
    const { endpointId, eventId, holder } = found
    await getEndpoint(tx, endpointId, 'id')
    await recordAuditEntry(tx, { by, action: 'replayEventDelivery', subject: `eventEndpoint:${endpointId}`, details: { id }, at })
    const data = { endpointId, eventId, holder, createdAt: at, nextAttemptAt: at }
    return tx.eventDelivery.create({ data, include: { event: true } })
  })
}

interface ReplayRange {
  endpointId: string
  since: Date
  failedOnly: boolean
}

/**
 * Sends the events since a time once more, in their order: those that were given up, or all that the endpoint wants.
 * @returns how many
 */
export async function replayEvents(
  { db, clock }: Services,
  by: UserPrincipal,
  { endpointId, since, failedOnly }: ReplayRange,
): Promise<number> {
  const id = parseId('endpointId', endpointId)
  const at = clock.now()
  return runTransaction(db, async (tx) => {
    const { types } = await getEndpoint(tx, id, 'endpointId')
    const count = await tx.$executeRaw`
      INSERT INTO event_deliveries (endpoint_id, event_id, holder, created_at, next_attempt_at)
      SELECT ${id}::int, event.id, event.holder, ${at}::timestamptz, ${at}::timestamptz FROM outbox_events AS event
      WHERE event.created_at >= ${since} AND (${types}::text[] = '{}' OR event.type = ANY (${types}::text[]))
        AND (NOT ${failedOnly} OR EXISTS (
          SELECT FROM event_deliveries AS dead WHERE dead.event_id = event.id AND dead.endpoint_id = ${id} AND dead.status = 'FAILED'))
        AND NOT EXISTS (
          SELECT FROM event_deliveries AS other WHERE other.event_id = event.id AND other.endpoint_id = ${id}
            AND (other.status = 'PENDING' OR (${failedOnly} AND other.status = 'DELIVERED')))
      ORDER BY event.id`
    const details = { since: since.toISOString(), failedOnly, count }
    await recordAuditEntry(tx, { by, action: 'replayEvents', subject: `eventEndpoint:${id}`, details, at })
    return count
  })
}

/** Sends an event that means nothing, to see whether it arrives. */
export async function sendTestEvent({ db, clock }: Services, endpointId: string): Promise<DeliveryWithEvent> {
  const id = parseId('endpointId', endpointId)
  return runTransaction(db, async (tx) => {
    await getEndpoint(tx, id, 'endpointId')
    return publishTestEvent(tx, id, clock.now())
  })
}

const EVENT_RETENTION_MS = 30 * DAY_MS
const BATCH = 5000

/** Events that everybody has had, or given up, a month ago. */
export async function purgeDeliveredEvents({ db, clock }: Services): Promise<void> {
  const before = new Date(clock.now().getTime() - EVENT_RETENTION_MS)
  for (;;) {
    const removed = await db.$executeRaw`
      DELETE FROM outbox_events WHERE id IN (
        SELECT id FROM outbox_events AS event WHERE created_at < ${before}
          AND NOT EXISTS (
            SELECT FROM event_deliveries AS delivery JOIN event_endpoints AS endpoint ON endpoint.id = delivery.endpoint_id
            WHERE delivery.event_id = event.id AND endpoint.deleted_at IS NULL
              AND (delivery.status = 'PENDING' OR delivery.created_at >= ${before}))
        ORDER BY created_at LIMIT ${BATCH})`
    if (removed < BATCH) return
  }
}
