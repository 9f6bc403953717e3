import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import { freeHeldPayments, listHeldPayments, settleOpenInvoices } from '../../ledger/index.js'
import { isTopUp, notifyOfOrders } from '../../orders/index.js'
import type { Services } from '../../services.js'

/**
 * Activates a pending order that adds money to the balance, if what is held for it covers its amount. The money becomes
 * free balance, and settles open invoices. Call it under the customer's lock, after the money was received.
 * @returns the active order; null if it stays pending or does not add money to the balance
 */
export async function completeTopUp(tx: Transaction, { clock }: Pick<Services, 'clock'>, order: Order): Promise<Order | null> {
  if (!(await isTopUp(tx, order))) return null
  const held = await listHeldPayments(tx, order.id)
  if (held.reduce((sum, payment) => sum + payment.held, 0n) < order.amount) return null
  const at = clock.now()
  const active = await tx.order.update({ where: { id: order.id }, data: { status: 'ACTIVE', activatedAt: at, expiresAt: null } })
  notifyOfOrders(tx, [active])
  await freeHeldPayments(tx, held)
  await settleOpenInvoices(tx, order, order.currency, at)
  return active
}
