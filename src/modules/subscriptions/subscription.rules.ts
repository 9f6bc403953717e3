import { DomainError } from '../../core/errors.js'
import type { SubscriptionStatus } from '../../platform/postgres/generated/enums.js'

/** Provider of the subscriptions that only Escluse's events describe. It has no API: nothing can be requested from it. */
export const ESCLUSE = 'escluse'

const TRANSITIONS: Record<SubscriptionStatus, readonly SubscriptionStatus[]> = {
  TRIALING: ['ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELLED', 'EXPIRED'],
  ACTIVE: ['PAST_DUE', 'PAUSED', 'CANCELLED', 'EXPIRED'],
  PAST_DUE: ['ACTIVE', 'UNPAID', 'CANCELLED', 'EXPIRED'],
  UNPAID: ['ACTIVE', 'CANCELLED', 'EXPIRED'],
  PAUSED: ['ACTIVE', 'CANCELLED', 'EXPIRED'],
  CANCELLED: ['ACTIVE', 'TRIALING', 'EXPIRED'],
  EXPIRED: [],
}

export function mayBecome(from: SubscriptionStatus, to: SubscriptionStatus): boolean {
  return TRANSITIONS[from].includes(to)
}

interface Moving {
  id: number
  status: SubscriptionStatus
}

/** @throws INVALID_TRANSITION */
export function requireTransition(subscription: Moving, to: SubscriptionStatus): void {
  if (!mayBecome(subscription.status, to)) throw transitionRefused(subscription, to)
}

export function transitionRefused({ id, status }: Moving, to: SubscriptionStatus): DomainError {
  const message = status === to ? `is already ${words(to)}` : `is ${words(status)} and cannot become ${words(to)}`
  return new DomainError('INVALID_TRANSITION', `Subscription ${id} ${message}`, { from: status, to })
}

function words(status: SubscriptionStatus): string {
  return status.toLowerCase().replace('_', ' ')
}
