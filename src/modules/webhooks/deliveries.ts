import { DAY_MS } from '../../core/duration.js'
import { invalidInputError } from '../../core/errors.js'
import { parseId } from '../../core/ids.js'
import { type ConnectionArguments, type CountedPage, parsePageRequest } from '../../core/pagination.js'
import type { TimeSort } from '../../core/sort.type.js'
import { readFilteredPage } from '../../platform/postgres/filtered-page.js'
import { type OutboxEvent, Prisma, type WebhookDelivery } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import type { DeliveryStatus } from './delivery.enums.js'
import { getEndpoint } from './endpoints.js'
import { notifyOfDeliveries, publishTestEvent } from './publish-event.js'
import type { ReplayWebhookDeliveriesInput, ReplayWebhookDeliveryInput, SendTestEventInput } from './webhook.type.js'

export type DeliveryWithEvent = WebhookDelivery & { event: OutboxEvent }

interface DeliveryFilter {
  endpointId?: string | null | undefined
  status?: DeliveryStatus | null | undefined
  resent?: boolean | null | undefined
}

/** Newest first by default. @throws BAD_USER_INPUT naming an argument */
export function listWebhookDeliveries(
  { db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>,
  { endpointId, status, resent }: DeliveryFilter,
  page: ConnectionArguments,
  orderBy?: TimeSort | null,
): Promise<CountedPage<DeliveryWithEvent>> {
  const conditions = [
    ...(endpointId == null ? [] : [Prisma.sql`endpoint_id = ${parseId('endpointId', endpointId, 'WebhookEndpoint')}`]),
    ...(status ? [Prisma.sql`status = ${status}`] : []),
    ...(resent == null ? [] : [resent ? IS_RESENT : Prisma.sql`NOT ${IS_RESENT}`]),
  ]
  return readFilteredPage<DeliveryWithEvent, bigint>(rawQuery, {
    list: {
      table: 'event_deliveries',
      sortKey: Prisma.sql`id`,
      descending: orderBy !== 'OLDEST_FIRST',
      keyAt: ({ id }) => Prisma.sql`${id}`,
    },
    filter: { conditions },
    request: parsePageRequest(page),
    load: (ids) => db.webhookDelivery.findMany({ where: { id: { in: ids } }, include: { event: true } }),
    timeOf: ({ createdAt }) => createdAt,
  })
}

/** Sending again adds a delivery. */
const IS_RESENT = Prisma.sql`EXISTS (
  SELECT FROM event_deliveries AS later WHERE later.event_id = event_deliveries.event_id
    AND later.endpoint_id = event_deliveries.endpoint_id AND later.id > event_deliveries.id)`

/**
 * Sends an event again, whatever its status, after all other pending events of its customer.
 * @throws BAD_USER_INPUT if it does not exist
 */
export async function replayWebhookDelivery(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  { deliveryId }: ReplayWebhookDeliveryInput,
): Promise<DeliveryWithEvent> {
  const id = parseId('input.deliveryId', deliveryId, 'WebhookDelivery')
  const at = clock.now()
  return runTransaction(db, async (tx) => {
    const found = await tx.webhookDelivery.findUnique({ where: { id }, include: { event: true } })
    if (!found) throw invalidInputError('input.deliveryId', `delivery ${id} does not exist`)
    const { endpointId, eventId, holder } = found
    const { format } = await getEndpoint(tx, endpointId, 'input.deliveryId')
    if (format === 'ESCLUSE' && found.event.escluseDetails === null)
      throw invalidInputError('input.deliveryId', 'the event cannot be sent in the Escluse format, which the endpoint now has')
    await recordAuditEntry(tx, {
      actor: principal,
      action: 'replayWebhookDelivery',
      subject: `webhookEndpoint:${endpointId}`,
      details: { id },
      at,
    })
    const data = { endpointId, eventId, holder, createdAt: at, nextAttemptAt: at }
    notifyOfDeliveries(tx)
    return tx.webhookDelivery.create({ data, include: { event: true } })
  })
}

/** Maximum number of deliveries in the result of a replay. */
const MAX_RETURNED_DELIVERIES = 100

/**
 * Sends the events since a time again, in order: only those that failed permanently, or all that the endpoint
 * subscribes to.
 * @returns the number of new deliveries, and the first of them
 */
export async function replayWebhookDeliveries(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  { endpointId, since, failedOnly }: ReplayWebhookDeliveriesInput,
): Promise<{ count: number; deliveries: DeliveryWithEvent[] }> {
  const id = parseId('input.endpointId', endpointId, 'WebhookEndpoint')
  const at = clock.now()
  return runTransaction(db, async (tx) => {
    const { types, format } = await getEndpoint(tx, id, 'input.endpointId')
    notifyOfDeliveries(tx)
    const [replayed] = await tx.$queryRaw<[{ count: number; ids: bigint[] }]>`
      WITH delivery AS (
      INSERT INTO event_deliveries (endpoint_id, event_id, holder, created_at, next_attempt_at)
      SELECT ${id}::bigint, event.id, event.holder, ${at}::timestamptz, ${at}::timestamptz FROM outbox_events AS event
      WHERE event.created_at >= ${since} AND (${format} <> 'ESCLUSE' OR event.escluse_details IS NOT NULL) AND (${types}::text[] = '{}' OR event.type = ANY (${types}::text[]))
        AND (NOT ${failedOnly} OR EXISTS (
          SELECT FROM event_deliveries AS failed WHERE failed.event_id = event.id AND failed.endpoint_id = ${id} AND failed.status = 'FAILED'))
        AND NOT EXISTS (
          SELECT FROM event_deliveries AS other WHERE other.event_id = event.id AND other.endpoint_id = ${id}
            AND (other.status = 'PENDING' OR (${failedOnly} AND other.status = 'DELIVERED')))
      ORDER BY event.id RETURNING id)
      SELECT count(*)::int AS count, COALESCE((array_agg(id ORDER BY id))[1:${MAX_RETURNED_DELIVERIES}::int], '{}') AS ids FROM delivery`
    const { count, ids } = replayed
    const deliveries = await tx.webhookDelivery.findMany({ where: { id: { in: ids } }, include: { event: true }, orderBy: { id: 'asc' } })
    const details = { since: since.toISOString(), failedOnly, count }
    await recordAuditEntry(tx, { actor: principal, action: 'replayWebhookDeliveries', subject: `webhookEndpoint:${id}`, details, at })
    return { count, deliveries }
  })
}

/** Sends a test event, to check whether the endpoint accepts it. */
export async function sendTestEvent(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  { endpointId }: SendTestEventInput,
): Promise<DeliveryWithEvent> {
  const id = parseId('input.endpointId', endpointId, 'WebhookEndpoint')
  return runTransaction(db, async (tx) => {
    const { format } = await getEndpoint(tx, id, 'input.endpointId')
    if (format === 'ESCLUSE') throw invalidInputError('input.endpointId', 'the Escluse format has no test event')
    return publishTestEvent(tx, id, clock.now())
  })
}

const EVENT_RETENTION_MS = 30 * DAY_MS
const EVENT_PURGE_BATCH_SIZE = 1000
/** A literal: for a parameter, PostgreSQL plans to delete a tenth of the table and reads all of it. */
const EVENT_PURGE_LIMIT = Prisma.raw(String(EVENT_PURGE_BATCH_SIZE))

/** Deletes events older than the retention time, unless a delivery is pending or more recent. */
export async function purgeDeliveredEvents({ db, clock }: Pick<Services, 'clock' | 'db'>): Promise<void> {
  const before = new Date(clock.now().getTime() - EVENT_RETENTION_MS)
  for (;;) {
    const removed = await db.$executeRaw`
      DELETE FROM outbox_events WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM outbox_events AS event WHERE created_at < ${before}
          AND NOT EXISTS (
            SELECT FROM event_deliveries AS delivery JOIN event_endpoints AS endpoint ON endpoint.id = delivery.endpoint_id
            WHERE delivery.event_id = event.id AND endpoint.deleted_at IS NULL
              AND (delivery.status = 'PENDING' OR delivery.created_at >= ${before}))
        ORDER BY created_at LIMIT ${EVENT_PURGE_LIMIT}))`
    if (removed < EVENT_PURGE_BATCH_SIZE) return
  }
}
