import { getLiveSubscription } from './administration.js'
import { refuseIf } from './refusal.js'
import { cancelRenewal, payFailedRenewal } from './renewal.js'
import type { State } from './state.js'
import { endSubscription, hasOpenCurrentInvoice, isOverdue } from './subscription.js'

// What customers do with a subscription, except a change of plan.

/**
 * Cancels at the end of the period, or at once when something is unpaid. A change that is scheduled or waits for its
 * payment remains: it takes effect if the subscription is resumed, or resumes it when it is paid.
 */
export function cancelSubscription(state: State): void {
  const subscription = getLiveSubscription(state)
  refuseIf(subscription.status === 'CANCELLED', 'INVALID_TRANSITION')
  if (isOverdue(subscription) || hasOpenCurrentInvoice(state, subscription)) {
    endSubscription(state, subscription, { orderStatus: 'EXPIRED' })
    return
  }
  subscription.status = 'CANCELLED'
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
  refuseIf(state.cardFails, 'PAYMENT_FAILED')
  payFailedRenewal(state, subscription)
}
