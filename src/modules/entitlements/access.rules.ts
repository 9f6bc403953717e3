import { addDays } from '../../core/duration.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'

/** The part of a subscription that decides whether the customer has access. */
export interface AccessState {
  readonly status: Subscription['status']
  readonly currentPeriodEnd: Date
  readonly pastDueSince: Date | null
  /** When the subscription ends; null if no end is known. */
  readonly endsAt: Date | null
  /** Whether the customer keeps access while the subscription is paused. */
  readonly pauseKeepsAccess: boolean
  /** Why an administrator has blocked access; null if nobody has. */
  readonly suspendedBy: string | null
}

/** End of the grace period after a failed payment. */
export function graceEndsAt(pastDueSince: Date, graceDays: number): Date {
  return addDays(pastDueSince, graceDays)
}

/** Whether the customer may use the plan at this time. */
export function hasAccess(state: AccessState, at: Date, graceDays: number): boolean {
  const { status, pauseKeepsAccess, suspendedBy } = state
  if (suspendedBy !== null) return false
  if (status === 'UNPAID' || status === 'EXPIRED' || (status === 'PAUSED' && !pauseKeepsAccess)) return false
  const end = accessEndsAt(state, graceDays)
  return end === null || at < end
}

/** @returns when access ends if nothing changes, or null if no end is known */
export function accessEndsAt({ status, currentPeriodEnd, pastDueSince, endsAt }: AccessState, graceDays: number): Date | null {
  if (status === 'CANCELLED') return endsAt ?? currentPeriodEnd
  const grace = status === 'PAST_DUE' && pastDueSince ? graceEndsAt(pastDueSince, graceDays) : null
  return earliest([endsAt, grace])
}

/** @returns the earliest of the times that are not null, or null if there is none */
export function earliest(times: readonly (Date | null)[]): Date | null {
  const milliseconds = times.flatMap((time) => time?.getTime() ?? [])
  return milliseconds.length === 0 ? null : new Date(Math.min(...milliseconds))
}
