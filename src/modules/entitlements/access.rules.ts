import { DAY_MS } from '../../core/duration.js'
import type { SubscriptionStatus } from '../../platform/postgres/generated/enums.js'

/** What decides about access; times of the subscription's own. */
export interface AccessState {
  readonly status: SubscriptionStatus
  readonly currentPeriodEnd: Date
  readonly pastDueSince: Date | null
  /** When it will be over, where that is known. */
  readonly endsAt: Date | null
  /** Whether the plan can be used while it is paused: as the pause says. */
  readonly pauseKeepsAccess: boolean
}

/** Until when a payment that failed is waited for. */
export function graceEndsAt(pastDueSince: Date, graceDays: number): Date {
  return new Date(pastDueSince.getTime() + graceDays * DAY_MS)
}

/** Whether the holder may use the plan now. */
export function hasAccess(standing: AccessState, at: Date, graceDays: number): boolean {
  const { status, pauseKeepsAccess } = standing
  if (status === 'UNPAID' || status === 'EXPIRED' || (status === 'PAUSED' && !pauseKeepsAccess)) return false
  const end = accessEndsAt(standing, graceDays)
  return end === null || at < end
}

/** When access ends by itself, as far as is known now; null while it goes on. */
export function accessEndsAt({ status, currentPeriodEnd, pastDueSince, endsAt }: AccessState, graceDays: number): Date | null {
  if (status === 'CANCELLED') return endsAt ?? currentPeriodEnd
  const grace = status === 'PAST_DUE' && pastDueSince ? graceEndsAt(pastDueSince, graceDays) : null
  return earliest([endsAt, grace])
}

/** @returns null when there is none */
export function earliest(times: readonly (Date | null)[]): Date | null {
  const known = times.flatMap((time) => time?.getTime() ?? [])
  return known.length === 0 ? null : new Date(Math.min(...known))
}
