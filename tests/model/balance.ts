import { smaller, sum } from './amounts.js'
import { dueOf, isOpen, openInvoices } from './invoices.js'
import { asOnePosting, post } from './ledger.js'
import { append, type Grant, type Invoice, type Order, type Payment, type PaymentKind, type State } from './state.js'

/** Money of one payment on its way from an invoice to somewhere else. */
export interface Piece {
  readonly payment: Payment
  amount: bigint
}

export function paymentOf(state: State, id: number): Payment {
  return state.payments[id - 1] as Payment
}

/** What can be spent: free balance and granted credit. */
export function availableBalance(state: State): bigint {
  return state.freeBalance + grantedBalance(state)
}

export function grantedBalance({ grants }: State): bigint {
  return sum(grants.map(({ remaining }) => remaining))
}

/** What waits for a purpose: money for pending orders, and parts of refunds that are not yet confirmed. */
export function heldBalance({ payments, refunds }: State): bigint {
  const requested = refunds.flatMap(({ parts }) => parts).filter(({ status }) => status === 'REQUESTED')
  return sum([...payments.map(({ held }) => held), ...requested.map(({ amount }) => amount)])
}

interface ReceivedMoney {
  readonly kind: PaymentKind
  readonly amount: bigint
  readonly reference?: string
  readonly order?: number
}

/** Records money that arrived. It is free balance until it is assigned. */
export function receive(state: State, { kind, amount, reference, order }: ReceivedMoney): Payment {
  state.freeBalance += amount
  post(state, 'PAYMENT', { balance: -amount, cash: amount })
  return addPayment(state, { kind, amount, reference: reference ?? null, order: order ?? null, grant: null })
}

/** Records a payment that pays the rest of an invoice, and nothing else. */
export function receiveFor(state: State, kind: PaymentKind, invoice: Invoice): void {
  const amount = dueOf(state, invoice)
  if (amount === 0n) return
  asOnePosting(state, 'PAYMENT', () => assignFree(state, receive(state, { kind, amount, order: invoice.order }), invoice, amount))
}

function addPayment(state: State, payment: Pick<Payment, 'kind' | 'amount' | 'reference' | 'order' | 'grant'>): Payment {
  return append<Payment>(state.payments, { ...payment, receivedAt: state.now, held: 0n, reversedAt: null })
}

/** Assigns money that is not on the balance, such as money that was freed from another invoice. */
export function assign(state: State, payment: Payment, invoice: Invoice, amount: bigint): void {
  if (amount === 0n) return
  invoice.wasPaid = true
  state.allocations.push({ payment: payment.id, invoice: invoice.id, amount })
}

export function assignFree(state: State, payment: Payment, invoice: Invoice, amount: bigint): void {
  state.freeBalance -= amount
  post(state, 'PAYMENT', { receivable: -amount, balance: amount })
  assign(state, payment, invoice, amount)
}

/** Pays an invoice with the money that is held for its order, oldest payment first. The excess becomes free. */
export function assignHeld(state: State, order: Order, invoice: Invoice | undefined): void {
  for (const payment of paymentsHeldFor(state, order)) {
    const amount = invoice ? smaller(payment.held, dueOf(state, invoice)) : 0n
    state.freeBalance += payment.held
    payment.held = 0n
    if (invoice && amount > 0n) assignFree(state, payment, invoice, amount)
  }
}

export function paymentsHeldFor({ payments }: State, { id }: Order): Payment[] {
  return payments.filter(({ order, held }) => order === id && held > 0n)
}

export function heldFor(state: State, order: Order): bigint {
  return sum(paymentsHeldFor(state, order).map(({ held }) => held))
}

/** Pays an invoice from the balance as far as it reaches: granted credit first, the soonest expiry first. */
export function payFromBalance(state: State, invoice: Invoice): void {
  for (const grant of grantsToSpend(state)) {
    const amount = smaller(grant.remaining, dueOf(state, invoice))
    grant.remaining -= amount
    payFrom(state, grant.id, invoice, amount)
  }
  const amount = smaller(state.freeBalance, dueOf(state, invoice))
  state.freeBalance -= amount
  payFrom(state, null, invoice, amount)
}

function payFrom(state: State, grant: number | null, invoice: Invoice, amount: bigint): void {
  if (amount === 0n) return
  post(state, 'PAYMENT', { receivable: -amount, balance: amount })
  assign(state, addPayment(state, { kind: 'BALANCE', amount, reference: null, order: invoice.order, grant }), invoice, amount)
}

/** Credit without expiry is spent last, then the earlier grant first. */
function grantsToSpend({ grants }: State): Grant[] {
  const expiry = ({ expiresAt }: Grant) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
  const spendable = grants.filter(({ remaining }) => remaining > 0n)
  return spendable.sort((a, b) => (expiry(a) === expiry(b) ? a.id - b.id : expiry(a) - expiry(b)))
}

/** Balance settles open invoices at once, the earliest due first. */
export function settleOpenInvoices(state: State): void {
  for (const invoice of openInvoices(state)) payFromBalance(state, invoice)
}

/** Takes money from an invoice, the newest allocation first. The pieces are in this order. */
export function freeMoney(state: State, invoice: Invoice, amount: bigint): Piece[] {
  return takeAllocations(state, amount, (allocation) => allocation.invoice === invoice.id)
}

/** Takes allocated money, the newest allocation first. */
export function takeAllocations(
  state: State,
  amount: bigint,
  isTaken: (allocation: { payment: number; invoice: number }) => boolean,
): Piece[] {
  const pieces: Piece[] = []
  let missing = amount
  for (const allocation of state.allocations.filter(isTaken).reverse()) {
    const taken = smaller(allocation.amount, missing)
    missing -= taken
    allocation.amount -= taken
    if (taken > 0n) pieces.push({ payment: paymentOf(state, allocation.payment), amount: taken })
  }
  if (missing > 0n) throw new Error(`only ${amount - missing} of ${amount} were allocated`)
  state.allocations = state.allocations.filter((allocation) => allocation.amount > 0n)
  return pieces
}

/** Puts freed money on the balance. Granted credit returns as granted credit, and expires at once if it is late. */
export function returnToBalance(state: State, pieces: readonly Piece[]): void {
  for (const { payment, amount } of pieces) {
    post(state, 'RETURN', { receivable: amount, balance: -amount })
    const grant = payment.grant === null ? undefined : state.grants[payment.grant - 1]
    if (!grant) {
      state.freeBalance += amount
      continue
    }
    grant.remaining += amount
    if (grant.expiresAt && grant.expiresAt <= state.now) expireGrant(state, grant)
  }
}

/** Reverses the posting of granted credit that was not spent. */
export function expireGrant(state: State, grant: Grant): void {
  post(state, 'EXPIRY', { balance: grant.remaining, revenue: -grant.remaining })
  grant.expired += grant.remaining
  grant.remaining = 0n
}

/** Whether all invoices of an order are settled: paid, credited or written off. */
export function isSettled(state: State, orderId: number): boolean {
  return !state.invoices.some((invoice) => invoice.order === orderId && isOpen(state, invoice))
}
