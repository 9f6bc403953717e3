import type { Transaction } from '../../platform/postgres/client.js'
import { type RowsOf, readTogether } from '../../platform/postgres/run-statement.js'
import { bind } from '../../platform/postgres/statement.js'
import { freeHeldPayments, LIST_HELD_FOR_CHANGES } from '../ledger/index.js'
import { notifyOfOrders } from './notify-of-orders.js'
import { CANCEL_PENDING_CHANGES } from './orders.statements.js'

/**
 * Cancels the plan change orders of a subscription that wait for their payment. What was paid for them becomes free
 * balance. Call it under the customer's lock; then settle the open invoices.
 */
export async function cancelPendingChanges(tx: Transaction, subscriptionId: bigint, at: Date): Promise<void> {
  await followCancelledChanges(tx, await readTogether(tx, bindCancelledChanges(subscriptionId, at)))
}

/** The statements that cancel the orders, and read the payments that are held for them. */
export function bindCancelledChanges(subscriptionId: bigint, at: Date) {
  return {
    cancelled: bind(CANCEL_PENDING_CHANGES, { changedSubscriptionId: subscriptionId, changesCancelledAt: at }),
    held: bind(LIST_HELD_FOR_CHANGES, { subscriptionId }),
  }
}

/** Frees the payments, after the statements of `bindCancelledChanges`. */
export async function followCancelledChanges(
  tx: Transaction,
  { cancelled, held }: RowsOf<ReturnType<typeof bindCancelledChanges>>,
): Promise<void> {
  notifyOfOrders(tx, cancelled)
  await freeHeldPayments(tx, held)
}
