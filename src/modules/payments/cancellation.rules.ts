import type { Subscription } from '../../platform/postgres/generated/client.js'

export interface Circumstances {
  readonly at: Date
  /** Whether the current period is not paid. */
  readonly isUnpaid: boolean
}

/**
 * Returns when a subscription ends that is cancelled now: with its period, or immediately if the period is not paid or has
 * ended.
 */
export function cancellationEnd(
  { currentPeriodEnd, endsAt }: Pick<Subscription, 'currentPeriodEnd' | 'endsAt'>,
  { at, isUnpaid }: Circumstances,
): Date {
  const end = endsAt ?? currentPeriodEnd
  return isUnpaid || end <= at ? at : end
}

/** Whether a payment of a subscription has failed. */
export function isOverdue({ status }: Pick<Subscription, 'status'>): boolean {
  return status === 'PAST_DUE' || status === 'UNPAID'
}
