import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { settleEntitlement } from '../entitlements/index.js'
import { type Holder, heldBy } from '../identity/index.js'
import type { Services } from '../services.js'

/** Cancels the plan orders of a holder that are active. Call it under the holder's lock. */
export async function cancelActiveOrders(tx: Transaction, holder: Holder, at: Date): Promise<Order[]> {
  return tx.order.updateManyAndReturn({
    where: { ...heldBy(holder), status: 'ACTIVE', planId: { not: null } },
    data: { status: 'CANCELLED', cancelledAt: at },
  })
}

/** Ends the plan orders of a holder whose time is over. Call it under the holder's lock. */
export async function expireActiveOrders(tx: Transaction, holder: Holder): Promise<Order[]> {
  return tx.order.updateManyAndReturn({
    where: { ...heldBy(holder), status: 'ACTIVE', planId: { not: null } },
    data: { status: 'EXPIRED' },
  })
}

/**
 * Ends the holder's subscription, if there is one; where a payment provider bills it, the provider is told to stop.
 * Call it under the holder's lock.
 */
export async function endSubscription(tx: Transaction, holder: Holder, at: Date): Promise<void> {
  const ended = await tx.subscription.updateManyAndReturn({
    where: { ...heldBy(holder), status: { not: 'EXPIRED' } },
    data: { status: 'EXPIRED', endedAt: at, revokedAt: at, updatedAt: at },
  })
  for (const { provider, providerSubscriptionId } of ended) await stopBilling(tx, provider, providerSubscriptionId)
}

/** A subscription that we have ended is not billed any more, where a payment provider bills it. */
export async function stopBilling(tx: Transaction, provider: string | null, subscriptionId: string | null): Promise<void> {
  if (provider === null || subscriptionId === null) return
  await enqueue(tx, 'cancelAtProvider', { provider, subscriptionId }, `cancelAtProvider:${provider}:${subscriptionId}`)
}

/** Ends what the holder has, now: orders, subscription, what may be used. Call it under the holder's lock. */
export async function endPlan(tx: Transaction, services: Services, holder: Holder): Promise<void> {
  await expireActiveOrders(tx, holder)
  await endSubscription(tx, holder, services.clock.now())
  await settleEntitlement(tx, services, holder)
}
