import { type Period, periodNumber } from '../../src/core/period.js'
import {
  assignHeld,
  availableBalance,
  freeMoney,
  holdForRenewal,
  isSettled,
  payFromBalance,
  paymentsHeldForRenewal,
  receiveFor,
  returnToBalance,
} from './balance.js'
import { addDays } from './dates.js'
import { addCreditNote, dueOf, invoiceOfOrder, issueInvoice, leftOf, openInvoicesOf, priceOf } from './invoices.js'
import { asOnePosting } from './ledger.js'
import type { Plan } from './settings.js'
import { append, type Order, type Payment, type State, type Subscription } from './state.js'
import { endUnbegun } from './used-time.js'

interface NextPeriod {
  readonly plan: Plan
  readonly anchor: Date
  readonly number: number
  readonly period: Period
}

/** The next period, by the scheduled plan. Another interval has its anchor where the period begins. */
export function nextPeriod({ plan, pendingPlan, anchor, periodNumber: number, period, failedRenewalAt }: Subscription): NextPeriod {
  // A change of interval has moved the period to the one that could not be charged.
  if (failedRenewalAt?.getTime() === period.start.getTime()) return { plan, anchor, number, period }
  const next = pendingPlan ?? plan
  if (next.interval === plan.interval) {
    return { plan: next, anchor, number: number + 1, period: periodNumber(anchor, next.interval, number + 1) }
  }
  return { plan: next, anchor: period.end, number: 1, period: periodNumber(period.end, next.interval, 1) }
}

/** The renewal order of the next period, which is waiting for it to begin. */
export function findRenewal({ orders }: State, { id, period }: Subscription): Order | undefined {
  return orders.find(
    (order) =>
      order.kind === 'RENEWAL' &&
      order.status === 'PENDING' &&
      order.subscription === id &&
      order.period?.start.getTime() === period.end.getTime(),
  )
}

/** When the renewal invoice is issued; undefined when none is, or not while an invoice is unpaid. */
export function renewalIssueTime(state: State, subscription: Subscription): Date | undefined {
  const { status, collection, expiresAt, period } = subscription
  if (!state.settings.renewalsByInvoice || collection !== 'INVOICE' || status !== 'ACTIVE' || expiresAt) return undefined
  if (findRenewal(state, subscription) || openInvoicesOf(state, subscription).length > 0) return undefined
  return addDays(period.end, -state.settings.renewalInvoiceDays)
}

/**
 * Creates the renewal order and its invoice, due when the period ends. The balance pays first. The price is the
 * plan's as bought: a coupon, or an amount that an administrator chose, applies to its own period only.
 * @param held  what was held for it, which pays instead of the balance
 */
export function issueRenewal(state: State, subscription: Subscription, held: readonly Payment[] | null = null): Order {
  const { plan, period } = nextPeriod(subscription)
  const total = priceOf(state, plan)
  const order = append<Order>(state.orders, {
    kind: 'RENEWAL',
    plan,
    status: 'PENDING',
    amount: total,
    fullAmount: total,
    placedAt: state.now,
    expiresAt: null,
    subscription: subscription.id,
    period,
  })
  asOnePosting(state, 'INVOICE', () => {
    const invoice = issueInvoice(state, order, { total, period, from: period.start, dueAt: period.start })
    if (held) assignHeld(state, held, invoice)
    else payFromBalance(state, invoice)
  })
  return order
}

/** Credits a renewal that lost its reason before its period began. What was paid for it goes to the balance. */
export function cancelRenewal(state: State, subscription: Subscription): void {
  const order = findRenewal(state, subscription)
  const invoice = order && invoiceOfOrder(state, order.id)
  if (!order || !invoice) return
  order.status = 'CANCELLED'
  asOnePosting(state, 'CREDIT_NOTE', () => {
    const paid = leftOf(invoice) - dueOf(state, invoice)
    addCreditNote(state, invoice, leftOf(invoice))
    returnToBalance(state, freeMoney(state, invoice, paid))
  })
  endUnbegun(state, invoice)
}

/** Begins the next period. `renewal` is its order; null for a period that is not billed. */
export function beginPeriod(state: State, subscription: Subscription, renewal: Order | null): void {
  const next = nextPeriod(subscription)
  if (renewal) {
    const previous = state.orders[subscription.order - 1]
    if (previous?.status === 'ACTIVE') previous.status = 'EXPIRED'
    subscription.order = renewal.id
    if (isSettled(state, renewal.id)) renewal.status = 'ACTIVE'
  }
  subscription.plan = next.plan
  subscription.anchor = next.anchor
  subscription.periodNumber = next.number
  subscription.period = next.period
  subscription.pendingPlan = null
  subscription.failedRenewalAt = null
}

/**
 * The provider charges the next period. The balance pays first; the card pays the rest or fails. While the charge
 * fails there is no invoice and the next period has not begun; the balance is held for it.
 */
export function renewByProvider(state: State, subscription: Subscription): void {
  const price = priceOf(state, nextPeriod(subscription).plan)
  if (state.cardFails && availableBalance(state) < price) {
    subscription.failedRenewalAt = subscription.period.end
    adoptPendingPlan(subscription)
    holdForRenewal(state, subscription, price)
  } else completeRenewal(state, subscription, issueRenewal(state, subscription))
}

/** A scheduled change takes effect when the period ends, also if the next one cannot be charged. */
function adoptPendingPlan(subscription: Subscription): void {
  const { plan, pendingPlan } = subscription
  if (!pendingPlan) return
  if (pendingPlan.interval !== plan.interval) {
    const next = nextPeriod({ ...subscription, failedRenewalAt: null })
    subscription.anchor = next.anchor
    subscription.periodNumber = next.number
    subscription.period = next.period
  }
  subscription.plan = pendingPlan
  subscription.pendingPlan = null
}

/** The provider charges the part of a renewal that failed for which no balance is held. */
export function payFailedRenewal(state: State, subscription: Subscription): void {
  completeRenewal(state, subscription, issueRenewal(state, subscription, paymentsHeldForRenewal(state, subscription)))
}

function completeRenewal(state: State, subscription: Subscription, order: Order): void {
  const invoice = invoiceOfOrder(state, order.id)
  if (invoice) receiveFor(state, 'PROVIDER', invoice)
  beginPeriod(state, subscription, order)
}
