import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Subscription } from '../../../platform/postgres/generated/client.js'
import { issueCreditNote, leftToCredit, lockInvoice } from '../../invoicing/index.js'
import { notifyOfOrders } from '../../orders/index.js'
import type { Services } from '../../services.js'

/** The order of the next period; null if its invoice has not been issued. */
export function findRenewal(
  tx: Transaction,
  { id, currentPeriodEnd }: Pick<Subscription, 'id' | 'currentPeriodEnd'>,
): Promise<Order | null> {
  return tx.order.findFirst({ where: { subscriptionId: id, renewsFrom: currentPeriodEnd } })
}

/**
 * Credits a renewal that has lost its reason before its period begins. What was paid for it goes to the balance. Call it
 * late in a transaction, under the customer's lock; then settle the customer.
 */
export async function cancelRenewal(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  subscription: Subscription,
): Promise<void> {
  const renewal = await findRenewal(tx, subscription)
  if (!renewal) return
  const data = { status: 'CANCELLED', cancelledAt: services.clock.now(), renewsFrom: null } as const
  notifyOfOrders(tx, [await tx.order.update({ where: { id: renewal.id }, data })])
  const invoice = await lockInvoice(tx, { orderId: renewal.id })
  if (!invoice || leftToCredit(invoice) === 0n) return
  await issueCreditNote(tx, services, invoice, { reason: null })
}
