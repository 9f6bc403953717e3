import { larger } from './amounts.js'
import { freeHeld, freeMoney, isSettled, paymentsHeldForRenewal, returnToBalance, settleOpenInvoices } from './balance.js'
import { addDays } from './dates.js'
import { addCreditNote, dueOf, isSamePeriod, openInvoicesOf } from './invoices.js'
import { asOnePosting } from './ledger.js'
import { cancelPendingChange } from './pending-change.js'
import { cancelRenewal } from './renewal.js'
import type { Invoice, State, Subscription } from './state.js'
import { currentInvoice, endUse, forgive, unusedShare } from './used-time.js'

/** The earliest due date of what is unpaid: an open invoice, or with a provider a renewal that it could not charge. */
export function firstDueDate(state: State, subscription: Subscription): Date | undefined {
  const followsInvoices = state.settings.renewalsByInvoice && subscription.collection !== 'PROVIDER'
  const dates = followsInvoices ? openInvoicesOf(state, subscription).map(({ dueAt }) => dueAt) : []
  if (subscription.failedRenewalAt) dates.push(subscription.failedRenewalAt)
  return dates.sort((a, b) => a.getTime() - b.getTime())[0]
}

export function hasOpenCurrentInvoice(state: State, subscription: Subscription): boolean {
  return openInvoicesOf(state, subscription).some(({ period }) => isSamePeriod(period, subscription.period))
}

export function isOverdue({ status }: Subscription): boolean {
  return status === 'PAST_DUE' || status === 'UNPAID'
}

export function hasAccess({ status, suspendedBy }: Subscription): boolean {
  return suspendedBy === null && status !== 'UNPAID' && status !== 'EXPIRED'
}

interface End {
  readonly orderStatus: 'CANCELLED' | 'EXPIRED'
  /** The unused share is kept instead of credited. What is already paid of a renewal is credited all the same. */
  readonly isForfeited?: boolean
  /** The time has been used: what is unpaid stays open. */
  readonly isOwed?: boolean
  /** What a refund has already credited of the unused share `unused`. */
  readonly refund?: { readonly unused: bigint; readonly credited: bigint }
}

/**
 * Ends a subscription now. The unused share is credited to the balance; what is unpaid of the current invoice
 * is credited first. The credit settles open invoices, and the rest of those of this subscription is credited.
 */
export function endSubscription(state: State, subscription: Subscription, end: End): void {
  const invoice = currentInvoice(state, subscription)
  if (invoice && !end.isOwed) endCurrentInvoice(state, subscription, invoice, end)
  cancelPendingChange(state, subscription)
  cancelRenewal(state, subscription)
  for (const payment of paymentsHeldForRenewal(state, subscription)) freeHeld(state, payment)
  subscription.status = 'EXPIRED'
  subscription.pendingPlan = null
  subscription.failedRenewalAt = null
  settleOpenInvoices(state)
  if (!end.isOwed) for (const open of openInvoicesOf(state, subscription)) writeOff(state, open)
  closeOrders(state, subscription, end.orderStatus)
}

function endCurrentInvoice(state: State, subscription: Subscription, invoice: Invoice, { isForfeited, refund }: End): void {
  const unused = refund?.unused ?? unusedShare(state, subscription)
  const refunded = refund?.credited ?? 0n
  const due = dueOf(state, invoice)
  const credit = isForfeited ? due : larger(due, unused - refunded)
  asOnePosting(state, 'CREDIT_NOTE', () => {
    addCreditNote(state, invoice, credit)
    returnToBalance(state, freeMoney(state, invoice, credit - due))
  })
  if (isForfeited) subscription.forfeited = larger(0n, unused - due)
  endUse(state, invoice, unused, credit + refunded)
}

/** A credit note for the unpaid rest of an invoice, after which it is settled. */
export function writeOff(state: State, invoice: Invoice): void {
  const due = dueOf(state, invoice)
  forgive(state, invoice, due)
  addCreditNote(state, invoice, due)
}

function closeOrders(state: State, { id }: Subscription, status: 'CANCELLED' | 'EXPIRED'): void {
  for (const order of state.orders) {
    if (order.subscription === id && (order.status === 'ACTIVE' || order.status === 'PENDING')) order.status = status
  }
}

/** Renewals that were paid after their period began become ACTIVE; those of a former period have expired. */
export function activatePaidRenewals(state: State): void {
  for (const order of state.orders) {
    if (order.kind !== 'RENEWAL' || order.status !== 'PENDING' || !isSettled(state, order.id)) continue
    const subscription = state.subscriptions[(order.subscription ?? 0) - 1]
    if (!subscription || !order.period || order.period.start > state.now) continue
    if (subscription.order === order.id) order.status = 'ACTIVE'
    else if (!isNext(subscription, order.period.start)) order.status = 'EXPIRED'
  }
}

function isNext({ period }: Subscription, start: Date): boolean {
  return start.getTime() === period.end.getTime()
}

/** Lifts PAST_DUE and UNPAID when nothing is overdue any more, and UNPAID when the grace of the rest has not ended. */
export function liftOverdue(state: State, subscription: Subscription): void {
  const since = firstDueDate(state, subscription)
  const { status } = subscription
  const isLifted = !since || (status === 'PAST_DUE' && since > state.now) || (status === 'UNPAID' && graceEnd(state, since) > state.now)
  if (isOverdue(subscription) && isLifted) subscription.status = 'ACTIVE'
}

export function graceEnd({ settings }: State, since: Date): Date {
  return addDays(since, settings.graceDays)
}
