import { DomainError } from '../core/errors.js'
import type { SubscriptionStatus } from '../database/generated/enums.js'

const TRANSITIONS: Record<SubscriptionStatus, readonly SubscriptionStatus[]> = {
  TRIALING: ['ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELLED', 'EXPIRED'],
  ACTIVE: ['PAST_DUE', 'PAUSED', 'CANCELLED', 'EXPIRED'],
  PAST_DUE: ['ACTIVE', 'UNPAID', 'CANCELLED', 'EXPIRED'],
  UNPAID: ['ACTIVE', 'CANCELLED', 'EXPIRED'],
  PAUSED: ['ACTIVE', 'CANCELLED', 'EXPIRED'],
  CANCELLED: ['ACTIVE', 'TRIALING', 'EXPIRED'],
  EXPIRED: [],
}

const DAY_MS = 86_400_000

/** What decides about access; times of the subscription's own. */
export interface Standing {
  readonly status: SubscriptionStatus
  readonly currentPeriodEnd: Date
  readonly pastDueSince: Date | null
  /** When it will be over, where that is known. */
  readonly endsAt: Date | null
  /** Whether the plan can be used while it is paused: as the pause says. */
  readonly pauseKeepsAccess: boolean
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
  const message = `Subscription ${id} is ${words(status)} and cannot become ${words(to)}`
  return new DomainError('INVALID_TRANSITION', message, { from: status, to })
}

function words(status: SubscriptionStatus): string {
  return status.toLowerCase().replace('_', ' ')
}

/** Until when a payment that failed is waited for. */
export function graceEnds(pastDueSince: Date, graceDays: number): Date {
  return new Date(pastDueSince.getTime() + graceDays * DAY_MS)
}

/** Whether the holder may use the plan now. */
export function hasAccess(
  { status, currentPeriodEnd, pastDueSince, endsAt, pauseKeepsAccess }: Standing,
  at: Date,
  graceDays: number,
): boolean {
  if (endsAt && at >= endsAt) return false
  switch (status) {
    case 'TRIALING':
    case 'ACTIVE':
      return true
    case 'PAST_DUE':
      return pastDueSince === null || at < graceEnds(pastDueSince, graceDays)
    case 'CANCELLED':
      return at < (endsAt ?? currentPeriodEnd)
    case 'PAUSED':
      return pauseKeepsAccess
    default:
      return false
  }
}
