import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Plan } from '../../platform/postgres/generated/client.js'
import type { OrderReason } from '../../platform/postgres/generated/enums.js'
import { planSnapshot } from '../catalog/index.js'
import type { Customer } from '../identity/index.js'
import { publishEvent } from '../webhooks/index.js'
import { linesForPlan, pendingExpiresAt } from './order.rules.js'

interface NewOrder {
  holder: Customer
  plan: Plan
  /** Minor units, in the plan's currency. */
  amount: bigint
  reason: OrderReason
  notes?: string | undefined
  at: Date
}

/** Every order begins as a pending one, and remembers what was bought. */
export async function createOrder(tx: Transaction, { holder, plan, amount, reason, notes, at }: NewOrder): Promise<Order> {
  const lines = linesForPlan(plan, amount)
  const order = await tx.order.create({
    data: {
      ...holder,
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
  const payload = { orderId: order.id, planId: plan.id, amount: amount.toString(), currency: order.currency, reason }
  await publishEvent(tx, { type: 'order.placed', customer: holder, payload, at })
  return order
}
