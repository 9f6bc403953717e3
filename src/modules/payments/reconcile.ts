import type { Logger } from '../../core/logger.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import type { Services } from '../services.js'
import { applySubscription } from './apply-subscription.js'
import { matchSubscription } from './match-subscription.js'
import type { PaymentProvider, SubscriptionSnapshot } from './payment-provider.port.js'
import { recordPayment } from './record-payment.js'

/**
 * Reads from the provider what it should have told of: every subscription and its payments, applied by the same code as
 * webhooks. What has arrived already changes nothing.
 * @returns how many subscriptions were looked at
 */
export async function reconcile(services: Services, log: Logger): Promise<number> {
  const { payments: provider } = services
  if (!provider) return 0
  let seen = 0
  for (let page = 1; ; page += 1) {
    const { subscriptions, isLast } = await provider.listSubscriptions(page)
    for (const snapshot of subscriptions) {
      seen += 1
      await reconcileSubscription(services, provider, snapshot, log).catch((error: Error) => {
        log.warn({ subscription: snapshot.id, reason: error.message }, 'a subscription could not be reconciled')
      })
    }
    if (isLast) return seen
  }
}

/** One that fails keeps no other back. */
async function reconcileSubscription(
  services: Services,
  provider: PaymentProvider,
  snapshot: SubscriptionSnapshot,
  log: Logger,
): Promise<void> {
  const paid = await provider.readPayments(snapshot.id)
  await runTransaction(services.db, async (tx) => {
    const match = await matchSubscription(tx, services.config, provider.name, snapshot, undefined)
    if ('missing' in match)
      return log.warn({ subscription: snapshot.id, reason: match.missing }, "a subscription of the provider is nobody's")
    await applySubscription(tx, services, provider.name, snapshot, match)
    for (const payment of paid.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1)))
      await recordPayment(tx, services, provider, payment)
  })
}
