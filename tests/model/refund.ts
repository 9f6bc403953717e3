import { larger, smaller, sum } from './amounts.js'
import { assign, type Piece, returnToBalance, takeAllocations } from './balance.js'
import { addCreditNote, paidOf } from './invoices.js'
import { asOnePosting, post } from './ledger.js'
import { cancelPendingChange } from './pending-change.js'
import { isOfCurrentPeriod, paidInvoices, refundEligibility } from './refund-eligibility.js'
import { getRow, Refusal, refuseIf } from './refusal.js'
import {
  append,
  type Destination,
  type Invoice,
  liveSubscription,
  type Order,
  type Refund,
  type RefundPart,
  type State,
  type Subscription,
} from './state.js'
import { endSubscription } from './subscription.js'
import { currentInvoice, forgive, unusedShare } from './used-time.js'

export interface RefundInput {
  readonly order: number
  readonly to?: Destination
  /** Only administrators: any amount up to what was paid for the period. */
  readonly amount?: bigint
  /** Only administrators: whether the plan ends. It ends by default. */
  readonly endPlan?: boolean
  readonly admin: boolean
}

export function requestRefund(state: State, input: RefundInput): Refund {
  const order = getRow(state.orders, input.order, 'ORDER_NOT_FOUND')
  refuseIf(!input.admin && (input.amount !== undefined || input.endPlan !== undefined), 'BAD_USER_INPUT')
  refuseIf(input.amount !== undefined && input.amount <= 0n, 'BAD_USER_INPUT')
  const amount = input.amount ?? refundEligibility(state, input.order).refundable
  const invoices = paidInvoices(state, order)
  const paid = sum(invoices.map((invoice) => paidOf(state, invoice)))
  refuseIf(paid === 0n || amount === 0n, 'REFUND_NOT_ELIGIBLE')
  refuseIf(amount > paid, 'BAD_USER_INPUT')
  const live = liveSubscription(state)
  // Only the current period can end.
  refuseIf(input.endPlan === true && !isOfCurrentPeriod(state, order), 'BAD_USER_INPUT')
  const isEnding = live !== undefined && isOfCurrentPeriod(state, order) && input.endPlan !== false
  const endsInvoice = isEnding ? currentInvoice(state, live) : undefined
  const unused = isEnding ? unusedShare(state, live) : 0n
  if (live?.id === order.subscription) cancelPendingChange(state, live as Subscription)
  const refund = refundMoney(state, { order, invoices, amount, to: input.to ?? 'ORIGINAL', isForgiven: !endsInvoice })
  if (isEnding) endSubscription(state, live, { orderStatus: 'EXPIRED', refund: { unused, credited: amount } })
  return refund
}

interface RefundedMoney {
  readonly order: Order
  readonly invoices: readonly Invoice[]
  readonly amount: bigint
  readonly to: Destination
  /** The plan continues: what is credited lowers the price of its time. */
  readonly isForgiven: boolean
}

/** Credit notes on the newest invoices, money from the newest payments. */
function refundMoney(state: State, { order, invoices, amount, to, isForgiven }: RefundedMoney): Refund {
  return asOnePosting(state, 'REFUND', () => {
    const credits = splitOverInvoices(state, [...invoices].reverse(), amount)
    const pieces = takeNewestPayments(state, invoices, amount)
    for (const { invoice, credit } of credits) {
      if (isForgiven) forgive(state, invoice, credit)
      addCreditNote(state, invoice, credit)
    }
    moveMoney(state, credits)
    const firstId = state.refunds.flatMap(({ parts }) => parts).length + 1
    const parts = pieces.map((piece, index) => returnPiece(state, firstId + index, piece, to))
    return append<Refund>(state.refunds, { order: order.id, amount, parts, requestedAt: state.now })
  })
}

interface InvoiceCredit {
  readonly invoice: Invoice
  readonly credit: bigint
  /** What pays the invoice after the refund. */
  readonly paid: bigint
}

/** Splits an amount, the newest invoice first, each up to what is paid of it. */
function splitOverInvoices(state: State, newestFirst: readonly Invoice[], amount: bigint): InvoiceCredit[] {
  let missing = amount
  return newestFirst.map((invoice) => {
    const paid = paidOf(state, invoice)
    const credit = smaller(paid, missing)
    missing -= credit
    return { invoice, credit, paid: paid - credit }
  })
}

function takeNewestPayments(state: State, invoices: readonly Invoice[], amount: bigint): Piece[] {
  const ids = new Set(invoices.map(({ id }) => id))
  let missing = amount
  return [...state.payments].reverse().flatMap((payment) => {
    const own = state.allocations.filter((allocation) => allocation.payment === payment.id && ids.has(allocation.invoice))
    const taken = smaller(sum(own.map((allocation) => allocation.amount)), missing)
    missing -= taken
    if (taken === 0n) return []
    takeAllocations(state, taken, (allocation) => own.some((candidate) => candidate === allocation))
    return [{ payment, amount: taken }]
  })
}

/** The newest payments may have paid other invoices than the newest: moves what pays too much to where it is missing. */
function moveMoney(state: State, credits: readonly InvoiceCredit[]): void {
  const excess = credits.flatMap(({ invoice, paid }) => {
    const surplus = larger(0n, paidOf(state, invoice) - paid)
    return takeAllocations(state, surplus, (allocation) => allocation.invoice === invoice.id)
  })
  for (const { invoice, paid } of credits) {
    for (const piece of excess) {
      const moved = smaller(piece.amount, paid - paidOf(state, invoice))
      if (moved <= 0n) continue
      assign(state, piece.payment, invoice, moved)
      piece.amount -= moved
    }
  }
}

/** Money of a card returns at once. Money that was transferred or paid in cash is held until an administrator confirms. */
function returnPiece(state: State, id: number, piece: Piece, to: Destination): RefundPart {
  const { payment, amount } = piece
  const part = { id, payment: payment.id, amount, reference: null }
  if (to === 'BALANCE' || payment.kind === 'BALANCE') {
    returnToBalance(state, [piece])
    return { ...part, destination: 'BALANCE', status: 'DONE' }
  }
  if (payment.kind === 'PROVIDER') {
    post(state, 'REFUND', { receivable: amount, cash: -amount })
    return { ...part, destination: 'ORIGINAL', status: 'DONE' }
  }
  post(state, 'REFUND', { receivable: amount, balance: -amount })
  return { ...part, destination: 'ORIGINAL', status: 'REQUESTED' }
}

/** An administrator confirms that a requested part was paid out. */
export function confirmRefund(state: State, partId: number, reference: string): RefundPart {
  const parts = state.refunds.flatMap(({ parts }) => parts)
  const part = parts.find(({ id }) => id === partId)
  if (!part) throw new Refusal('REFUND_NOT_FOUND')
  refuseIf(reference === '', 'BAD_USER_INPUT')
  refuseIf(part.status !== 'REQUESTED', 'INVALID_TRANSITION')
  part.status = 'DONE'
  part.reference = reference
  post(state, 'REFUND', { balance: part.amount, cash: -part.amount })
  return part
}
