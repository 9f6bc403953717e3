import { invalidInput } from '../../core/errors.js'
import { parseId } from '../../core/input.js'
import { type ConnectionArguments, pageById } from '../../core/pagination.js'
import type { EventDelivery, OutboxEvent } from '../../platform/postgres/generated/client.js'
import type { DeliveryStatus } from '../../platform/postgres/generated/enums.js'
import { transact } from '../../platform/postgres/transaction.js'
import { appendAuditEntry } from '../audit/index.js'
import type { Viewer } from '../identity/index.js'
import type { Services } from '../services.js'
import { requireEndpoint } from './endpoints.js'
import { appendTestEvent } from './publish-event.js'

export type DeliveryWithEvent = EventDelivery & { event: OutboxEvent }

interface Chosen {
  endpointId?: string | null | undefined
  status?: DeliveryStatus | null | undefined
}

/** Newest first. */
export async function listEventDeliveries({ db }: Services, { endpointId, status }: Chosen, asked: ConnectionArguments) {
  const chosen = { ...(endpointId != null && { endpointId: parseId('endpointId', endpointId) }), ...(status && { status }) }
  const page = await pageById(asked, {
    read: ({ where, ...query }) => db.eventDelivery.findMany({ where: { ...where, ...chosen }, include: { event: true }, ...query }),
    timeOf: ({ createdAt }) => createdAt,
  })
  return { ...page, count: () => db.eventDelivery.count({ where: chosen }) }
}

/** Sends an event once more, whatever became of it: as the last one of its holder. @throws BAD_USER_INPUT when there is none */
export async function replayEventDelivery({ db, clock }: Services, by: Viewer, deliveryId: string): Promise<DeliveryWithEvent> {
  const id = parseId('id', deliveryId)
  const at = clock.now()
  return transact(db, async (tx) => {
    const found = await tx.eventDelivery.findUnique({ where: { id } })
    if (!found) throw invalidInput('id', `there is no delivery ${id}`)
    const { endpointId, eventId, holder } = found
    await requireEndpoint(tx, endpointId, 'id')
    await appendAuditEntry(tx, { by, action: 'replayEventDelivery', subject: `eventEndpoint:${endpointId}`, details: { id }, at })
    const data = { endpointId, eventId, holder, createdAt: at, nextAttemptAt: at }
    return tx.eventDelivery.create({ data, include: { event: true } })
  })
}

interface Range {
  endpointId: string
  since: Date
  failedOnly: boolean
}

/**
 * Sends the events since a time once more, in their order: those that were given up, or all that the endpoint wants.
 * @returns how many
 */
export async function replayEvents({ db, clock }: Services, by: Viewer, { endpointId, since, failedOnly }: Range): Promise<number> {
  const id = parseId('endpointId', endpointId)
  const at = clock.now()
  return transact(db, async (tx) => {
    const { types } = await requireEndpoint(tx, id, 'endpointId')
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
    await appendAuditEntry(tx, { by, action: 'replayEvents', subject: `eventEndpoint:${id}`, details, at })
    return count
  })
}

/** Sends an event that means nothing, to see whether it arrives. */
export async function sendTestEvent({ db, clock }: Services, endpointId: string): Promise<DeliveryWithEvent> {
  const id = parseId('endpointId', endpointId)
  return transact(db, async (tx) => {
    await requireEndpoint(tx, id, 'endpointId')
    return appendTestEvent(tx, id, clock.now())
  })
}

const KEPT_MS = 30 * 86_400_000
const BATCH = 5000

/** Events that everybody has had, or given up, a month ago. */
export async function forgetOldEvents({ db, clock }: Services): Promise<void> {
  const before = new Date(clock.now().getTime() - KEPT_MS)
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
