import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { singleLine } from './order.rules.js'
import type { OrderLine } from './order-item.js'

/** The only line of an order that adds money to the balance. @param amount  minor units */
export function linesForTopUp(amount: bigint): OrderLine[] {
  return [singleLine({ kind: 'TOP_UP', parameters: {} }, amount)]
}

/** Whether an order adds money to the balance. It never gets an invoice. */
export async function isTopUp(tx: Transaction, { id, planId }: Pick<Order, 'id' | 'planId'>): Promise<boolean> {
  return planId === null && (await tx.orderItem.count({ where: { orderId: id, kind: 'TOP_UP' } })) > 0
}
