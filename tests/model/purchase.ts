import { type Period, periodNumber } from '../../src/core/period.js'
import { assignHeld, heldFor, paymentsHeldFor, receiveFor } from './balance.js'
import { completeChange } from './change.js'
import { addDays } from './dates.js'
import { invoiceOfOrder, isOpen, issueInvoice, priceOf } from './invoices.js'
import { asOnePosting } from './ledger.js'
import { closePendingOrder } from './pending-change.js'
import { getRow, Refusal, refuseIf } from './refusal.js'
import { DEFAULT_PLAN, type Plan } from './settings.js'
import { append, type Checkout, type Collection, liveSubscription, type Order, type PaymentKind, type State } from './state.js'
import { endSubscription } from './subscription.js'

/** @throws PLAN_NOT_FOUND; BAD_USER_INPUT for the default plan, which nobody orders */
export function getPaidPlan({ settings }: State, slug: string): Plan {
  const plan = settings.plans.find((candidate) => candidate.slug === slug)
  if (!plan) throw new Refusal('PLAN_NOT_FOUND')
  refuseIf(plan.slug === DEFAULT_PLAN, 'BAD_USER_INPUT')
  return plan
}

/** A gift, for which nothing was charged, is not a paid subscription; everything else is. */
function refuseIfSubscribed(state: State): void {
  const live = liveSubscription(state)
  if (!live) return
  const isGift = live.collection !== 'PROVIDER' && state.orders[live.order - 1]?.fullAmount === 0n
  refuseIf(!isGift, 'ALREADY_SUBSCRIBED')
}

export function placeOrder(state: State, slug: string): Order {
  const plan = getPaidPlan(state, slug)
  refuseIfSubscribed(state)
  const amount = priceOf(state, plan)
  return addOrder(state, { kind: 'PURCHASE', plan, amount, expiresAt: addDays(state.now, state.settings.pendingOrderDays) })
}

function addOrder(state: State, order: Pick<Order, 'kind' | 'plan' | 'amount' | 'expiresAt'>): Order {
  return append<Order>(state.orders, {
    ...order,
    status: 'PENDING',
    fullAmount: order.amount,
    placedAt: state.now,
    subscription: null,
    period: null,
  })
}

/**
 * Cancels a pending order, or ends the plan of an active one. A pending renewal cannot be cancelled by its order: the
 * subscription is cancelled, or the invoice credited.
 */
export function cancelOrder(state: State, id: number): Order {
  const order = getRow(state.orders, id, 'ORDER_NOT_FOUND')
  if (order.status === 'ACTIVE') {
    cancelPlan(state, true)
    return order
  }
  refuseIf(order.status !== 'PENDING' || order.kind === 'RENEWAL', 'INVALID_TRANSITION')
  closePendingOrder(state, order, 'CANCELLED')
  return order
}

export interface ApplyPlanInput {
  readonly plan?: string
  readonly order?: number
  readonly amount?: bigint
  readonly expiresAt?: Date
}

/** An administrator approves a pending order, or grants a plan. The amount counts as received. */
export function applyPlan(state: State, { plan: slug, order: id, amount, expiresAt }: ApplyPlanInput): Order {
  refuseIf((slug === undefined) === (id === undefined), 'BAD_USER_INPUT')
  refuseIf(expiresAt !== undefined && expiresAt <= state.now, 'BAD_USER_INPUT')
  refuseIf(amount !== undefined && (amount < 0n || id !== undefined), 'BAD_USER_INPUT')
  if (id !== undefined) return approveOrder(state, getRow(state.orders, id, 'ORDER_NOT_FOUND'), expiresAt)
  const listed = getPaidPlan(state, slug as string)
  const price = priceOf(state, amount === undefined ? listed : { ...listed, price: amount })
  // Renewals repeat the price at which a plan was sold. If it was given away, they are charged as in the catalog.
  const plan = amount ? { ...listed, price: amount } : listed
  const order = addOrder(state, { kind: 'GRANT', plan, amount: price, expiresAt: null })
  activate(state, order, { collection: 'NONE', expiresAt, rest: 'OTHER' })
  return order
}

function approveOrder(state: State, order: Order, expiresAt?: Date): Order {
  refuseIf(order.status !== 'PENDING', 'INVALID_TRANSITION')
  refuseIf(expiresAt !== undefined && order.kind !== 'PURCHASE', 'BAD_USER_INPUT')
  if (order.kind === 'PLAN_CHANGE') return completeChange(state, order, 'OTHER')
  if (order.kind === 'PURCHASE') {
    activate(state, order, { collection: 'INVOICE', expiresAt, rest: 'OTHER' })
    return order
  }
  const invoice = invoiceOfOrder(state, order.id)
  if (!invoice || !isOpen(state, invoice)) throw new Refusal('INVALID_TRANSITION')
  receiveFor(state, 'OTHER', invoice)
  return order
}

/** Activates a pending purchase when its money has arrived. Purchases do not use the free balance. */
export function activateIfPaid(state: State, order: Order): void {
  if (heldFor(state, order) >= order.amount) activate(state, order, { collection: 'INVOICE', rest: 'OTHER' })
}

interface Activation {
  readonly collection: Collection
  readonly expiresAt?: Date | undefined
  /** How the part is paid that has not been recorded as a payment yet. */
  readonly rest: PaymentKind
}

/** Replaces the customer's subscription by a new one. What is unused of the previous one goes to the balance. */
function activate(state: State, order: Order, { collection, expiresAt, rest }: Activation): void {
  const replaced = liveSubscription(state)
  const { plan } = order
  const first = periodNumber(state.now, plan.interval, 1)
  const period = expiresAt ? { start: state.now, end: expiresAt } : first
  const subscription = append(state.subscriptions, {
    plan,
    status: 'ACTIVE',
    collection,
    boughtAt: state.now,
    anchor: state.now,
    periodNumber: 1,
    period,
    expiresAt: expiresAt ?? null,
    pendingPlan: null,
    order: order.id,
    failedRenewalAt: null,
    // Only administrators clear the mark, so a replacement keeps it.
    suspendedBy: replaced?.suspendedBy ?? null,
    forfeited: 0n,
  })
  order.status = 'ACTIVE'
  order.subscription = subscription.id
  order.period = period
  if (order.amount > 0n) invoiceAndPay(state, order, period, rest)
  if (replaced) endSubscription(state, replaced, { orderStatus: 'CANCELLED' })
}

function invoiceAndPay(state: State, order: Order, period: Period, rest: PaymentKind): void {
  asOnePosting(state, 'INVOICE', () => {
    const invoice = issueInvoice(state, order, { total: order.amount, period, from: state.now, dueAt: state.now })
    assignHeld(state, paymentsHeldFor(state, order), invoice)
    receiveFor(state, rest, invoice)
  })
}

export function openCheckout(state: State, slug: string): Checkout {
  const plan = getPaidPlan(state, slug)
  refuseIfSubscribed(state)
  return append<Checkout>(state.checkouts, { plan, isPaid: false })
}

/** The provider charges the card. A checkout that was opened before another purchase still replaces its plan. */
export function payCheckout(state: State, id: number): Order {
  const checkout = getRow(state.checkouts, id, 'ORDER_NOT_FOUND')
  refuseIf(checkout.isPaid, 'INVALID_TRANSITION')
  refuseIf(state.cardFails, 'PAYMENT_FAILED')
  checkout.isPaid = true
  const { plan } = checkout
  const order = addOrder(state, { kind: 'PURCHASE', plan, amount: priceOf(state, plan), expiresAt: null })
  activate(state, order, { collection: 'PROVIDER', rest: 'PROVIDER' })
  return order
}

/** Returns the customer to the default plan; succeeds when nothing was active. */
export function cancelPlan(state: State, creditUnused: boolean): void {
  const subscription = liveSubscription(state)
  if (subscription) endSubscription(state, subscription, { orderStatus: 'CANCELLED', isForfeited: !creditUnused })
}
