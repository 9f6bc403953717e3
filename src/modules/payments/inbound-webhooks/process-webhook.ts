import { enqueue } from '../../../platform/jobs/queue.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { WebhookEvent } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import type { Services } from '../../services.js'
import { applySubscription } from '../apply-subscription.js'
import { readOrder, readPayment, readSubscription } from '../lemon-squeezy/lemon-squeezy.schemas.js'
import { matchSubscription } from '../match-subscription.js'
import type { PaymentProvider, SubscriptionSnapshot } from '../payment-provider.port.js'
import { getProvider } from '../provider-registry.js'
import { recordPayment } from '../record-payment.js'
import { recordProviderRefund } from '../record-provider-refund.js'
import { applyEscluseEvent } from './escluse-events.js'
import type { ProcessingResult } from './processing-result.js'
import { type ProviderEvent, parseEnvelope } from './webhook-event.schema.js'

/** Something else was said of the same moment: the provider has to say which is true. */
class SnapshotConflictError extends Error {
  readonly subscriptionId: string

  constructor(subscriptionId: string) {
    super(`subscription ${subscriptionId} has two states of one moment`)
    this.subscriptionId = subscriptionId
  }
}

/** Processes a stored event, once in effect: what it does and that it is done are one transaction. */
export async function processWebhook(services: Services, eventId: bigint): Promise<void> {
  if (!services.flag.enabled) throw new Error('billing is switched off; the event waits')
  try {
    await processOnce(services, eventId)
  } catch (error) {
    if (!(error instanceof SnapshotConflictError)) throw await recordFailure(services, eventId, error as Error)
    const truth = await getProvider(services).readSubscription(error.subscriptionId)
    await processOnce(services, eventId, truth ?? undefined)
  }
}

function processOnce(services: Services, eventId: bigint, truth?: SubscriptionSnapshot): Promise<void> {
  return runTransaction(services.db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM webhook_events WHERE id = ${eventId} FOR UPDATE`
    const event = await tx.webhookEvent.findUnique({ where: { id: eventId } })
    if (!event || event.status === 'PROCESSED') return
    const outcome = await handleEvent(tx, services, event, truth)
    const processed = outcome === 'PROCESSED'
    await tx.webhookEvent.update({
      where: { id: eventId },
      data: {
        status: processed ? 'PROCESSED' : 'PARKED',
        attempts: { increment: 1 },
        lastError: processed ? null : outcome.parked,
        processedAt: processed ? services.clock.now() : null,
      },
    })
  })
}

/** Remembers why, for the administrator; the job tries again. @returns the error */
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
  truth?: SubscriptionSnapshot,
): Promise<ProcessingResult> {
  const shape = parseEnvelope(event.body)
  if (shape.source === 'lemonsqueezy') return providerEvent(tx, services, shape.json, truth)
  const outcome = await applyEscluseEvent(tx, services, shape.json, event)
  if (outcome === 'PROCESSED' && shape.subject !== null) await retryParkedEvents(tx, [shape.subject])
  return outcome
}

async function providerEvent(
  tx: Transaction,
  services: Services,
  { meta, data }: ProviderEvent,
  truth?: SubscriptionSnapshot,
): Promise<ProcessingResult> {
  const { payments: provider, config } = services
  if (!provider) return { parked: 'no payment provider is configured: set PAYMENT_PROVIDER and replay the event' }
  if (config.production && !provider.isTest && meta.test_mode === true) {
    return { parked: 'it is an event of the test mode, which is not applied in production' }
  }
  switch (data.type) {
    case 'subscriptions':
      return handleSubscription(tx, services, provider, meta, truth ?? readSubscription(data), truth !== undefined)
    case 'subscription-invoices': {
      const recorded = await recordPayment(tx, services, provider, readPayment(data))
      return recorded === 'unknown subscription' ? { parked: 'its subscription is not known yet' } : 'PROCESSED'
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
  isTruth: boolean,
): Promise<ProcessingResult> {
  const match = await matchSubscription(tx, services.config, provider.name, snapshot, meta.custom_data)
  if ('missing' in match) return { parked: match.missing }
  const applied = await applySubscription(tx, services, provider.name, snapshot, match)
  if (applied === 'ask the provider' && !isTruth) throw new SnapshotConflictError(snapshot.id)
  await retryParkedEvents(tx, [`subscription:${snapshot.id}`, `order:${snapshot.orderId}`])
  return 'PROCESSED'
}

/** Events that waited for a subscription are tried again. */
async function retryParkedEvents(tx: Transaction, subjects: string[]): Promise<void> {
  const waiting = await tx.webhookEvent.findMany({
    where: { status: 'PARKED', subject: { in: subjects } },
    select: { id: true, source: true, subject: true },
    orderBy: { id: 'asc' },
  })
  for (const { id: eventId, source, subject } of waiting) {
    await enqueue(tx, 'processWebhook', { eventId: String(eventId) }, `processWebhook:${eventId}`, { queue: `${source}:${subject}` })
  }
}
