import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Plan } from '../../platform/postgres/generated/client.js'
import { planSnapshot } from '../catalog/index.js'
import type { Customer } from '../identity/index.js'
import { publishEvent } from '../webhooks/index.js'
import { notifyOfOrders } from './notify-of-orders.js'
import type { OrderReason } from './order.enums.js'
import { pendingExpiresAt } from './order.rules.js'
import type { OrderLine } from './order-item.js'

/** What an order costs, minor units. */
export interface OrderAmounts {
  /** The amount owed, tax included. */
  readonly amount: bigint
  readonly net: bigint
  /** The price of the whole period, tax included. */
  readonly periodAmount: bigint
}

interface NewOrder {
  customer: Customer
  plan: Plan
  lines: readonly OrderLine[]
  amounts: OrderAmounts
  reason: OrderReason
  notes?: string | undefined
  at: Date
  /** Defaults to seven days after `at`. */
  expiresAt?: Date
  subscriptionId?: bigint
}

/** Creates a pending order with a snapshot of its plan. */
export async function createPendingOrder(
  tx: Transaction,
  { customer, plan, lines, amounts, reason, notes, at, expiresAt = pendingExpiresAt(at), subscriptionId }: NewOrder,
): Promise<Order> {
  const order = await tx.order.create({
    data: {
      userId: customer.userId,
      organisationId: customer.organisationId,
      ...planSnapshot(plan),
      ...amounts,
      status: 'PENDING',
      reason,
      currency: plan.currency,
      notes: notes ?? null,
      placedAt: at,
      expiresAt,
      subscriptionId: subscriptionId ?? null,
      items: { create: lines.map((line, position) => ({ position, ...line })) },
    },
  })
  notifyOfOrders(tx, [order])
  const payload = { orderId: order.id, planId: plan.id, amount: order.amount.toString(), currency: order.currency, reason }
  await publishEvent(tx, { type: 'order.placed', customer, payload, at })
  return order
}
