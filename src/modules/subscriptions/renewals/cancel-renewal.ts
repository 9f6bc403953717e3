import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Subscription } from '../../../platform/postgres/generated/client.js'
import { readRow } from '../../../platform/postgres/run-statement.js'
import { type BoundStatement, bind } from '../../../platform/postgres/statement.js'
import { issueCreditNote, leftToCredit, lockInvoice } from '../../invoicing/index.js'
import { notifyOfOrders } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { FIND_RENEWAL } from '../subscriptions.statements.js'

/** The order of the next period; null if its invoice has not been issued. */
export async function findRenewal(tx: Transaction, subscription: RenewedSubscription): Promise<Order | null> {
  return (await readRow(tx, bindRenewal(subscription))) ?? null
}

type RenewedSubscription = Pick<Subscription, 'id' | 'currentPeriodEnd'>

/** The statement of `findRenewal`. */
export function bindRenewal({ id: subscriptionId, currentPeriodEnd: renewsFrom }: RenewedSubscription): BoundStatement<Order> {
  return bind(FIND_RENEWAL, { subscriptionId, renewsFrom })
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
  if (renewal) await cancelRenewalOrder(tx, services, renewal)
}

/** Does what `cancelRenewal` does, with the order that `findRenewal` has read. */
export async function cancelRenewalOrder(tx: Transaction, services: Pick<Services, 'clock' | 'config'>, renewal: Order): Promise<void> {
  const data = { status: 'CANCELLED', cancelledAt: services.clock.now(), renewsFrom: null } as const
  notifyOfOrders(tx, [await tx.order.update({ where: { id: renewal.id }, data })])
  const invoice = await lockInvoice(tx, { orderId: renewal.id })
  if (!invoice || leftToCredit(invoice) === 0n) return
  await issueCreditNote(tx, services, invoice, { reason: null })
}
