import { type Period, periodNumber, remainingShare } from '../../src/core/period.js'
import { larger, smaller } from './amounts.js'
import { applyChange } from './apply-change.js'
import { availableBalance, heldFor, holdBalance, settleOpenInvoices, spendableHeldFor } from './balance.js'
import { addDays, earliest } from './dates.js'
import { dueOf, openInvoices, priceOf } from './invoices.js'
import { cancelPendingChange, closePendingOrder, findPendingChange } from './pending-change.js'
import { Refusal, refuseIf } from './refusal.js'
import { cancelRenewal } from './renewal.js'
import type { Plan } from './settings.js'
import { append, liveSubscription, type Order, type RecordedKind, type State, type Subscription } from './state.js'
import { hasOpenCurrentInvoice, isOverdue } from './subscription.js'
import { unusedShare } from './used-time.js'

export type When = 'NOW' | 'PERIOD_END'

/** What a change now costs at this moment. */
export interface Calculation {
  readonly plan: Plan
  /** Another interval or collection NONE: the full price is charged, and a period begins now. */
  readonly isNewPeriod: boolean
  readonly period: Period
  readonly credit: bigint
  readonly charge: bigint
}

/**
 * Shares are of amounts with tax, for the charge as for the credit, so that a change and its opposite at the same
 * moment cost nothing. A period with expiresAt is priced as one interval, whatever its length.
 */
export function calculateChange(state: State, subscription: Subscription, plan: Plan): Calculation {
  const isNewPeriod = subscription.collection === 'NONE' || plan.interval !== subscription.plan.interval
  const period = isNewPeriod ? periodNumber(state.now, plan.interval, 1) : subscription.period
  const price = priceOf(state, plan)
  const charge = isNewPeriod ? price : remainingShare(price, period, state.now)
  return { plan, isNewPeriod, period, credit: unusedShare(state, subscription), charge }
}

export interface ChangePreview {
  readonly when: When
  readonly effectiveAt: Date
  readonly credit: bigint
  readonly charge: bigint
  /** The part of the credit that the charge does not use. */
  readonly toBalance: bigint
  readonly fromBalance: bigint
  readonly toPay: bigint
}

interface RequestedChange {
  readonly subscription: Subscription
  readonly calculation: Calculation
  readonly preview: ChangePreview
}

function prepareChange(state: State, plan: Plan, requested?: When): RequestedChange {
  const subscription = liveSubscription(state)
  if (!subscription) throw new Refusal('SUBSCRIPTION_NOT_FOUND')
  refuseIf(isOverdue(subscription), 'INVALID_TRANSITION')
  refuseIf(subscription.collection === 'INVOICE' && subscription.expiresAt !== null, 'INVALID_TRANSITION')
  const when = requested ?? (plan.rank > subscription.plan.rank || subscription.collection === 'NONE' ? 'NOW' : 'PERIOD_END')
  // The current plan at the end of the period revokes a scheduled change.
  const isRevoked = subscription.pendingPlan !== null && when === 'PERIOD_END'
  refuseIf(plan.slug === subscription.plan.slug && !isRevoked, 'BAD_USER_INPUT')
  const calculation = calculateChange(state, subscription, plan)
  if (when === 'NOW') {
    refuseIf(hasOpenCurrentInvoice(state, subscription), 'INVALID_TRANSITION')
    return { subscription, calculation, preview: previewNow(state, subscription, calculation) }
  }
  // Nothing follows a period with expiresAt, and the next period of a plan with collection NONE has no price.
  refuseIf(subscription.collection === 'NONE' || subscription.expiresAt !== null, 'INVALID_TRANSITION')
  const nothing = { credit: 0n, charge: 0n, toBalance: 0n, fromBalance: 0n, toPay: 0n }
  return { subscription, calculation, preview: { when, effectiveAt: subscription.period.end, ...nothing } }
}

function previewNow(state: State, subscription: Subscription, { credit, charge }: Calculation): ChangePreview {
  const owed = larger(0n, charge - credit)
  const fromBalance = smaller(owed, balanceForChange(state, subscription))
  const toBalance = larger(0n, credit - charge)
  return { when: 'NOW', effectiveAt: state.now, credit, charge, toBalance, fromBalance, toPay: owed - fromBalance }
}

/** The change cancels a pending one. The money held for that becomes free and settles open invoices first. */
function balanceForChange(state: State, subscription: Subscription): bigint {
  const pending = findPendingChange(state, subscription)
  const owed = openInvoices(state).reduce((total, invoice) => total + dueOf(state, invoice), 0n)
  return larger(0n, availableBalance(state) + (pending ? spendableHeldFor(state, pending) : 0n) - owed)
}

export function previewChange(state: State, plan: Plan, when?: When): ChangePreview {
  return prepareChange(state, plan, when).preview
}

export interface ChangeResult {
  readonly effective: When | 'PAYMENT'
  readonly order: Order | null
}

/** Changes the plan now, at the period's end, or when the amount due has been paid. */
export function changePlan(state: State, plan: Plan, requested?: When): ChangeResult {
  const { subscription, calculation, preview } = prepareChange(state, plan, requested)
  const isCharged = subscription.collection === 'PROVIDER'
  refuseIf(isCharged && preview.toPay > 0n && state.cardFails && state.settings.cardsFailForChanges, 'PAYMENT_FAILED')
  if (subscription.status === 'CANCELLED') subscription.status = 'ACTIVE'
  cancelPendingChange(state, subscription)
  if (preview.when === 'PERIOD_END') {
    schedule(state, subscription, plan.slug === subscription.plan.slug ? null : plan)
    return { effective: 'PERIOD_END', order: null }
  }
  settleOpenInvoices(state)
  if (isCharged || preview.toPay === 0n) {
    return { effective: 'NOW', order: applyChange(state, subscription, calculation, { rest: 'PROVIDER' }) }
  }
  const order = addPendingChange(state, subscription, calculation)
  holdBalance(state, order, preview.fromBalance)
  return { effective: 'PAYMENT', order }
}

/** Sets what the next period is priced by. A renewal that was issued for another plan is credited. */
function schedule(state: State, subscription: Subscription, plan: Plan | null): void {
  if (subscription.pendingPlan?.slug !== plan?.slug) cancelRenewal(state, subscription)
  subscription.pendingPlan = plan
}

function addPendingChange(state: State, subscription: Subscription, { plan, credit, charge }: Calculation): Order {
  return append<Order>(state.orders, {
    kind: 'PLAN_CHANGE',
    plan,
    status: 'PENDING',
    amount: charge - credit,
    change: { credit, charge },
    fullAmount: priceOf(state, plan),
    placedAt: state.now,
    expiresAt: earliest(addDays(state.now, state.settings.pendingOrderDays), subscription.period.end),
    subscription: subscription.id,
    period: null,
  })
}

/** Completes a pending change when the money held for it and the balance cover its amount. */
export function completeIfPaid(state: State, order: Order): void {
  if (heldFor(state, order) + availableBalance(state) < order.amount) return
  if (canTakeEffect(state)) completeChange(state, order, 'OTHER')
  else closePendingOrder(state, order, 'CANCELLED')
}

function canTakeEffect(state: State): boolean {
  const subscription = liveSubscription(state)
  if (!subscription || hasOpenCurrentInvoice(state, subscription)) return false
  return subscription.status === 'ACTIVE' || subscription.status === 'CANCELLED'
}

/** Calculates the amount again and applies the change. `rest`: how a part is paid that has not been recorded. */
export function completeChange(state: State, pending: Order, rest: RecordedKind): Order {
  const subscription = liveSubscription(state)
  if (!subscription || !canTakeEffect(state)) throw new Refusal('INVALID_TRANSITION')
  const calculation = calculateChange(state, subscription, pending.plan)
  subscription.status = 'ACTIVE'
  return applyChange(state, subscription, calculation, { rest, pending })
}

/** Cancels the change that is scheduled for the period's end. One that waits for its payment is cancelled by its order. */
export function revokeChange(state: State): void {
  const subscription = liveSubscription(state)
  if (!subscription) throw new Refusal('SUBSCRIPTION_NOT_FOUND')
  refuseIf(!subscription.pendingPlan, 'INVALID_TRANSITION')
  schedule(state, subscription, null)
}
