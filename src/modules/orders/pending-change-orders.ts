import type { Transaction } from '../../platform/postgres/client.js'
import { freeHeldPayments } from '../ledger/index.js'
import { notifyOfOrders } from './notify-of-orders.js'

/**
 * Cancels the plan change orders of a subscription that wait for their payment. What was paid for them becomes free
 * balance. Call it under the customer's lock; then settle the open invoices.
 */
export async function cancelPendingChanges(tx: Transaction, subscriptionId: bigint, at: Date): Promise<void> {
  const cancelled = await tx.order.updateManyAndReturn({
    where: { subscriptionId, status: 'PENDING', reason: 'PLAN_CHANGE' },
    data: { status: 'CANCELLED', cancelledAt: at },
  })
  if (cancelled.length === 0) return
  notifyOfOrders(tx, cancelled)
  const orderId = { in: cancelled.map(({ id }) => id) }
  await freeHeldPayments(tx, await tx.payment.findMany({ where: { orderId, held: { gt: 0n } } }))
}
