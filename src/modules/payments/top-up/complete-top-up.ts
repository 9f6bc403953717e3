import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import { freeHeldPayments, listHeldPayments, sumOfHeld } from '../../ledger/index.js'
import { isTopUp, notifyOfOrders } from '../../orders/index.js'
import { type CollectionServices, settleCustomer } from '../../subscriptions/index.js'

/**
 * Activates a pending order that adds money to the balance, if what is held for it covers its amount. The money becomes
 * free balance, and settles open invoices. Call it under the locks of the customer and of the order, after the money was
 * received.
 * @returns the active order; null if it stays pending or does not add money to the balance
 */
export async function completeTopUp(tx: Transaction, services: CollectionServices, order: Order): Promise<Order | null> {
  if (!(await isTopUp(tx, order))) return null
  const held = await listHeldPayments(tx, order.id)
  if (sumOfHeld(held) < order.amount) return null
  const at = services.clock.now()
  const where = { id: order.id, status: 'PENDING' as const }
  const active = await tx.order.update({ where, data: { status: 'ACTIVE', activatedAt: at, expiresAt: null } })
  notifyOfOrders(tx, [active])
  await freeHeldPayments(tx, held)
  await settleCustomer(tx, services, order, order.currency)
  return active
}
