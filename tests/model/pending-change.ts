import { freeHeld, paymentsHeldFor } from './balance.js'
import type { Order, State, Subscription } from './state.js'

/** The PLAN_CHANGE order of a subscription that waits for its payment. There is at most one. */
export function findPendingChange({ orders }: State, { id }: Subscription): Order | undefined {
  return orders.find(({ kind, status, subscription }) => kind === 'PLAN_CHANGE' && status === 'PENDING' && subscription === id)
}

/** Ends a pending order that was not paid in full. The money that was held for it becomes free. */
export function closePendingOrder(state: State, order: Order, status: 'CANCELLED' | 'EXPIRED'): void {
  order.status = status
  for (const payment of paymentsHeldFor(state, order)) freeHeld(state, payment)
}

export function cancelPendingChange(state: State, subscription: Subscription): void {
  const order = findPendingChange(state, subscription)
  if (order) closePendingOrder(state, order, 'CANCELLED')
}
