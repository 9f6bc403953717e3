import { Prisma } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import { isExhausted, retryDelay } from './delivery.rules.js'
import type { DueDelivery } from './due-deliveries.js'
import type { SendResult } from './http-sender.js'

const STATUS_GONE = 410

/** What an attempt to deliver an event changes. */
export interface AttemptResult {
  deliveryId: bigint
  endpointId: bigint
  customer: string
  status: 'DELIVERED' | 'FAILED' | 'PENDING'
  attempts: number
  at: Date
  /** Null if the delivery is not retried. */
  nextAttemptAt: Date | null
  responseStatus: number | null
  response: string
  /** Whether the endpoint refuses all further events. */
  isGone: boolean
  /** Whether it is the first success after the endpoint was down. */
  isRecovery: boolean
  /** Whether nothing was sent, so that the result says nothing about the endpoint. */
  isUnsent: boolean
}

interface Attempt {
  endpointId: bigint
  delivery: DueDelivery
  result: SendResult
  at: Date
  wasDown: boolean
}

export function evaluateAttempt({ endpointId, delivery, result, at, wasDown }: Attempt): AttemptResult {
  const { status: responseStatus, response, retryAfterSeconds, isUnsendable = false } = result
  const attempts = delivery.attempts + 1
  const isDelivered = responseStatus !== null && responseStatus >= 200 && responseStatus < 300
  const hasFailed = isUnsendable || isExhausted(delivery.createdAt, attempts, at)
  const status = isDelivered ? 'DELIVERED' : hasFailed ? 'FAILED' : 'PENDING'
  return {
    deliveryId: delivery.id,
    endpointId,
    customer: delivery.customer,
    status,
    attempts,
    at,
    nextAttemptAt: status === 'PENDING' ? new Date(at.getTime() + retryDelay(attempts, retryAfterSeconds)) : null,
    responseStatus,
    response,
    isGone: responseStatus === STATUS_GONE,
    isRecovery: isDelivered && wasDown,
    isUnsent: isUnsendable,
  }
}

/**
 * Writes the results in one statement. A delivery that was deleted with its endpoint, or that another process has
 * completed after the lease of this one had expired, is left as it is.
 */
export async function recordResults(services: Pick<Services, 'clock' | 'db' | 'rawQuery'>, results: readonly AttemptResult[]) {
  const column = <K extends keyof AttemptResult>(name: K) => results.map((result) => result[name])
  await services.rawQuery(Prisma.sql`
    UPDATE event_deliveries AS delivery
    SET status = result.status, attempts = result.attempts, attempted_at = result.at, response_status = result.response_status,
      response = result.response, next_attempt_at = COALESCE(result.next_attempt_at, delivery.next_attempt_at)
    FROM unnest(${column('deliveryId')}::bigint[], ${column('status')}::text[], ${column('attempts')}::int[], ${column('at')}::timestamptz[],
      ${column('nextAttemptAt')}::timestamptz[], ${column('responseStatus')}::int[], ${column('response')}::text[])
      AS result (id, status, attempts, at, next_attempt_at, response_status, response)
    WHERE delivery.id = result.id AND delivery.status = 'PENDING'`)
  await pauseEndpoints(services, endpointsOf(results.filter(({ isGone }) => isGone)))
  await releaseBackoff(services, endpointsOf(results.filter(({ isRecovery }) => isRecovery)))
}

function endpointsOf(results: readonly AttemptResult[]): bigint[] {
  return [...new Set(results.map(({ endpointId }) => endpointId))]
}

async function pauseEndpoints({ db, clock }: Pick<Services, 'clock' | 'db'>, ids: bigint[]): Promise<void> {
  if (ids.length > 0)
    await db.webhookEndpoint.updateMany({ where: { id: { in: ids } }, data: { isEnabled: false, updatedAt: clock.now() } })
}

/** The endpoints are available again: makes all deliveries that wait for a retry due now. */
async function releaseBackoff({ db, clock }: Pick<Services, 'clock' | 'db'>, ids: bigint[]): Promise<void> {
  if (ids.length === 0) return
  const at = clock.now()
  await db.$executeRaw`
    UPDATE event_deliveries SET next_attempt_at = ${at}
    WHERE endpoint_id = ANY (${ids}::bigint[]) AND status = 'PENDING' AND next_attempt_at > ${at}`
}
