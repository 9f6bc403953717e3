import { smaller, sum } from './amounts.js'
import { dueOf, isOpen, openInvoices } from './invoices.js'
import { asOnePosting, post } from './ledger.js'
import { append, type Grant, type Invoice, type Order, type Payment, type PaymentKind, type State, type Subscription } from './state.js'

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

type NewPayment = Pick<Payment, 'kind' | 'amount' | 'reference' | 'order' | 'grant'> & Partial<Pick<Payment, 'renewalOf'>>

function addPayment(state: State, payment: NewPayment): Payment {
  return append<Payment>(state.payments, { renewalOf: null, ...payment, receivedAt: state.now, held: 0n, reversedAt: null })
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

/** Pays an invoice with the money that is held for it, oldest payment first. The excess becomes free. */
export function assignHeld(state: State, payments: readonly Payment[], invoice: Invoice | undefined): void {
  for (const payment of payments) {
    const amount = invoice ? smaller(payment.held, dueOf(state, invoice)) : 0n
    payment.held -= amount
    freeHeld(state, payment)
    if (!invoice || amount === 0n) continue
    post(state, 'PAYMENT', { receivable: -amount, balance: amount })
    assign(state, payment, invoice, amount)
  }
}

/** What is held of a payment becomes free. Granted credit returns to its grant. */
export function freeHeld(state: State, payment: Payment): void {
  addToBalance(state, payment, payment.held)
  payment.held = 0n
}

/** Holds what can be spent, up to an amount, for an order. */
export function holdBalance(state: State, { id }: Order, amount: bigint): void {
  holdFor(state, { order: id, renewalOf: null }, amount)
}

/** Holds what can be spent, up to an amount, for a renewal that the provider could not charge. */
export function holdForRenewal(state: State, { id }: Subscription, amount: bigint): void {
  holdFor(state, { order: null, renewalOf: id }, amount)
}

function holdFor(state: State, purpose: Pick<Payment, 'order' | 'renewalOf'>, amount: bigint): void {
  for (const { grant, taken } of takeFromBalance(state, amount)) {
    addPayment(state, { kind: 'BALANCE', amount: taken, reference: null, grant, ...purpose }).held = taken
  }
}

export function paymentsHeldForRenewal({ payments }: State, { id }: Subscription): Payment[] {
  return payments.filter(({ renewalOf, held }) => renewalOf === id && held > 0n)
}

export function paymentsHeldFor({ payments }: State, { id }: Order): Payment[] {
  return payments.filter(({ order, held }) => order === id && held > 0n)
}

/** What can be spent when it becomes free: not credit that has expired meanwhile. */
export function spendableHeldFor(state: State, order: Order): bigint {
  const isExpired = ({ grant }: Payment) => {
    const expiresAt = grant === null ? null : state.grants[grant - 1]?.expiresAt
    return expiresAt != null && expiresAt <= state.now
  }
  return sum(paymentsHeldFor(state, order).map((payment) => (isExpired(payment) ? 0n : payment.held)))
}

export function heldFor(state: State, order: Order): bigint {
  return sum(paymentsHeldFor(state, order).map(({ held }) => held))
}

/** Pays an invoice from the balance as far as it reaches: granted credit first, the soonest expiry first. */
export function payFromBalance(state: State, invoice: Invoice): void {
  for (const { grant, taken: amount } of takeFromBalance(state, dueOf(state, invoice))) {
    post(state, 'PAYMENT', { receivable: -amount, balance: amount })
    assign(state, addPayment(state, { kind: 'BALANCE', amount, reference: null, order: invoice.order, grant }), invoice, amount)
  }
}

/** Takes what can be spent, up to an amount. `grant` is null for free balance. */
function takeFromBalance(state: State, amount: bigint): { grant: number | null; taken: bigint }[] {
  let missing = amount
  const take = (grant: number | null, available: bigint) => {
    const taken = smaller(available, missing)
    missing -= taken
    return { grant, taken }
  }
  const parts = grantsToSpend(state).map((grant) => {
    const part = take(grant.id, grant.remaining)
    grant.remaining -= part.taken
    return part
  })
  const free = take(null, state.freeBalance)
  state.freeBalance -= free.taken
  return [...parts, free].filter(({ taken }) => taken > 0n)
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
    addToBalance(state, payment, amount)
  }
}

function addToBalance(state: State, payment: Payment, amount: bigint): void {
  const grant = payment.grant === null ? undefined : state.grants[payment.grant - 1]
  if (!grant) {
    state.freeBalance += amount
    return
  }
  grant.remaining += amount
  if (grant.expiresAt && grant.expiresAt <= state.now) expireGrant(state, grant)
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
