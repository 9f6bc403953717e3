import type { WaitingOrdersFragment } from '../generated/portal'

export type WaitingOrder = WaitingOrdersFragment['nodes'][number]

/** The orders to pay. One with an invoice, such as a renewal, is paid by its invoice. */
export function waitingOrders(orders: WaitingOrdersFragment): WaitingOrdersFragment {
  return { ...orders, nodes: orders.nodes.filter(({ invoice }) => !invoice) }
}
