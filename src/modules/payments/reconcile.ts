import type { Logger } from '../../core/logger.js'
import { runAll } from '../../core/run-all.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import type { Services } from '../services.js'
import { applySubscription } from './apply-subscription.js'
import { matchSubscription } from './match-subscription.js'
import type { PaymentProvider, SubscriptionSnapshot } from './payment-provider.port.js'
import { recordPayment } from './record-payment.js'

/**
 * Reads every subscription and its payments from every provider, in case webhooks were lost. The same code
 * applies them as applies webhooks; a state that has been applied already changes nothing. A failing provider
 * does not stop the others.
 */
export async function reconcile(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  log: Logger,
): Promise<void> {
  await runAll(services.providers.all.map((provider) => () => reconcileProvider(services, provider, log)))
}

async function reconcileProvider(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  provider: PaymentProvider,
  log: Logger,
): Promise<void> {
  for (let page = 1; ; page += 1) {
    const { subscriptions, isLast } = await provider.listSubscriptions(page)
    for (const snapshot of subscriptions) {
      await reconcileSubscription(services, provider, snapshot, log).catch((error: Error) => {
        log.warn({ subscription: snapshot.id, reason: error.message }, 'subscription could not be reconciled')
      })
    }
    if (isLast) return
  }
}

async function reconcileSubscription(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  provider: PaymentProvider,
  snapshot: SubscriptionSnapshot,
  log: Logger,
): Promise<void> {
  const payments = await provider.readPayments(snapshot.id)
  const missing = await runTransaction(services.db, async (tx) => {
    const match = await matchSubscription(tx, services.config, provider, snapshot, undefined)
    if ('missing' in match) return match.missing
    await applySubscription(tx, services, provider.name, snapshot, match)
    return undefined
  })
  if (missing !== undefined)
    return log.warn({ subscription: snapshot.id, reason: missing }, 'no customer matches the provider subscription')
  // One transaction each, because a transaction that has taken a number takes no further locks.
  for (const payment of payments.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1)))
    await runTransaction(services.db, (tx) => recordPayment(tx, services, provider, payment))
}
