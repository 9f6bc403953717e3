import type { Transaction } from '../database/client.js'
import type { Order } from '../database/generated/client.js'
import type { OrderLine } from '../orders/order.rules.js'
import { type Buyer, buyerOf } from './invoice.rules.js'

export function orderLines(tx: Transaction, orderId: number): Promise<OrderLine[]> {
  return tx.orderItem.findMany({
    where: { orderId },
    orderBy: { position: 'asc' },
    select: { description: true, quantity: true, unitPrice: true, amount: true },
  })
}

/** Who the document is made out to: the organisation's or user's billing details, or at least a name. */
export async function readBuyer(tx: Transaction, { userId, organisationId }: Pick<Order, 'userId' | 'organisationId'>): Promise<Buyer> {
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, include: { billingDetails: true } })
  if (organisationId === null) return buyerOf(user.billingDetails[0] ?? null, user.name ?? user.email ?? `User ${userId}`, user.email)
  const organisation = await tx.organisation.findUniqueOrThrow({ where: { id: organisationId }, include: { billingDetails: true } })
  return buyerOf(organisation.billingDetails[0] ?? null, organisation.name, user.email)
}
