import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Payment, Subscription } from '../../platform/postgres/generated/client.js'
import { type RowsOf, readRow, readRows, readTogether } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind } from '../../platform/postgres/statement.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { bindForCustomer, type Customer } from '../identity/index.js'
import { REMOVE_WAITING_RENEWAL } from '../invoicing/index.js'
import { freeHeldPayments, LIST_HELD_FOR_SUBSCRIPTION } from '../ledger/index.js'
import { bindCancelledChanges, followCancelledChanges, notifyOfOrders } from '../orders/index.js'
import { recordMrr } from '../reports/index.js'
import type { Services } from '../services.js'
import { CANCEL_AT_PROVIDER } from './subscription.jobs.js'
import { END_ACTIVE_ORDERS, END_SUBSCRIPTION } from './subscriptions.statements.js'

/** Cancels the customer's active plan orders, and unpaid renewals whose period has begun. Call it under the customer's lock. */
export function cancelActiveOrders(tx: Transaction, customer: Customer, at: Date): Promise<Order[]> {
  return endActiveOrders(tx, customer, 'CANCELLED', at)
}

/** Marks the customer's active plan orders as expired, and unpaid renewals whose period has begun. Call it under the customer's lock. */
export function expireActiveOrders(tx: Transaction, customer: Customer, at: Date): Promise<Order[]> {
  return endActiveOrders(tx, customer, 'EXPIRED', at)
}

type EndedStatus = 'CANCELLED' | 'EXPIRED'

function bindEndOfOrders(customer: Customer, endedStatus: EndedStatus, at: Date): BoundStatement<Order> {
  return bindForCustomer(END_ACTIVE_ORDERS, customer, { endedStatus, ordersEndedAt: at })
}

async function endActiveOrders(tx: Transaction, customer: Customer, endedStatus: EndedStatus, at: Date): Promise<Order[]> {
  const ended = await readRows(tx, bindEndOfOrders(customer, endedStatus, at))
  notifyOfOrders(tx, ended)
  return ended
}

function bindEndOfSubscription(customer: Customer, at: Date): BoundStatement<Subscription> {
  return bindForCustomer(END_SUBSCRIPTION, customer, { subscriptionEndedAt: at })
}

/**
 * Ends the customer's subscription, if there is one. If a payment provider bills it, a job cancels it there
 * as well. Call it under the customer's lock. Its money is settled by `settleEndedSubscription`.
 * @returns the subscription that was ended; null if there was none
 */
export async function endSubscription(tx: Transaction, customer: Customer, at: Date): Promise<Subscription | null> {
  return releaseEnded(tx, await readRow(tx, bindEndOfSubscription(customer, at)), at)
}

/** Ends the customer's orders and subscription, like `endActiveOrders` and `endSubscription`. */
export async function endOrdersAndSubscription(
  tx: Transaction,
  customer: Customer,
  endedStatus: EndedStatus,
  at: Date,
): Promise<Subscription | null> {
  const { orders, subscriptions } = await readTogether(tx, {
    orders: bindEndOfOrders(customer, endedStatus, at),
    subscriptions: bindEndOfSubscription(customer, at),
  })
  notifyOfOrders(tx, orders)
  return releaseEnded(tx, subscriptions[0], at)
}

/**
 * Cancels the customer's active plan orders and ends its live subscription, together with what `releaseSubscription` does.
 * @param liveId  the live subscription; null if there is none
 */
export async function replacePlan(tx: Transaction, customer: Customer, liveId: bigint | null, at: Date): Promise<Subscription | null> {
  if (liveId === null) {
    await cancelActiveOrders(tx, customer, at)
    return null
  }
  const { orders, subscriptions, ...released } = await readTogether(tx, {
    orders: bindEndOfOrders(customer, 'CANCELLED', at),
    subscriptions: bindEndOfSubscription(customer, at),
    ...bindRelease(liveId, at),
  })
  notifyOfOrders(tx, orders)
  await followRelease(tx, released)
  const [ended = null] = subscriptions
  if (ended) await enqueueProviderCancellation(tx, ended.provider, ended.providerSubscriptionId)
  return ended
}

async function releaseEnded(tx: Transaction, ended: Subscription | undefined, at: Date): Promise<Subscription | null> {
  if (!ended) return null
  await enqueueProviderCancellation(tx, ended.provider, ended.providerSubscriptionId)
  await releaseSubscription(tx, ended.id, at)
  return ended
}

/** Cancels the pending plan changes and the waiting renewal of a subscription, and frees the balance that was held for its payments. */
export async function releaseSubscription(tx: Transaction, subscriptionId: bigint, at: Date): Promise<void> {
  await followRelease(tx, await readTogether(tx, bindRelease(subscriptionId, at)))
}

function bindRelease(subscriptionId: bigint, at: Date) {
  return {
    ...bindCancelledChanges(subscriptionId, at),
    collected: bind(LIST_HELD_FOR_SUBSCRIPTION, { subscriptionId }),
    note: bind(REMOVE_WAITING_RENEWAL, { waitingSubscriptionId: subscriptionId }),
  }
}

type ReleasedRows = Omit<RowsOf<ReturnType<typeof bindRelease>>, 'note'>

async function followRelease(tx: Transaction, { collected, ...changes }: ReleasedRows): Promise<void> {
  await followCancelledChanges(tx, changes)
  const isFreed = ({ id }: Payment) => changes.held.some((each) => each.id === id)
  await freeHeldPayments(
    tx,
    collected.filter((payment) => !isFreed(payment)),
  )
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
  const ended = await endOrdersAndSubscription(tx, customer, 'EXPIRED', at)
  await refreshEntitlement(tx, services, customer)
  await recordMrr(tx, services, customer)
  return ended
}
