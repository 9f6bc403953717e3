import type { EventDelivery, EventEndpoint, OutboxEvent } from '../../platform/postgres/generated/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import type { Services } from '../services.js'
import { eventBody, isExhausted, retryDelay } from './delivery.rules.js'
import { type SendResult, signedHeaders, type WebhookSender } from './http-sender.js'

/** Customers whose events are delivered to one endpoint concurrently. */
const MAX_CONCURRENT_DELIVERIES = 8
/** After this many consecutive failures, of any customers' events, the endpoint is considered down. */
const FAILURES_UNTIL_DOWN = 8
/** Events of one customer that are read at once. */
const DELIVERY_BATCH_SIZE = 50
const STATUS_GONE = 410

interface DeliveryRound {
  sender: WebhookSender
  endpointId: number
  /**
   * Whether the endpoint was down in the last round. The first success then makes all pending deliveries due.
   */
  wasDown: boolean
  stop: AbortSignal
}

/**
 * Sends the due events of an endpoint: concurrently for different customers, and in order for each customer.
 * An event waits until the previous event of its customer was delivered or has failed permanently. Only one
 * process at a time may do this for an endpoint.
 * @returns "down" if the endpoint does not accept events; "done" if nothing is due any more
 */
export async function deliverDueEvents(services: Pick<Services, 'clock' | 'db'>, round: DeliveryRound): Promise<'done' | 'down'> {
  const state = { failures: 0, wasDown: round.wasDown }
  const deliveriesByCustomer = new Map<string, Promise<void>>()
  try {
    while (state.failures < FAILURES_UNTIL_DOWN && !round.stop.aborted) {
      const busy = [...deliveriesByCustomer.keys()]
      for (const customer of await listDueCustomers(services, round.endpointId, busy, MAX_CONCURRENT_DELIVERIES - busy.length)) {
        const delivery = deliverTo(services, round, customer, state).finally(() => deliveriesByCustomer.delete(customer))
        deliveriesByCustomer.set(customer, delivery)
      }
      if (deliveriesByCustomer.size === 0) break
      await Promise.race(deliveriesByCustomer.values())
    }
  } finally {
    // Also after a database error: these requests are still running, and no other process may start
    // meanwhile.
    await Promise.allSettled(deliveriesByCustomer.values())
  }
  return state.failures >= FAILURES_UNTIL_DOWN ? 'down' : 'done'
}

/** Customers whose oldest pending event is due; none while the endpoint is paused. */
async function listDueCustomers(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  endpointId: number,
  busy: string[],
  limit: number,
): Promise<string[]> {
  if (limit <= 0) return []
  const rows = await db.$queryRaw<{ customer: string }[]>`
    SELECT d.holder AS customer FROM event_deliveries AS d JOIN event_endpoints AS endpoint ON endpoint.id = d.endpoint_id
    WHERE endpoint.is_enabled AND endpoint.deleted_at IS NULL AND d.endpoint_id = ${endpointId} AND d.status = 'PENDING' AND d.next_attempt_at <= ${clock.now()} AND d.holder <> ALL (${busy})
      AND NOT EXISTS (SELECT FROM event_deliveries AS earlier
        WHERE earlier.endpoint_id = d.endpoint_id AND earlier.holder = d.holder AND earlier.status = 'PENDING' AND earlier.id < d.id)
    ORDER BY d.next_attempt_at, d.id LIMIT ${limit}`
  return rows.map(({ customer }) => customer)
}

interface RoundState {
  failures: number
  wasDown: boolean
}

/** Sends the events of one customer in order, up to the first that is not accepted. */
async function deliverTo(
  services: Pick<Services, 'clock' | 'db'>,
  { sender, endpointId, stop }: DeliveryRound,
  customer: string,
  state: RoundState,
): Promise<void> {
  const pending = await listPendingDeliveries(services, endpointId, customer)
  for (const delivery of pending) {
    if (stop.aborted || delivery.nextAttemptAt > services.clock.now()) return
    // Read again for each event, because the endpoint may have been paused or its secret rotated.
    const endpoint = await services.db.eventEndpoint.findUnique({ where: { id: endpointId } })
    if (!endpoint?.isEnabled || endpoint.deletedAt) return
    const result = await send(services, sender, endpoint, delivery)
    const isDelivered = await recordAttempt(services, endpoint, delivery, result)
    if (!isDelivered) {
      state.failures += 1
      return
    }
    state.failures = 0
    if (state.wasDown) await releaseBackoff(services, endpointId)
    state.wasDown = false
  }
}

type PendingDelivery = Pick<EventDelivery, 'id' | 'attempts' | 'createdAt' | 'nextAttemptAt'> & {
  event: Pick<OutboxEvent, 'eventId' | 'type' | 'holder' | 'payload' | 'createdAt'>
}

/** The status is a literal, because the partial index does not match a parameter. */
async function listPendingDeliveries({ db }: Pick<Services, 'db'>, endpointId: number, customer: string): Promise<PendingDelivery[]> {
  type Row = Omit<PendingDelivery, 'event'> & Omit<PendingDelivery['event'], 'createdAt'> & { publishedAt: Date }
  const rows = await db.$queryRaw<Row[]>`
    SELECT delivery.id, attempts, delivery.created_at AS "createdAt", next_attempt_at AS "nextAttemptAt",
      event.event_id::text AS "eventId", type, event.holder, payload, event.created_at AS "publishedAt"
    FROM event_deliveries AS delivery JOIN outbox_events AS event ON event.id = delivery.event_id
    WHERE delivery.endpoint_id = ${endpointId} AND delivery.holder = ${customer} AND delivery.status = 'PENDING'
    ORDER BY delivery.id LIMIT ${DELIVERY_BATCH_SIZE}`
  return rows.map(({ eventId, type, holder, payload, publishedAt, ...delivery }) => ({
    ...delivery,
    event: { eventId, type, holder, payload, createdAt: publishedAt },
  }))
}

function send({ clock }: Pick<Services, 'clock'>, sender: WebhookSender, endpoint: EventEndpoint, { event }: PendingDelivery) {
  const { secret, previousSecret, previousSecretUntil, url } = endpoint
  const inGracePeriod = previousSecret && previousSecretUntil && clock.now() < previousSecretUntil
  const body = eventBody({ ...event, payload: jsonObject.parse(event.payload) })
  return sender.send(url, signedHeaders(event.eventId, body, inGracePeriod ? [secret, previousSecret] : [secret], new Date()), body)
}

/** @returns whether the endpoint has accepted the event */
async function recordAttempt(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  { id }: EventEndpoint,
  delivery: PendingDelivery,
  result: SendResult,
): Promise<boolean> {
  const at = clock.now()
  const { status, response, retryAfterSeconds } = result
  const attempts = delivery.attempts + 1
  const isDelivered = status !== null && status >= 200 && status < 300
  const nextStatus = isDelivered ? 'DELIVERED' : isExhausted(delivery.createdAt, attempts, at) ? 'FAILED' : 'PENDING'
  const nextAttemptAt = new Date(at.getTime() + retryDelay(attempts, retryAfterSeconds))
  // updateMany, because the delivery may have been deleted with its endpoint.
  await db.eventDelivery.updateMany({
    where: { id: delivery.id },
    data: {
      status: nextStatus,
      attempts,
      attemptedAt: at,
      responseStatus: status,
      response,
      ...(nextStatus === 'PENDING' && { nextAttemptAt }),
    },
  })
  if (status === STATUS_GONE) await db.eventEndpoint.update({ where: { id }, data: { isEnabled: false, updatedAt: at } })
  return isDelivered
}

/** The endpoint is available again: makes all deliveries that wait for a retry due now. */
async function releaseBackoff({ db, clock }: Pick<Services, 'clock' | 'db'>, endpointId: number): Promise<void> {
  const at = clock.now()
  await db.$executeRaw`
    UPDATE event_deliveries SET next_attempt_at = ${at}
    WHERE endpoint_id = ${endpointId} AND status = 'PENDING' AND next_attempt_at > ${at}`
}
