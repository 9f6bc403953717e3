import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import { periodNumber } from '../../core/period.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import type { SubscriptionStatus } from './subscription.enums.js'

/** Provider of the subscriptions that only Escluse's events describe. It has no API to call. */
export const ESCLUSE = 'escluse'

const SUBSCRIPTION_TRANSITIONS: Record<SubscriptionStatus, readonly SubscriptionStatus[]> = {
  TRIALING: ['ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELLED', 'EXPIRED'],
  ACTIVE: ['PAST_DUE', 'PAUSED', 'CANCELLED', 'EXPIRED'],
  PAST_DUE: ['ACTIVE', 'UNPAID', 'CANCELLED', 'EXPIRED'],
  UNPAID: ['ACTIVE', 'CANCELLED', 'EXPIRED'],
  PAUSED: ['ACTIVE', 'CANCELLED', 'EXPIRED'],
  CANCELLED: ['ACTIVE', 'TRIALING', 'EXPIRED'],
  EXPIRED: [],
}

export function canSubscriptionTransition(from: SubscriptionStatus, to: SubscriptionStatus): boolean {
  return SUBSCRIPTION_TRANSITIONS[from].includes(to)
}

/** Whether a subscription was bought with an end of its own, so that its only period is not one of its interval. */
export function hasFixedTerm({ anchor, planInterval, periodNumber: number, currentPeriodEnd }: Subscription): boolean {
  return periodNumber(anchor, planInterval, number).end.getTime() !== currentPeriodEnd.getTime()
}

interface SubscriptionInTransition {
  id: bigint
  status: SubscriptionStatus
}

/** @throws INVALID_TRANSITION */
export function assertSubscriptionTransition(subscription: SubscriptionInTransition, to: SubscriptionStatus): void {
  if (!canSubscriptionTransition(subscription.status, to)) throw subscriptionTransitionError(subscription, to)
}

export function subscriptionTransitionError({ id, status }: SubscriptionInTransition, to: SubscriptionStatus): DomainError {
  const message = status === to ? `is already ${statusLabel(to)}` : `is ${statusLabel(status)} and cannot become ${statusLabel(to)}`
  return new DomainError(INVALID_TRANSITION, `Subscription ${id} ${message}`, { from: status, to })
}

function statusLabel(status: SubscriptionStatus): string {
  return status.toLowerCase().replace('_', ' ')
}
