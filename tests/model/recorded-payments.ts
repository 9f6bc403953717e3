import { smaller, sum } from './amounts.js'
import { assignFree, receive, settleOpenInvoices, takeAllocations } from './balance.js'
import { completeIfPaid } from './change.js'
import { latest } from './dates.js'
import { dueOf, invoiceOfOrder, isOpen } from './invoices.js'
import { asOnePosting, post } from './ledger.js'
import { cancelPendingChange } from './pending-change.js'
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
  // An invoice and its order are one purpose, so that one transfer is not recorded for both.
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
 * Takes a recorded payment back from where its money is: held money, the invoices that it pays, and for what
 * went to the balance the free balance, then the invoices that the balance pays, newest first.
 */
export function reversePayment(state: State, id: number): void {
  const payment = getRow(state.payments, id, 'PAYMENT_NOT_FOUND')
  const isRecorded = payment.kind !== 'PROVIDER' && payment.kind !== 'BALANCE'
  refuseIf(!isRecorded || payment.reversedAt !== null || !isReversible(state, payment), 'INVALID_TRANSITION')
  const paidBefore = state.invoices.filter((invoice) => !isOpen(state, invoice))
  cancelRequestedParts(state, payment)
  takeBack(state, payment)
  payment.reversedAt = state.now
  settleOpenInvoices(state)
  reopen(state, paidBefore)
}

/** Money that was paid out cannot be reversed. */
function isReversible(state: State, payment: Payment): boolean {
  const parts = partsOf(state, payment)
  if (parts.some(({ status }) => status === 'DONE')) return false
  const requested = sum(parts.filter(({ status }) => status === 'REQUESTED').map(({ amount }) => amount))
  const onBalance = payment.amount - payment.held - allocatedOf(state, payment)
  return onBalance <= requested + state.freeBalance + sum(balanceAllocations(state).map(({ amount }) => amount))
}

function partsOf({ refunds }: State, { id }: Payment) {
  return refunds.flatMap(({ parts }) => parts).filter((part) => part.payment === id && part.destination === 'ORIGINAL')
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

/** A refund that is requested and not paid out yet loses its money with the payment. */
function cancelRequestedParts(state: State, payment: Payment): void {
  for (const part of partsOf(state, payment)) {
    if (part.status !== 'REQUESTED') continue
    part.status = 'CANCELLED'
    state.freeBalance += part.amount
  }
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
  if (subscription && reopened.some((invoice) => invoice.subscription === subscription.id)) {
    cancelPendingChange(state, subscription)
    settleOpenInvoices(state)
  }
  const uncovered = reopened.filter((invoice) => isOpen(state, invoice))
  for (const invoice of uncovered) invoice.dueAt = latest(invoice.dueAt, state.now)
  if (subscription?.status !== 'CANCELLED' || !hasOpenCurrentInvoice(state, subscription)) return
  endSubscription(state, subscription, { orderStatus: 'CANCELLED' })
}
