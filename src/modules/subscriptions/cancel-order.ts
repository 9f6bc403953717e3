import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import { parseId } from '../../core/ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { findLiveSubscription } from '../entitlements/index.js'
import { assertManages, customerName, isAdministrator, type UserPrincipal } from '../identity/index.js'
import { assertNotExpired, assertTransition, getOrder, isTopUp, lockOrder, notifyOfOrders } from '../orders/index.js'
import type { Services } from '../services.js'
import { revertToDefaultPlan } from './cancel-plan.js'
import { freeOrderPayments } from './free-order-payments.js'
import { lockUpToDate } from './renewals/settle-customer.js'
import type { CancelOrderInput } from './subscription.type.js'

/**
 * Cancels a pending order, or immediately ends the plan of an active one.
 * @throws ORDER_NOT_FOUND, ORGANISATION_NOT_FOUND, INVALID_TRANSITION also for a paid top-up and for an order with a one-off
 *   invoice, PAYMENT_PROVIDER_UNAVAILABLE when the plan of a customer is billed by a provider that cannot be called
 */
export async function cancelOrder(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  { orderId }: CancelOrderInput,
): Promise<Order> {
  const { db, clock } = services
  const { id, userId, organisationId } = await getOrder(db, principal, parseId('input.orderId', orderId, 'Order'))
  const customer = { userId, organisationId }
  return runTransaction(db, async (tx) => {
    await lockUpToDate(tx, services, customer)
    await assertManages(tx, principal, customer)
    const at = clock.now()
    const order = await lockOrder(tx, id)
    assertNotExpired(order, at)
    assertTransition(order, 'CANCELLED')
    if (order.status === 'PENDING' && order.reason === 'RENEWAL')
      throw new DomainError(INVALID_TRANSITION, `Order ${id} is a renewal; cancel the subscription instead`, { from: order.status })
    if (order.status === 'ACTIVE' && order.planId !== null) {
      const isByCustomer = !isAdministrator(principal)
      const subscription = isByCustomer ? await findLiveSubscription(tx, customer) : null
      if (subscription) services.providers.assertCanEnd(subscription)
      const declaration = isByCustomer ? ({ kind: 'CANCELLATION', reason: null } as const) : undefined
      await revertToDefaultPlan(tx, services, { customer, principal, action: 'cancelOrder', notes: null, declaration })
      return tx.order.findUniqueOrThrow({ where: { id } })
    }
    if (order.status === 'ACTIVE') await assertNothingToReturn(tx, order)
    await recordAuditEntry(tx, { actor: principal, action: 'cancelOrder', subject: customerName(customer), details: { orderId: id }, at })
    const cancelled = await tx.order.update({ where: { id }, data: { status: 'CANCELLED', cancelledAt: at } })
    notifyOfOrders(tx, [cancelled])
    await freeOrderPayments(tx, services, cancelled)
    return cancelled
  })
}

/** The money of an active order without a plan is returned in other ways. @throws INVALID_TRANSITION */
async function assertNothingToReturn(tx: Transaction, order: Order): Promise<void> {
  const { id } = order
  const refuse = (advice: string) =>
    new DomainError(INVALID_TRANSITION, `Order ${id} cannot be cancelled: ${advice}`, { from: 'ACTIVE', to: 'CANCELLED' })
  const invoice = await tx.invoice.findFirst({ where: { orderId: id, kind: { not: 'CREDIT_NOTE' } }, select: { number: true } })
  if (invoice) throw refuse(`it has the invoice ${invoice.number}; an administrator can void it (voidInvoice) or credit it (creditInvoice)`)
  if (await isTopUp(tx, order)) throw refuse('its money is on the balance, which an administrator can pay out (payOutBalance)')
}
