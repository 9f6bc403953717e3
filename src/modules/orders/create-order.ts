import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Plan } from '../../platform/postgres/generated/client.js'
import { planSnapshot } from '../catalog/index.js'
import type { Customer } from '../identity/index.js'
import { publishEvent } from '../webhooks/index.js'
import { notifyOfOrders } from './notify-of-orders.js'
import type { OrderReason } from './order.enums.js'
import { linesForPlan, pendingExpiresAt } from './order.rules.js'

interface NewOrder {
  customer: Customer
  plan: Plan
  /** Minor units, in the plan's currency. */
  amount: bigint
  reason: OrderReason
  notes?: string | undefined
  at: Date
}

/** Creates a pending order with a snapshot of its plan. */
export async function createPendingOrder(tx: Transaction, { customer, plan, amount, reason, notes, at }: NewOrder): Promise<Order> {
  const lines = linesForPlan(plan, amount)
  const order = await tx.order.create({
    data: {
      ...customer,
      ...planSnapshot(plan),
      status: 'PENDING',
      reason,
      currency: plan.currency,
      amount,
      notes: notes ?? null,
      placedAt: at,
      expiresAt: pendingExpiresAt(at),
      items: { create: lines.map((line, position) => ({ position, ...line })) },
    },
  })
  notifyOfOrders(tx, [order])
  const payload = { orderId: order.id, planId: plan.id, amount: amount.toString(), currency: order.currency, reason }
  await publishEvent(tx, { type: 'order.placed', customer, payload, at })
  return order
}
