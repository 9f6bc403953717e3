import { parseId } from '../../core/ids.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { assertManages, customerName, lockCustomer, type UserPrincipal } from '../identity/index.js'
import { assertNotExpired, assertTransition, getOrder, notifyOfOrders } from '../orders/index.js'
import type { Services } from '../services.js'
import { revertToDefaultPlan } from './cancel-plan.js'
import { freeOrderPayments } from './free-order-payments.js'
import type { CancelOrderInput } from './subscription.type.js'

/**
 * Cancels a pending order, or immediately ends the plan of an active one.
 * @throws ORDER_NOT_FOUND, ORGANISATION_NOT_FOUND, INVALID_TRANSITION
 */
export async function cancelOrder(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'providers'>,
  principal: UserPrincipal,
  { orderId }: CancelOrderInput,
): Promise<Order> {
  const { db, clock } = services
  const { id, userId, organisationId } = await getOrder(db, principal, parseId('input.orderId', orderId, 'Order'))
  const customer = { userId, organisationId }
  return runTransaction(db, async (tx) => {
    await lockCustomer(tx, customer)
    await assertManages(tx, principal, customer)
    const at = clock.now()
    const order = await tx.order.findUniqueOrThrow({ where: { id } })
    assertNotExpired(order, at)
    assertTransition(order, 'CANCELLED')
    if (order.status === 'ACTIVE') {
      await revertToDefaultPlan(tx, services, { customer, principal, action: 'cancelOrder', notes: null })
      return tx.order.findUniqueOrThrow({ where: { id } })
    }
    await recordAuditEntry(tx, { actor: principal, action: 'cancelOrder', subject: customerName(customer), details: { orderId: id }, at })
    const cancelled = await tx.order.update({ where: { id }, data: { status: 'CANCELLED', cancelledAt: at } })
    notifyOfOrders(tx, [cancelled])
    await freeOrderPayments(tx, cancelled, at)
    return cancelled
  })
}
