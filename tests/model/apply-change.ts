import { scale } from '../../src/core/money.js'
import { larger, smaller } from './amounts.js'
import { assign, assignHeld, freeMoney, type Piece, payFromBalance, paymentsHeldFor, receiveFor, returnToBalance } from './balance.js'
import type { Calculation } from './change.js'
import { addCreditNote, issueInvoice, priceOf } from './invoices.js'
import { asOnePosting } from './ledger.js'
import { cancelRenewal } from './renewal.js'
import { append, type Invoice, type Order, type PaymentKind, type State, type Subscription } from './state.js'
import { currentInvoice, endUse } from './used-time.js'

interface Settlement {
  /** How the part is paid that neither credit, held money nor balance covers. */
  readonly rest: PaymentKind
  /** The order that waited for its payment. Its amount is the most that the customer owes. */
  readonly pending?: Order
}

/**
 * Applies a change now: a credit note on the invoice of the old plan, and an invoice for the new one. The money
 * that the credit frees pays the new invoice as the same payment; a surplus goes to the balance.
 */
export function applyChange(state: State, subscription: Subscription, calculation: Calculation, settlement: Settlement): Order {
  const { plan, period, credit, charge, isNewPeriod } = calculation
  const owed = larger(0n, charge - credit)
  const amount = settlement.pending ? smaller(owed, settlement.pending.amount) : owed
  const total = charge - (owed - amount)
  const previousInvoice = currentInvoice(state, subscription)
  const order = replaceOrder(state, subscription, calculation, { amount, pending: settlement.pending })
  order.fullAmount = charge === 0n ? 0n : scale(priceOf(state, plan), total, charge)
  order.period = period
  // The share of the new price, and a discount, are rounded.
  state.roundings += 2n
  subscription.plan = plan
  subscription.pendingPlan = null
  subscription.order = order.id
  asOnePosting(state, 'PLAN_CHANGE', () => {
    const freed = previousInvoice ? creditPrevious(state, previousInvoice, credit) : []
    const surplus = larger(0n, credit - total)
    returnToBalance(state, firstOf(freed, surplus))
    const invoice = total > 0n ? issueInvoice(state, order, { total, period, from: state.now, dueAt: state.now }) : undefined
    if (invoice) for (const { payment, amount: carried } of after(freed, surplus).reverse()) assign(state, payment, invoice, carried)
    if (settlement.pending) assignHeld(state, paymentsHeldFor(state, settlement.pending), invoice)
    if (!invoice) return
    payFromBalance(state, invoice)
    receiveFor(state, settlement.rest, invoice)
  })
  cancelRenewal(state, subscription)
  if (isNewPeriod) beginNewPeriod(state, subscription, calculation)
  return order
}

function creditPrevious(state: State, invoice: Invoice, credit: bigint): Piece[] {
  addCreditNote(state, invoice, credit)
  endUse(state, invoice, credit, credit)
  return freeMoney(state, invoice, credit)
}

/** The order of the old plan is cancelled. A pending order that is calculated otherwise now is cancelled and replaced. */
function replaceOrder(
  state: State,
  subscription: Subscription,
  { plan, credit, charge }: Calculation,
  { amount, pending }: { amount: bigint; pending: Order | undefined },
): Order {
  const previous = state.orders[subscription.order - 1]
  if (previous?.status === 'ACTIVE') previous.status = 'CANCELLED'
  if (pending?.change?.credit === credit && pending.change.charge === charge) {
    pending.status = 'ACTIVE'
    return pending
  }
  if (pending) pending.status = 'CANCELLED'
  return append<Order>(state.orders, {
    kind: 'PLAN_CHANGE',
    plan,
    status: 'ACTIVE',
    amount,
    fullAmount: 0n,
    placedAt: state.now,
    expiresAt: null,
    subscription: subscription.id,
    period: null,
  })
}

/** A change with collection NONE is a purchase: it is collected by invoice, and days are counted from it. */
function beginNewPeriod(state: State, subscription: Subscription, { period }: Calculation): void {
  subscription.anchor = state.now
  subscription.periodNumber = 1
  subscription.period = period
  subscription.expiresAt = null
  if (subscription.collection !== 'NONE') return
  subscription.collection = 'INVOICE'
  subscription.boughtAt = state.now
}

/** The first pieces, up to an amount. */
function firstOf(pieces: readonly Piece[], amount: bigint): Piece[] {
  let missing = amount
  return pieces.flatMap((piece) => {
    const taken = smaller(piece.amount, missing)
    missing -= taken
    return taken > 0n ? [{ ...piece, amount: taken }] : []
  })
}

/** The pieces without the first ones, up to an amount. */
function after(pieces: readonly Piece[], amount: bigint): Piece[] {
  let skipped = amount
  return pieces.flatMap((piece) => {
    const left = piece.amount - smaller(piece.amount, skipped)
    skipped -= piece.amount - left
    return left > 0n ? [{ ...piece, amount: left }] : []
  })
}
