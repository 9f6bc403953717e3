import type { ConvertedOrder } from './convert-order.js'
import type { ConvertedPlan } from './convert-plan.js'
import type { NoticeList } from './notice-list.js'

/**
 * EcliPanel leaves an order active while a renewal is queued, which is active too and ends later. Quittance has one active
 * plan order per customer: the newest. The others are imported as cancelled at its time.
 */
export function replaceOlderOrders(orders: readonly ConvertedOrder[], notices: NoticeList): ConvertedOrder[] {
  const newest = new Map(
    byAge(orders).flatMap((order) => (order.isActive && order.planId !== undefined ? [[customerOf(order), order]] : [])),
  )
  return orders.map((order) => {
    const newer = order.isActive && order.planId !== undefined ? newest.get(customerOf(order)) : undefined
    if (!newer || newer === order) return order
    const id = String(order.row.values.id)
    notices.add('orders', 'active orders that a newer one continues are imported as cancelled', id)
    const values = { ...order.row.values, status: 'cancelled', cancelledAt: newer.row.values.date }
    return { ...order, isActive: false, row: { ...order.row, values } }
  })
}

/** The plan of each user: that of the active order that is not for an organisation. */
export function currentPlans(orders: readonly ConvertedOrder[], plans: ReadonlyMap<string, ConvertedPlan>): Map<string, ConvertedPlan> {
  return new Map(
    orders.flatMap(({ isActive, organisationId, planId, userId }) => {
      const plan = planId === undefined ? undefined : plans.get(planId)
      return isActive && organisationId === undefined && plan ? [[userId, plan] as const] : []
    }),
  )
}

function byAge(orders: readonly ConvertedOrder[]): ConvertedOrder[] {
  return [...orders].sort((one, other) => (one.placedAt?.getTime() ?? 0) - (other.placedAt?.getTime() ?? 0))
}

function customerOf({ userId, organisationId }: ConvertedOrder): string {
  return organisationId === undefined ? `user ${userId}` : `organisation ${organisationId}`
}
