import { getLiveSubscription } from './administration.js'
import { availableBalance } from './balance.js'
import { priceOf } from './invoices.js'
import { cancelPendingChange } from './pending-change.js'
import { refuseIf } from './refusal.js'
import { cancelRenewal, nextPeriod, renewByProvider } from './renewal.js'
import type { State } from './state.js'
import { endSubscription, hasOpenCurrentInvoice, isOverdue } from './subscription.js'

// What customers do with a subscription, except a change of plan.

/** Cancels at the end of the period, or at once when something is unpaid. */
export function cancelSubscription(state: State): void {
  const subscription = getLiveSubscription(state)
  refuseIf(subscription.status === 'CANCELLED', 'INVALID_TRANSITION')
  if (isOverdue(subscription) || hasOpenCurrentInvoice(state, subscription)) {
    endSubscription(state, subscription, { orderStatus: 'CANCELLED' })
    return
  }
  subscription.status = 'CANCELLED'
  subscription.pendingPlan = null
  cancelPendingChange(state, subscription)
  cancelRenewal(state, subscription)
}

export function resumeSubscription(state: State): void {
  const subscription = getLiveSubscription(state)
  refuseIf(subscription.status !== 'CANCELLED', 'INVALID_TRANSITION')
  subscription.status = 'ACTIVE'
}

/** The provider charges the renewal that failed. The period begins when it was due. */
export function payOverdue(state: State): void {
  const subscription = getLiveSubscription(state)
  refuseIf(subscription.failedRenewalAt === null, 'INVALID_TRANSITION')
  const isCovered = availableBalance(state) >= priceOf(state, nextPeriod(subscription).plan)
  refuseIf(state.cardFails && !isCovered, 'PAYMENT_FAILED')
  renewByProvider(state, subscription)
}
