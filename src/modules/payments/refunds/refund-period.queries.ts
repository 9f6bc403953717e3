import type { Transaction } from '../../../platform/postgres/client.js'
import type { Invoice, Order, Prisma, Subscription } from '../../../platform/postgres/generated/client.js'

/**
 * The orders of a subscription that have paid for the same period, for example a purchase and a plan change. A provider may
 * have charged some of them in another currency; a refund returns what was paid in the currency of its order.
 */
export interface RefundPeriod {
  readonly subscription: Subscription | null
  /** Whether it is the current period of a live subscription. */
  readonly isCurrent: boolean
  /** The invoices of the period in the currency of the order, newest first. */
  readonly invoices: readonly Invoice[]
  /** What pays the invoices now, minor units, tax included. */
  readonly paid: bigint
  /** Whether a refund that an earlier version has stored waits for its provider. Its credit note is not issued yet. */
  readonly isRequested: boolean
}

/** Reads the period of an order. It remains valid under the customer's lock. */
export async function readRefundPeriod(tx: Transaction, order: Order, at: Date): Promise<RefundPeriod> {
  const { subscriptionId, currency } = order
  const subscription = subscriptionId === null ? null : await tx.subscription.findUniqueOrThrow({ where: { id: subscriptionId } })
  const orders = ordersOfPeriod(order)
  const invoices = await tx.invoice.findMany({ where: { order: orders, currency, kind: { not: 'CREDIT_NOTE' } }, orderBy: { id: 'desc' } })
  const waiting = await tx.refundPart.count({ where: { status: 'REQUESTED', held: false, refund: { order: orders } } })
  return {
    subscription,
    isCurrent: subscription !== null && isCurrentPeriod(subscription, order, at),
    invoices,
    paid: invoices.reduce((sum, { paidTotal }) => sum + paidTotal, 0n),
    isRequested: waiting > 0,
  }
}

function ordersOfPeriod({ id, subscriptionId, periodEnd }: Order): Prisma.OrderWhereInput {
  return subscriptionId === null || periodEnd === null ? { id } : { subscriptionId, periodEnd }
}

function isCurrentPeriod({ status, currentPeriodEnd }: Subscription, { periodEnd }: Order, at: Date): boolean {
  return status !== 'EXPIRED' && periodEnd?.getTime() === currentPeriodEnd.getTime() && at < currentPeriodEnd
}
