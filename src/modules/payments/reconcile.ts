import type { Logger } from '../../core/logger.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import type { Services } from '../services.js'
import { applySubscription } from './apply-subscription.js'
import { matchSubscription } from './match-subscription.js'
import type { PaymentProvider, SubscriptionSnapshot } from './payment-provider.port.js'
import { recordPayment } from './record-payment.js'

/**
 * Reads every subscription and its payments from the provider, in case webhooks were lost. The same code
 * applies them as applies webhooks; a state that has been applied already changes nothing.
 * @returns the number of subscriptions that were read
 */
export async function reconcile(services: Services, log: Logger): Promise<number> {
  const { payments: provider } = services
  if (!provider) return 0
  let count = 0
  for (let page = 1; ; page += 1) {
    const { subscriptions, isLast } = await provider.listSubscriptions(page)
    for (const snapshot of subscriptions) {
      count += 1
      await reconcileSubscription(services, provider, snapshot, log).catch((error: Error) => {
        log.warn({ subscription: snapshot.id, reason: error.message }, 'subscription could not be reconciled')
      })
    }
    if (isLast) return count
  }
}

async function reconcileSubscription(
  services: Services,
  provider: PaymentProvider,
  snapshot: SubscriptionSnapshot,
  log: Logger,
): Promise<void> {
  const payments = await provider.readPayments(snapshot.id)
  await runTransaction(services.db, async (tx) => {
    const match = await matchSubscription(tx, services.config, provider.name, snapshot, undefined)
    if ('missing' in match)
      return log.warn({ subscription: snapshot.id, reason: match.missing }, 'no customer matches the provider subscription')
    await applySubscription(tx, services, provider.name, snapshot, match)
    for (const payment of payments.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1)))
      await recordPayment(tx, services, provider, payment)
  })
}
