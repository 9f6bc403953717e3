import { parseId } from '../../core/input.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { transact } from '../../platform/postgres/transaction.js'
import { appendAuditEntry } from '../audit/index.js'
import { holderName, lockHolder, type Viewer } from '../identity/index.js'
import { requireOrder, requireTransition, requireUnexpired } from '../orders/index.js'
import type { Services } from '../services.js'
import { fallBack } from './cancel-plan.js'

/** Cancels a pending order, or ends the plan of an active one at once. @throws ORDER_NOT_FOUND, INVALID_TRANSITION */
export async function cancelOrder(services: Services, by: Viewer, orderId: string): Promise<Order> {
  const { db, clock } = services
  const { id, userId, organisationId } = await requireOrder(db, by, parseId('id', orderId))
  const holder = { userId, organisationId }
  return transact(db, async (tx) => {
    await lockHolder(tx, holder)
    const at = clock.now()
    const order = await tx.order.findUniqueOrThrow({ where: { id } })
    requireUnexpired(order, at)
    requireTransition(order, 'CANCELLED')
    if (order.status === 'ACTIVE') {
      await fallBack(tx, services, { holder, by, action: 'cancelOrder', notes: null })
      return tx.order.findUniqueOrThrow({ where: { id } })
    }
    await appendAuditEntry(tx, { by, action: 'cancelOrder', subject: holderName(holder), details: { orderId: id }, at })
    return tx.order.update({ where: { id }, data: { status: 'CANCELLED', cancelledAt: at } })
  })
}
