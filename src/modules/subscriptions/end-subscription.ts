import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Prisma, Subscription } from '../../platform/postgres/generated/client.js'
import { LIVE_SUBSCRIPTION, refreshEntitlement } from '../entitlements/index.js'
import { type Customer, customerFilter } from '../identity/index.js'
import { removeWaitingRenewal } from '../invoicing/index.js'
import { freeHeldPayments } from '../ledger/index.js'
import { cancelPendingChanges, notifyOfOrders } from '../orders/index.js'
import { recordMrr } from '../reports/index.js'
import type { Services } from '../services.js'
import { CANCEL_AT_PROVIDER } from './subscription.jobs.js'

/** Cancels the customer's active plan orders, and unpaid renewals whose period has begun. Call it under the customer's lock. */
export function cancelActiveOrders(tx: Transaction, customer: Customer, at: Date): Promise<Order[]> {
  return endActiveOrders(tx, customer, at, { status: 'CANCELLED', cancelledAt: at })
}

/** Marks the customer's active plan orders as expired, and unpaid renewals whose period has begun. Call it under the customer's lock. */
export function expireActiveOrders(tx: Transaction, customer: Customer, at: Date): Promise<Order[]> {
  return endActiveOrders(tx, customer, at, { status: 'EXPIRED' })
}

async function endActiveOrders(tx: Transaction, customer: Customer, at: Date, data: Prisma.OrderUpdateManyMutationInput): Promise<Order[]> {
  const unpaid = { status: 'PENDING', renewsFrom: { lte: at } } as const
  const where = { ...customerFilter(customer), planId: { not: null }, OR: [{ status: 'ACTIVE' as const }, unpaid] }
  const ended = await tx.order.updateManyAndReturn({ where, data })
  notifyOfOrders(tx, ended)
  return ended
}

/**
 * Ends the customer's subscription, if there is one. If a payment provider bills it, a job cancels it there
 * as well. Call it under the customer's lock. Its money is settled by `settleEndedSubscription`.
 * @returns the subscription that was ended; null if there was none
 */
export async function endSubscription(tx: Transaction, customer: Customer, at: Date): Promise<Subscription | null> {
  const [ended = null] = await tx.subscription.updateManyAndReturn({
    where: { ...customerFilter(customer), ...LIVE_SUBSCRIPTION },
    data: { status: 'EXPIRED', endedAt: at, revokedAt: at, collectAt: null, updatedAt: at },
  })
  if (!ended) return null
  await enqueueProviderCancellation(tx, ended.provider, ended.providerSubscriptionId)
  await releaseSubscription(tx, ended.id, at)
  return ended
}

/** Cancels the pending plan changes and the waiting renewal of a subscription, and frees the balance that was held for its payments. */
export async function releaseSubscription(tx: Transaction, subscriptionId: bigint, at: Date): Promise<void> {
  await removeWaitingRenewal(tx, { id: subscriptionId })
  await cancelPendingChanges(tx, subscriptionId, at)
  await freeHeldPayments(tx, await tx.payment.findMany({ where: { subscriptionId, held: { gt: 0n } } }))
}

/** Enqueues the job that cancels an ended subscription at its payment provider, if it has one. */
export async function enqueueProviderCancellation(tx: Transaction, provider: string | null, subscriptionId: string | null): Promise<void> {
  if (provider === null || subscriptionId === null) return
  await enqueue(tx, CANCEL_AT_PROVIDER, { provider, subscriptionId }, `cancelAtProvider:${provider}:${subscriptionId}`)
}

/**
 * Ends the customer's orders and subscription now and refreshes the entitlement. Call it under the customer's
 * lock.
 * @returns the subscription that was ended; null if there was none
 */
export async function endPlan(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  customer: Customer,
): Promise<Subscription | null> {
  const at = services.clock.now()
  await expireActiveOrders(tx, customer, at)
  const ended = await endSubscription(tx, customer, at)
  await refreshEntitlement(tx, services, customer)
  await recordMrr(tx, services, customer)
  return ended
}
