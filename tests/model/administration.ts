import { larger } from './amounts.js'
import { freeMoney, receive, returnToBalance } from './balance.js'
import { addCreditNote, dueOf, isOpen, leftOf } from './invoices.js'
import { asOnePosting, post } from './ledger.js'
import { cancelPendingChange } from './pending-change.js'
import { getRow, Refusal, refuseIf } from './refusal.js'
import { cancelRenewal } from './renewal.js'
import { append, type Grant, type Invoice, liveSubscription, type State, type Subscription, type SuspensionReason } from './state.js'
import { writeOff } from './subscription.js'
import { forgive } from './used-time.js'

// Commands of administrators, except those for orders, payments and refunds.

export function grantCredit(state: State, amount: bigint, expiresAt: Date | null, reason: string): Grant {
  refuseIf(amount <= 0n || reason === '' || (expiresAt !== null && expiresAt <= state.now), 'BAD_USER_INPUT')
  post(state, 'GRANT', { balance: -amount, revenue: amount })
  return append<Grant>(state.grants, { amount, expiresAt, reason, remaining: amount, expired: 0n })
}

/** The customer pays money onto the balance by card. */
export function topUp(state: State, amount: bigint): void {
  refuseIf(amount <= 0n, 'BAD_USER_INPUT')
  refuseIf(state.cardFails, 'PAYMENT_FAILED')
  receive(state, { kind: 'PROVIDER', amount })
}

/** Pays free balance out. Granted credit and held money are never paid out. */
export function payOutBalance(state: State, amount: bigint): void {
  refuseIf(amount <= 0n, 'BAD_USER_INPUT')
  refuseIf(amount > state.freeBalance, 'INSUFFICIENT_BALANCE')
  state.freeBalance -= amount
  state.payouts.push({ amount, at: state.now })
  post(state, 'PAYOUT', { balance: amount, cash: -amount })
}

/** Credits a part of an invoice: first what is unpaid of it. The money that is freed goes to the balance. */
export function creditInvoice(state: State, id: number, amount: bigint): void {
  const invoice = getRow(state.invoices, id, 'INVOICE_NOT_FOUND')
  refuseIf(amount <= 0n || amount > leftOf(invoice), 'BAD_USER_INPUT')
  cancelPendingChangeOf(state, invoice)
  asOnePosting(state, 'CREDIT_NOTE', () => {
    const freed = larger(0n, amount - dueOf(state, invoice))
    forgive(state, invoice, amount)
    addCreditNote(state, invoice, amount)
    returnToBalance(state, freeMoney(state, invoice, freed))
  })
}

export function voidInvoice(state: State, id: number): void {
  const invoice = getOpenInvoice(state, id)
  cancelPendingChangeOf(state, invoice)
  writeOff(state, invoice)
}

function cancelPendingChangeOf(state: State, invoice: Invoice): void {
  const subscription = liveSubscription(state)
  if (subscription?.id === invoice.subscription) cancelPendingChange(state, subscription)
}

export function extendDueDate(state: State, id: number, at: Date): void {
  const invoice = getOpenInvoice(state, id)
  refuseIf(at <= invoice.dueAt || at <= state.now, 'BAD_USER_INPUT')
  invoice.dueAt = at
}

function getOpenInvoice(state: State, id: number): Invoice {
  const invoice = getRow(state.invoices, id, 'INVOICE_NOT_FOUND')
  refuseIf(!isOpen(state, invoice), 'INVALID_TRANSITION')
  return invoice
}

/** Another collection cancels every change that has not taken effect, and a renewal that has not begun. */
export function setCollection(state: State, collection: 'NONE' | 'INVOICE'): void {
  const subscription = getLiveSubscription(state)
  refuseIf(subscription.collection === 'PROVIDER' || subscription.collection === collection, 'INVALID_TRANSITION')
  subscription.collection = collection
  subscription.pendingPlan = null
  cancelPendingChange(state, subscription)
  cancelRenewal(state, subscription)
}

export function suspend(state: State, reason: SuspensionReason): void {
  getLiveSubscription(state).suspendedBy = reason
}

export function unsuspend(state: State): void {
  const subscription = getLiveSubscription(state)
  refuseIf(subscription.suspendedBy === null, 'INVALID_TRANSITION')
  subscription.suspendedBy = null
}

/** @throws SUBSCRIPTION_NOT_FOUND */
export function getLiveSubscription(state: State): Subscription {
  const subscription = liveSubscription(state)
  if (!subscription) throw new Refusal('SUBSCRIPTION_NOT_FOUND')
  return subscription
}
