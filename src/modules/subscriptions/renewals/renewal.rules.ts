import type { Config } from '../../../config/config.js'
import { addDays } from '../../../core/duration.js'
import { type Interval, type Period, periodNumber } from '../../../core/period.js'
import type { Order, Subscription } from '../../../platform/postgres/generated/client.js'

/** What time makes due for a subscription whose money no provider collects. */
export type CollectionStep = 'END' | 'BEGIN_PERIOD' | 'TERMINATE' | 'PAST_DUE' | 'UNPAID' | 'ISSUE_RENEWAL'

export interface DueStep {
  readonly step: CollectionStep
  readonly at: Date
}

export type CollectionSettings = Pick<Config, 'graceDays' | 'renewals'>

export interface CollectionState extends Pick<Subscription, 'collection' | 'status' | 'currentPeriodEnd' | 'endsAt'> {
  /** The earliest due date of its open invoices; null if all are settled. */
  readonly firstDueAt: Date | null
  /** Whether the invoice of the next period was issued. */
  readonly hasRenewal: boolean
  /** Whether that invoice waits for details of the customer. It then counts as due when its period begins. */
  readonly waits: boolean
}

/**
 * The next step of a subscription, which may be due already. Of steps at the same time, the end or the next period comes
 * first, and the issue of a renewal last. Another job advances the periods of subscriptions that are not renewed.
 * @returns null if time changes nothing
 */
export function nextStep(
  { collection, status, currentPeriodEnd, endsAt, firstDueAt, hasRenewal, waits }: CollectionState,
  settings: CollectionSettings,
): DueStep | null {
  if (status === 'CANCELLED') return { step: 'END', at: endsAt ?? currentPeriodEnd }
  if (status !== 'ACTIVE' && status !== 'PAST_DUE' && status !== 'UNPAID') return null
  const { graceDays, renewals } = settings
  const isRenewed = collection === 'INVOICE'
  const steps: DueStep[] = []
  if (status === 'UNPAID' && !waits) steps.push({ step: 'TERMINATE', at: currentPeriodEnd })
  else if (endsAt !== null) steps.push({ step: 'END', at: endsAt })
  else if (isRenewed || status !== 'ACTIVE') steps.push({ step: 'BEGIN_PERIOD', at: currentPeriodEnd })
  if (firstDueAt) {
    steps.push({ step: 'TERMINATE', at: addDays(firstDueAt, renewals.terminateAfterDays) })
    if (status === 'ACTIVE') steps.push({ step: 'PAST_DUE', at: firstDueAt })
    if (status === 'PAST_DUE') steps.push({ step: 'UNPAID', at: addDays(firstDueAt, graceDays) })
  } else if (isRenewed && status === 'ACTIVE' && endsAt === null && !hasRenewal) {
    steps.push({ step: 'ISSUE_RENEWAL', at: addDays(currentPeriodEnd, -renewals.invoiceDays) })
  }
  return steps.reduce<DueStep | null>((first, step) => (first === null || step.at < first.at ? step : first), null)
}

/** The next step of a subscription whose renewal was tried and waits for details of the customer. */
export function nextStepWhileWaiting(
  { status, currentPeriodEnd, firstDueAt }: Pick<CollectionState, 'status' | 'currentPeriodEnd' | 'firstDueAt'>,
  { graceDays, renewals }: CollectionSettings,
): { readonly step: 'PAST_DUE' | 'UNPAID' | 'TERMINATE'; readonly at: Date } {
  const dueAt = firstDueAt ?? currentPeriodEnd
  if (status === 'ACTIVE') return { step: 'PAST_DUE', at: dueAt }
  if (status === 'PAST_DUE') return { step: 'UNPAID', at: addDays(dueAt, graceDays) }
  return { step: 'TERMINATE', at: addDays(dueAt, renewals.terminateAfterDays) }
}

/** Whether nothing is overdue any more, or the grace period of what is overdue has not ended. */
export function isLifted(status: Subscription['status'], firstDueAt: Date | null, at: Date, graceDays: number): boolean {
  if (status === 'PAST_DUE') return firstDueAt === null || firstDueAt > at
  return status === 'UNPAID' && (firstDueAt === null || addDays(firstDueAt, graceDays) > at)
}

interface NextPeriod {
  readonly anchor: Date
  readonly number: number
  readonly period: Period
}

/** The period after the current one. Another interval has its anchor where the period begins. */
export function nextPeriod(
  {
    anchor,
    planInterval,
    periodNumber: number,
    currentPeriodEnd,
  }: Pick<Subscription, 'anchor' | 'planInterval' | 'periodNumber' | 'currentPeriodEnd'>,
  interval: Interval,
): NextPeriod {
  if (interval !== planInterval) return { anchor: currentPeriodEnd, number: 1, period: periodNumber(currentPeriodEnd, interval, 1) }
  return { anchor, number: number + 1, period: periodNumber(anchor, interval, number + 1) }
}

/** Removes a move of the price: it applies once, and only to the plan for which it was requested. */
export const NO_PRICE_MOVE = { nextPrice: null, nextPriceAt: null, priceNoticeAt: null } as const

type Renewal = Pick<Order, 'id' | 'planId' | 'planName' | 'planInterval' | 'planPrice'>

/** The fields of a subscription that change when the period of its renewal begins. */
export function termsAfter(subscription: Subscription, { id, planId, planName, planInterval, planPrice: price }: Renewal) {
  if (planId === null || planName === null || planInterval === null) throw new Error(`renewal ${id} names no plan`)
  const { anchor, number, period } = nextPeriod(subscription, planInterval)
  const changesPlan = planId !== subscription.planId
  const isPriceMoved = subscription.nextPriceAt !== null && subscription.nextPriceAt <= period.start
  return {
    orderId: id,
    price,
    anchor,
    periodNumber: number,
    currentPeriodStart: period.start,
    currentPeriodEnd: period.end,
    pendingPlanId: null,
    ...((changesPlan || isPriceMoved) && NO_PRICE_MOVE),
    ...(changesPlan && { planId, planName, planInterval }),
  }
}
