import { enqueue } from '../../../platform/jobs/queue.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { WebhookEvent } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import type { Services } from '../../services.js'
import { applySubscription } from '../apply-subscription.js'
import { applyEscluseEvent } from '../escluse/escluse-events.js'
import { readOrder, readPayment, readSubscription } from '../lemon-squeezy/lemon-squeezy.schemas.js'
import { matchSubscription } from '../match-subscription.js'
import type { PaymentProvider, SubscriptionSnapshot } from '../payment-provider.port.js'
import { getProvider } from '../provider-registry.js'
import { recordPayment } from '../record-payment.js'
import { recordProviderRefund } from '../record-provider-refund.js'
import type { ProcessingResult } from './processing-result.js'
import { type ProviderEvent, parseEnvelope } from './webhook-event.schema.js'

/** Two different snapshots have the same timestamp; only the provider knows the current state. */
class SnapshotConflictError extends Error {
  readonly subscriptionId: string

  constructor(subscriptionId: string) {
    super(`subscription ${subscriptionId} has two states with the same timestamp`)
    this.subscriptionId = subscriptionId
  }
}

/**
 * Processes a stored event. Its changes and its status are committed together, so that it takes effect once.
 */
export async function processWebhook(services: Services, eventId: bigint): Promise<void> {
  if (!services.flag.enabled) throw new Error('billing is switched off; the event will be processed when it is switched on')
  try {
    await processOnce(services, eventId)
  } catch (error) {
    if (!(error instanceof SnapshotConflictError)) throw await recordFailure(services, eventId, error as Error)
    const authoritative = await getProvider(services).readSubscription(error.subscriptionId)
    await processOnce(services, eventId, authoritative ?? undefined)
  }
}

function processOnce(services: Services, eventId: bigint, authoritative?: SubscriptionSnapshot): Promise<void> {
  return runTransaction(services.db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM webhook_events WHERE id = ${eventId} FOR UPDATE`
    const event = await tx.webhookEvent.findUnique({ where: { id: eventId } })
    if (!event || event.status === 'PROCESSED') return
    const result = await handleEvent(tx, services, event, authoritative)
    const isProcessed = result === 'PROCESSED'
    await tx.webhookEvent.update({
      where: { id: eventId },
      data: {
        status: isProcessed ? 'PROCESSED' : 'PARKED',
        attempts: { increment: 1 },
        lastError: isProcessed ? null : result.parked,
        processedAt: isProcessed ? services.clock.now() : null,
      },
    })
  })
}

/** Stores the error for administrators. The job is retried. @returns the error */
async function recordFailure({ db }: Services, eventId: bigint, error: Error): Promise<Error> {
  await db.webhookEvent.updateMany({
    where: { id: eventId, status: { not: 'PROCESSED' } },
    data: { status: 'FAILED', attempts: { increment: 1 }, lastError: error.message.slice(0, 500) },
  })
  return error
}

async function handleEvent(
  tx: Transaction,
  services: Services,
  event: WebhookEvent,
  authoritative?: SubscriptionSnapshot,
): Promise<ProcessingResult> {
  const envelope = parseEnvelope(event.body)
  if (envelope.source === 'lemonsqueezy') return handleProviderEvent(tx, services, envelope.json, authoritative)
  const result = await applyEscluseEvent(tx, services, envelope.json, event)
  if (result === 'PROCESSED' && envelope.subject !== null) await retryParkedEvents(tx, [envelope.subject])
  return result
}

async function handleProviderEvent(
  tx: Transaction,
  services: Services,
  { meta, data }: ProviderEvent,
  authoritative?: SubscriptionSnapshot,
): Promise<ProcessingResult> {
  const { payments: provider, config } = services
  if (!provider) return { parked: 'no payment provider is configured: set PAYMENT_PROVIDER and replay the event' }
  if (config.production && !provider.isTest && meta.test_mode === true) {
    return { parked: 'test mode events are not applied in production' }
  }
  switch (data.type) {
    case 'subscriptions':
      return handleSubscription(tx, services, provider, meta, authoritative ?? readSubscription(data), authoritative !== undefined)
    case 'subscription-invoices': {
      const recorded = await recordPayment(tx, services, provider, readPayment(data))
      return recorded === 'unknown subscription' ? { parked: 'the subscription of this payment is unknown' } : 'PROCESSED'
    }
    case 'orders':
      return meta.event_name === 'order_refunded' ? recordProviderRefund(tx, services, provider, readOrder(data)) : 'PROCESSED'
    default:
      return 'PROCESSED'
  }
}

async function handleSubscription(
  tx: Transaction,
  services: Services,
  provider: PaymentProvider,
  meta: ProviderEvent['meta'],
  snapshot: SubscriptionSnapshot,
  isAuthoritative: boolean,
): Promise<ProcessingResult> {
  const match = await matchSubscription(tx, services.config, provider.name, snapshot, meta.custom_data)
  if ('missing' in match) return { parked: match.missing }
  const applied = await applySubscription(tx, services, provider.name, snapshot, match)
  if (applied === 'conflict' && !isAuthoritative) throw new SnapshotConflictError(snapshot.id)
  await retryParkedEvents(tx, [`subscription:${snapshot.id}`, `order:${snapshot.orderId}`])
  return 'PROCESSED'
}

/** Retries the events that were parked because their subject was unknown. */
async function retryParkedEvents(tx: Transaction, subjects: string[]): Promise<void> {
  const parked = await tx.webhookEvent.findMany({
    where: { status: 'PARKED', subject: { in: subjects } },
    select: { id: true, source: true, subject: true },
    orderBy: { id: 'asc' },
  })
  for (const { id: eventId, source, subject } of parked) {
    await enqueue(tx, 'processWebhook', { eventId: String(eventId) }, `processWebhook:${eventId}`, { queue: `${source}:${subject}` })
  }
}
