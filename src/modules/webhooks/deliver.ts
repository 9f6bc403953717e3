import type { EventDelivery, EventEndpoint, OutboxEvent } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import { eventBody, isExhausted, retryDelay, signedHeaders } from './delivery.rules.js'
import type { SendResult, WebhookSender } from './http-sender.js'

/** Holders whose events go out at the same time to one endpoint. */
const MAX_CONCURRENT_DELIVERIES = 8
/** So many failures after each other, of whomever's events: the receiver itself is down. */
const FAILURES_UNTIL_DOWN = 8
/** Events of a holder that are read at once. */
const BATCH = 50
const STATUS_GONE = 410

interface DeliveryRound {
  sender: WebhookSender
  endpointId: number
  /** Whether the last round found it down: the first success lets everything that waits go on. */
  wasDown: boolean
  stop: AbortSignal
}

/**
 * Sends an endpoint what is due, side by side for different holders and one after the other for each: the next event of
 * a holder waits until the one before has arrived or was given up. Only one process at a time may do this for an endpoint.
 * @returns "down" when nothing arrives there; "done" when nothing is due any more
 */
export async function deliverDueEvents(services: Services, round: DeliveryRound): Promise<'done' | 'down'> {
  const state = { failures: 0, wasDown: round.wasDown }
  const lanes = new Map<string, Promise<void>>()
  try {
    while (state.failures < FAILURES_UNTIL_DOWN && !round.stop.aborted) {
      for (const holder of await listDueCustomers(services, round.endpointId, [...lanes.keys()], MAX_CONCURRENT_DELIVERIES - lanes.size)) {
        const lane = deliverTo(services, round, holder, state).finally(() => lanes.delete(holder))
        lanes.set(holder, lane)
      }
      if (lanes.size === 0) break
      await Promise.race(lanes.values())
    }
  } finally {
    // Also after a failure of the database: what is on its way still is, and nobody else may begin meanwhile.
    await Promise.allSettled(lanes.values())
  }
  return state.failures >= FAILURES_UNTIL_DOWN ? 'down' : 'done'
}

/** Those whose oldest event that waits is due; nobody while the endpoint is paused. */
async function listDueCustomers({ db, clock }: Services, endpointId: number, busy: string[], limit: number): Promise<string[]> {
  if (limit <= 0) return []
  const rows = await db.$queryRaw<{ holder: string }[]>`
    SELECT d.holder FROM event_deliveries AS d JOIN event_endpoints AS endpoint ON endpoint.id = d.endpoint_id
    WHERE endpoint.is_enabled AND endpoint.deleted_at IS NULL AND d.endpoint_id = ${endpointId} AND d.status = 'PENDING' AND d.next_attempt_at <= ${clock.now()} AND d.holder <> ALL (${busy})
      AND NOT EXISTS (SELECT FROM event_deliveries AS earlier
        WHERE earlier.endpoint_id = d.endpoint_id AND earlier.holder = d.holder AND earlier.status = 'PENDING' AND earlier.id < d.id)
    ORDER BY d.next_attempt_at, d.id LIMIT ${limit}`
  return rows.map(({ holder }) => holder)
}

interface RoundState {
  failures: number
  wasDown: boolean
}

/** The events of one holder, in their order, up to the first that does not arrive. */
async function deliverTo(
  services: Services,
  { sender, endpointId, stop }: DeliveryRound,
  holder: string,
  state: RoundState,
): Promise<void> {
  const waiting = await services.db.eventDelivery.findMany({
    where: { endpointId, holder, status: 'PENDING' },
    orderBy: { id: 'asc' },
    take: BATCH,
    include: { event: true },
  })
  for (const delivery of waiting) {
    if (stop.aborted || delivery.nextAttemptAt > services.clock.now()) return
    // Read for each: it may have been paused, or given another secret, since the last.
    const endpoint = await services.db.eventEndpoint.findUnique({ where: { id: endpointId } })
    if (!endpoint?.isEnabled || endpoint.deletedAt) return
    const answer = await send(services, sender, endpoint, delivery)
    const arrived = await recordAttempt(services, endpoint, delivery, answer)
    if (!arrived) {
      state.failures += 1
      return
    }
    state.failures = 0
    if (state.wasDown) await releaseBackoff(services, endpointId)
    state.wasDown = false
  }
}

function send({ clock }: Services, sender: WebhookSender, endpoint: EventEndpoint, { event }: EventDelivery & { event: OutboxEvent }) {
  const { secret, previousSecret, previousSecretUntil, url } = endpoint
  const keepsOld = previousSecret && previousSecretUntil && clock.now() < previousSecretUntil
  const body = eventBody(event)
  return sender.send(url, signedHeaders(event.eventId, body, keepsOld ? [secret, previousSecret] : [secret], new Date()), body)
}

/** @returns whether the event has arrived */
async function recordAttempt(
  { db, clock }: Services,
  { id }: EventEndpoint,
  delivery: EventDelivery,
  answer: SendResult,
): Promise<boolean> {
  const at = clock.now()
  const { status, response, retryAfterSeconds } = answer
  const attempts = delivery.attempts + 1
  const arrived = status !== null && status >= 200 && status < 300
  const fate = arrived ? 'DELIVERED' : isExhausted(delivery.createdAt, attempts, at) ? 'FAILED' : 'PENDING'
  const nextAttemptAt = new Date(at.getTime() + retryDelay(attempts, retryAfterSeconds))
  // It may be gone, with its endpoint.
  await db.eventDelivery.updateMany({
    where: { id: delivery.id },
    data: { status: fate, attempts, attemptedAt: at, responseStatus: status, response, ...(fate === 'PENDING' && { nextAttemptAt }) },
  })
  if (status === STATUS_GONE) await db.eventEndpoint.update({ where: { id }, data: { isEnabled: false, updatedAt: at } })
  return arrived
}

/** It is back: what waits for a later attempt is due now. */
async function releaseBackoff({ db, clock }: Services, endpointId: number): Promise<void> {
  const at = clock.now()
  await db.eventDelivery.updateMany({
    where: { endpointId, status: 'PENDING', nextAttemptAt: { gt: at } },
    data: { nextAttemptAt: at },
  })
}
