import { smaller, sum } from './amounts.js'
import { assignFree, paymentsHeldFor, receive, settleOpenInvoices, takeAllocations } from './balance.js'
import { completeIfPaid } from './change.js'
import { latest } from './dates.js'
import { dueOf, invoiceOfOrder, isOpen } from './invoices.js'
import { asOnePosting, post } from './ledger.js'
import { cancelPendingChange, findPendingChange } from './pending-change.js'
import { activateIfPaid } from './purchase.js'
import { getRow, refuseIf } from './refusal.js'
import { type Invoice, liveSubscription, type Order, type Payment, type RecordedKind, type State } from './state.js'
import { endSubscription, hasOpenCurrentInvoice } from './subscription.js'

export interface RecordPaymentInput {
  readonly invoice?: number
  readonly order?: number
  readonly amount: bigint
  readonly kind: RecordedKind
  readonly reference: string
}

/** Records money for an invoice or an order. What is not needed there goes to the balance. */
export function recordPayment(state: State, input: RecordPaymentInput): Payment {
  const { amount, kind, reference } = input
  refuseIf((input.invoice === undefined) === (input.order === undefined), 'BAD_USER_INPUT')
  refuseIf(amount <= 0n || reference === '', 'BAD_USER_INPUT')
  const orderId = input.order ?? getRow(state.invoices, input.invoice as number, 'INVOICE_NOT_FOUND').order
  const order = getRow(state.orders, orderId, 'ORDER_NOT_FOUND')
  // An invoice and its order have the same references, so that one transfer is not recorded for both.
  refuseIf(
    state.payments.some((payment) => isSame(payment, orderId, reference)),
    'DUPLICATE_REFERENCE',
  )
  const invoice = invoiceOfOrder(state, orderId)
  const payment = asOnePosting(state, 'PAYMENT', () => {
    const received = receive(state, { kind, amount, reference, order: orderId })
    if (invoice) assignFree(state, received, invoice, smaller(amount, dueOf(state, invoice)))
    return received
  })
  if (!invoice && order.status === 'PENDING') hold(state, payment, order)
  return payment
}

function isSame(payment: Payment, order: number, reference: string): boolean {
  return payment.order === order && payment.reference === reference && payment.reversedAt === null
}

function hold(state: State, payment: Payment, order: Order): void {
  state.freeBalance -= payment.amount
  payment.held = payment.amount
  if (order.kind === 'PLAN_CHANGE') completeIfPaid(state, order)
  else activateIfPaid(state, order)
}

/**
 * Takes the money of a recorded payment from where it is: its held part, the invoices that it pays, and for the part
 * that went to the balance, free balance, then the invoices that the balance pays, newest first.
 */
export function reversePayment(state: State, id: number): void {
  const payment = getRow(state.payments, id, 'PAYMENT_NOT_FOUND')
  refuseIf(payment.kind === 'BALANCE' || payment.reversedAt !== null || !isReversible(state, payment), 'INVALID_TRANSITION')
  const paidBefore = state.invoices.filter((invoice) => !isOpen(state, invoice))
  // The money held for a pending change becomes free, and no change takes effect while an invoice is open.
  if (payment.held + state.freeBalance < payment.amount) cancelLiveChange(state)
  takeBack(state, payment)
  payment.reversedAt = state.now
  settleOpenInvoices(state)
  reopen(state, paidBefore)
}

/** Money that was paid out, or is about to be, cannot be reversed. */
function isReversible(state: State, payment: Payment): boolean {
  const parts = state.refunds.flatMap((refund) => refund.parts)
  if (parts.some((part) => part.payment === payment.id && part.destination === 'ORIGINAL')) return false
  const onBalance = payment.amount - payment.held - allocatedOf(state, payment)
  const heldForChange = freeMoneyHeldForChange(state).filter(({ id }) => id !== payment.id)
  const held = sum(heldForChange.map((other) => other.held))
  return onBalance <= state.freeBalance + held + sum(balanceAllocations(state).map(({ amount }) => amount))
}

function cancelLiveChange(state: State): void {
  const subscription = liveSubscription(state)
  if (subscription) cancelPendingChange(state, subscription)
}

/** Payments without granted credit that are held for the pending change. */
function freeMoneyHeldForChange(state: State): Payment[] {
  const subscription = liveSubscription(state)
  const order = subscription && findPendingChange(state, subscription)
  return order ? paymentsHeldFor(state, order).filter(({ grant }) => grant === null) : []
}

function allocatedOf({ allocations }: State, { id }: Payment): bigint {
  return sum(allocations.filter(({ payment }) => payment === id).map(({ amount }) => amount))
}

function balanceAllocations(state: State) {
  return state.allocations.filter(({ payment }) => isFromFreeBalance(state, payment))
}

function isFromFreeBalance({ payments }: State, id: number): boolean {
  const payment = payments[id - 1]
  return payment?.kind === 'BALANCE' && payment.grant === null
}

function takeBack(state: State, payment: Payment): void {
  const direct = allocatedOf(state, payment)
  const onBalance = payment.amount - direct - payment.held
  const fromFree = smaller(state.freeBalance, onBalance)
  takeAllocations(state, direct, (allocation) => allocation.payment === payment.id)
  takeAllocations(state, onBalance - fromFree, (allocation) => isFromFreeBalance(state, allocation.payment))
  state.freeBalance -= fromFree
  const fromBalance = fromFree + payment.held
  payment.held = 0n
  post(state, 'REVERSAL', { receivable: payment.amount - fromBalance, balance: fromBalance, cash: -payment.amount })
}

/** Invoices that are no longer covered are due now, or on their own due date if that is later. */
function reopen(state: State, paidBefore: readonly Invoice[]): void {
  const reopened = paidBefore.filter((invoice) => isOpen(state, invoice))
  const subscription = liveSubscription(state)
  for (const invoice of reopened) invoice.dueAt = latest(invoice.dueAt, state.now)
  if (subscription?.status !== 'CANCELLED' || !hasOpenCurrentInvoice(state, subscription)) return
  endSubscription(state, subscription, { orderStatus: 'EXPIRED' })
}
