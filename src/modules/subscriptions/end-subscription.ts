import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { type Customer, customerFilter } from '../identity/index.js'
import type { Services } from '../services.js'

/** Cancels the plan orders of a holder that are active. Call it under the holder's lock. */
export async function cancelActiveOrders(tx: Transaction, holder: Customer, at: Date): Promise<Order[]> {
  return tx.order.updateManyAndReturn({
    where: { ...customerFilter(holder), status: 'ACTIVE', planId: { not: null } },
    data: { status: 'CANCELLED', cancelledAt: at },
  })
}

/** Ends the plan orders of a holder whose time is over. Call it under the holder's lock. */
export async function expireActiveOrders(tx: Transaction, holder: Customer): Promise<Order[]> {
  return tx.order.updateManyAndReturn({
    where: { ...customerFilter(holder), status: 'ACTIVE', planId: { not: null } },
    data: { status: 'EXPIRED' },
  })
}

/**
 * Ends the holder's subscription, if there is one; where a payment provider bills it, the provider is told to stop.
 * Call it under the holder's lock.
 */
export async function endSubscription(tx: Transaction, holder: Customer, at: Date): Promise<void> {
  const ended = await tx.subscription.updateManyAndReturn({
    where: { ...customerFilter(holder), status: { not: 'EXPIRED' } },
    data: { status: 'EXPIRED', endedAt: at, revokedAt: at, updatedAt: at },
  })
  for (const { provider, providerSubscriptionId } of ended) await enqueueProviderCancellation(tx, provider, providerSubscriptionId)
}

/** A subscription that we have ended is not billed any more, where a payment provider bills it. */
export async function enqueueProviderCancellation(tx: Transaction, provider: string | null, subscriptionId: string | null): Promise<void> {
  if (provider === null || subscriptionId === null) return
  await enqueue(tx, 'cancelAtProvider', { provider, subscriptionId }, `cancelAtProvider:${provider}:${subscriptionId}`)
}

/** Ends what the holder has, now: orders, subscription, what may be used. Call it under the holder's lock. */
export async function endPlan(tx: Transaction, services: Services, holder: Customer): Promise<void> {
  await expireActiveOrders(tx, holder)
  await endSubscription(tx, holder, services.clock.now())
  await refreshEntitlement(tx, services, holder)
}
