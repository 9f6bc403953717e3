import type { Transaction } from '../../../platform/postgres/client.js'
import type { ProviderEvent } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import type { Services } from '../../services.js'
import { ESCLUSE } from '../../subscriptions/index.js'
import { applySubscription } from '../apply-subscription.js'
import { applyEscluseEvent } from '../escluse/escluse-events.js'
import { matchSubscription } from '../match-subscription.js'
import type { ParsedEvent, PaymentProvider, SubscriptionSnapshot, TopUpSnapshot } from '../payment-provider.port.js'
import { recordPayment } from '../record-payment.js'
import { recordProviderRefund } from '../record-provider-refund.js'
import { recordTopUpPayment } from '../top-up/record-top-up-payment.js'
import type { ProcessingResult } from './processing-result.js'
import { retryParkedEvents } from './provider-event.queries.js'

/** Two different snapshots have the same timestamp; only the provider knows the current state. */
class SnapshotConflictError extends Error {
  readonly provider: PaymentProvider
  readonly subscriptionId: string

  constructor(provider: PaymentProvider, subscriptionId: string) {
    super(`subscription ${subscriptionId} has two states with the same timestamp`)
    this.provider = provider
    this.subscriptionId = subscriptionId
  }
}

/**
 * Processes a stored event. Its changes and its status are committed together, so that it takes effect once.
 */
export async function processWebhook(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'flag' | 'providers'>,
  eventId: bigint,
): Promise<void> {
  if (!services.flag.enabled) throw new Error('billing is switched off; the event will be processed when it is switched on')
  try {
    await processOnce(services, eventId)
  } catch (error) {
    if (!(error instanceof SnapshotConflictError)) throw await recordFailure(services, eventId, error as Error)
    const authoritative = await error.provider.readSubscription(error.subscriptionId)
    await processOnce(services, eventId, authoritative ?? undefined)
  }
}

function processOnce(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  eventId: bigint,
  authoritative?: SubscriptionSnapshot,
): Promise<void> {
  return runTransaction(services.db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM webhook_events WHERE id = ${eventId} FOR UPDATE`
    const event = await tx.providerEvent.findUnique({ where: { id: eventId } })
    if (!event || event.status === 'PROCESSED') return
    const result = await handleEvent(tx, services, event, authoritative)
    const isProcessed = result === 'PROCESSED'
    await tx.providerEvent.update({
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
async function recordFailure({ db }: Pick<Services, 'db'>, eventId: bigint, error: Error): Promise<Error> {
  await db.providerEvent.updateMany({
    where: { id: eventId, status: { not: 'PROCESSED' } },
    data: { status: 'FAILED', attempts: { increment: 1 }, lastError: error.message.slice(0, 500) },
  })
  return error
}

async function handleEvent(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  event: ProviderEvent,
  authoritative?: SubscriptionSnapshot,
): Promise<ProcessingResult> {
  if (event.source !== ESCLUSE) return handleProviderEvent(tx, services, event, authoritative)
  const result = await applyEscluseEvent(tx, services, event)
  if (result === 'PROCESSED' && event.subject !== null) await retryParkedEvents(tx, [event.subject])
  return result
}

async function handleProviderEvent(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  { source, body }: ProviderEvent,
  authoritative?: SubscriptionSnapshot,
): Promise<ProcessingResult> {
  // A provider that shares the route of another one has stored its events under its own name while both were in use.
  const provider = services.providers.all.find(({ webhook }) => webhook.name === source) ?? services.providers.find(source)
  if (!provider) return { parked: `${source} is not a configured payment provider: set its variables and replay the event` }
  if (services.config.production && !provider.isTest && provider.webhook.readEnvelope(body).isTest) {
    return { parked: 'test mode events are not applied in production' }
  }
  const event = provider.webhook.parse(body)
  switch (event.type) {
    case 'subscription':
      return handleSubscription(tx, services, provider, event, authoritative)
    case 'payment': {
      const recorded = await recordPayment(tx, services, provider, event.payment)
      if (typeof recorded === 'object') return recorded
      return recorded === 'unknown subscription' ? { parked: 'the subscription of this payment is unknown' } : 'PROCESSED'
    }
    case 'topUp':
      return handleTopUp(tx, services, provider, event.payment)
    case 'refund':
      return recordProviderRefund(tx, services, provider, event.refund)
    case 'ignored':
      return 'PROCESSED'
  }
}

async function handleTopUp(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  provider: PaymentProvider,
  payment: TopUpSnapshot,
): Promise<ProcessingResult> {
  const result = await recordTopUpPayment(tx, services, provider, payment)
  if (result === 'PROCESSED') await retryParkedEvents(tx, [`order:${payment.id}`])
  return result
}

async function handleSubscription(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  provider: PaymentProvider,
  event: ParsedEvent & { type: 'subscription' },
  authoritative?: SubscriptionSnapshot,
): Promise<ProcessingResult> {
  const snapshot = authoritative ?? event.snapshot
  const match = await matchSubscription(tx, services.config, provider, snapshot, event.custom)
  if ('missing' in match) return { parked: match.missing }
  const applied = await applySubscription(tx, services, provider.name, snapshot, match)
  if (applied === 'conflict' && !authoritative) throw new SnapshotConflictError(provider, snapshot.id)
  await retryParkedEvents(tx, [`subscription:${snapshot.id}`, `order:${snapshot.orderId}`])
  return 'PROCESSED'
}
