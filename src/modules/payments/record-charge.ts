import { HOUR_MS } from '../../core/duration.js'
import { isWithin, type Period, periodNumber, periodNumberAt } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Payment, Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { planSnapshot } from '../catalog/index.js'
import { customerFilter } from '../identity/index.js'
import { heldParts, issueInvoice, quoteLines } from '../invoicing/index.js'
import { freeHeldPayments, payWithHeld, type ReceivedPayment, receiveInvoicePayment, receiveSurplus, sumOfHeld } from '../ledger/index.js'
import {
  linesForChange,
  linesForPlan,
  notifyOfOrders,
  type OrderAmounts,
  type OrderLine,
  type OrderReason,
  singleLine,
} from '../orders/index.js'
import type { Services } from '../services.js'
import { creditReplacedPart, planAsSold } from '../subscriptions/index.js'
import { publishEvent } from '../webhooks/index.js'
import type { PaidChange, PaidPlan } from './paid-plan.queries.js'
import type { PaymentProvider, PaymentReason, PaymentSnapshot } from './payment-provider.port.js'

const REASONS: Record<PaymentReason, OrderReason> = { initial: 'PURCHASE', renewal: 'RENEWAL', updated: 'PLAN_CHANGE' }
/** Providers charge slightly before or after the start of a period. */
const CHARGE_TOLERANCE_MS = 6 * HOUR_MS

/** What a provider has charged, or a plan change that credit and balance pay completely. */
interface Charge extends PaidPlan {
  readonly subscription: Subscription & { plan: Plan }
  readonly snapshot: Pick<PaymentSnapshot, 'reason' | 'total' | 'tax' | 'discount' | 'currency' | 'createdAt' | 'documentUrl'>
  /** Null if nothing was to be paid. */
  readonly received: ReceivedPayment | null
}

/**
 * Records a charge: the order, its document, and the payments that pay it. For a plan change that was made here, the
 * credit for the replaced plan pays first, then the balance that was held for it, then the provider's payment. Call it
 * under the customer's lock; then settle the open invoices.
 */
export async function recordCharge(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  provider: PaymentProvider,
  charge: Charge,
): Promise<{ order: Order; payment: Payment | null }> {
  const { subscription, snapshot, received, change } = charge
  const at = services.clock.now()
  const held = await listHeldBalance(tx, provider, charge)
  const heldAmount = sumOfHeld(held)
  const replacedOrderId = subscription.orderId
  const { order, period } = await createOrder(tx, services, provider, charge, heldAmount)
  const merchant = provider.merchantOfRecord === null ? null : { name: provider.merchantOfRecord, documentUrl: snapshot.documentUrl }
  const providerTax = merchant ? snapshot.tax : 0n
  const charged = received ? [{ ...received, reference: null }] : []
  const payments = [...heldParts(held), ...charged]
  const terms = { merchantOfRecord: merchant, amountsIncludeTax: true, isTest: provider.isTest, providerTax, payments }
  const isFreeChange = change !== null && !merchant && change.charge === 0n
  const issued = isFreeChange ? null : await issueInvoice(tx, services, order, period, terms)
  if (change && !merchant && replacedOrderId !== null) {
    await creditReplacedPart(tx, services, { orderId: replacedOrderId, amount: -change.credit, carryTo: issued })
  }
  if (!issued) {
    await freeHeldPayments(tx, held)
    return { order, payment: received && (await receiveSurplus(tx, received, order.id)) }
  }
  const credited = await tx.invoice.findUniqueOrThrow({ where: { id: issued.id } })
  const invoice = await payWithHeld(tx, credited, held, at)
  const payment = received && (await receiveInvoicePayment(tx, received, invoice)).payment
  return { order, payment }
}

/** The balance that was held for a renewal or for a plan change. */
function listHeldBalance(tx: Transaction, provider: PaymentProvider, { received, change }: Charge): Promise<Payment[]> {
  const ids = [received?.provider?.paymentId, change && changePaymentId(change.id)].filter((id) => id != null)
  return tx.payment.findMany({
    where: { provider: provider.name, providerPaymentId: { in: ids }, held: { gt: 0n } },
    orderBy: { id: 'asc' },
  })
}

/** Under this id, balance is held for a plan change until the provider has charged the rest. */
export function changePaymentId(changeId: bigint): string {
  return `change:${changeId}`
}

async function createOrder(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  provider: PaymentProvider,
  charge: Charge,
  heldAmount: bigint,
): Promise<{ order: Order; period: Period }> {
  const { subscription, snapshot, change, plan } = charge
  const { userId, organisationId } = subscription
  const at = services.clock.now()
  const paidAt = new Date(snapshot.createdAt)
  const period = change && isNewPeriod(change) ? changedPeriod(change) : paidPeriod(subscription, plan, snapshot)
  const position = await supersedePreviousOrder(tx, subscription, snapshot, paidAt)
  const isOurs = provider.merchantOfRecord === null
  const lines = change && isOurs ? changeLines(change) : chargeLines(charge, heldAmount)
  const order = await tx.order.create({
    data: {
      userId,
      organisationId,
      ...soldPlan(charge),
      ...position.state,
      ...(await chargedAmounts(tx, services, isOurs, charge, lines, heldAmount)),
      reason: REASONS[snapshot.reason],
      currency: snapshot.currency,
      placedAt: paidAt,
      activatedAt: paidAt,
      periodStart: period.start,
      periodEnd: period.end,
      subscriptionId: subscription.id,
      items: { create: lines.map((line, index) => ({ position: index, ...line })) },
    },
  })
  notifyOfOrders(tx, [order])
  if (change) await tx.planChange.update({ where: { id: change.id }, data: { orderId: order.id } })
  if (position.isLatest) await tx.subscription.update({ where: { id: subscription.id }, data: { orderId: order.id } })
  const payload = { orderId: order.id, planId: plan.id, amount: order.amount.toString(), currency: order.currency, reason: order.reason }
  await publishEvent(tx, { type: 'payment.received', customer: subscription, payload, at })
  return { order, period }
}

/** A renewal repeats the plan as it was sold. */
function soldPlan({ subscription, plan, snapshot: { reason } }: Charge) {
  return reason === 'renewal' && subscription.planId === plan.id ? planAsSold(subscription, plan) : planSnapshot(plan)
}

/** What the order costs. The net amount of a plan change is that of its charge, less that of its credit. */
async function chargedAmounts(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  isOurs: boolean,
  { subscription, snapshot, change }: Charge,
  lines: readonly OrderLine[],
  heldAmount: bigint,
): Promise<OrderAmounts> {
  const amount = change && isOurs ? positive(change.charge + change.credit) : snapshot.total + heldAmount
  const periodAmount = snapshot.reason === 'updated' ? (change?.nextRenewal ?? amount) : amount
  if (!isOurs) return { amount, net: amount - snapshot.tax, periodAmount }
  const { net } = await quoteLines(tx, services, subscription, lines, { amountsIncludeTax: true })
  return { amount, net: positive(net), periodAmount }
}

function positive(amount: bigint): bigint {
  return amount > 0n ? amount : 0n
}

/** A change of the interval begins a new period. */
function isNewPeriod({ fromPlan, toPlan }: PaidChange): boolean {
  return fromPlan.interval !== toPlan.interval
}

function changedPeriod({ changedAt, toPlan }: PaidChange): Period {
  return periodNumber(changedAt, toPlan.interval, 1)
}

/** Returns the period that a payment covers; for a plan change, the rest of it. */
function paidPeriod(
  { anchor, currentPeriodStart, currentPeriodEnd, status }: Subscription,
  { interval }: Plan,
  { reason, createdAt }: Charge['snapshot'],
): Period {
  const paidAt = new Date(createdAt)
  const current = { start: currentPeriodStart, end: currentPeriodEnd }
  if (status === 'TRIALING' && isWithin(current, paidAt)) return current
  if (reason === 'updated') {
    const { end } = periodNumber(anchor, interval, Math.max(1, periodNumberAt(anchor, interval, paidAt)))
    return { start: paidAt, end }
  }
  const latest = new Date(paidAt.getTime() + CHARGE_TOLERANCE_MS)
  return periodNumber(anchor, interval, reason === 'initial' ? 1 : Math.max(1, periodNumberAt(anchor, interval, latest)))
}

interface OrderPosition {
  isLatest: boolean
  state: { status: 'ACTIVE' | 'EXPIRED' } | { status: 'CANCELLED'; cancelledAt: Date }
}

/**
 * Ends the previous order. While a subscription is live, the order of its latest payment is the active one; a
 * renewal or a plan change ends the order before. Payments may arrive in any order.
 */
async function supersedePreviousOrder(
  tx: Transaction,
  subscription: Subscription,
  { reason }: Charge['snapshot'],
  paidAt: Date,
): Promise<OrderPosition> {
  const next = await tx.order.findFirst({
    where: { subscriptionId: subscription.id, placedAt: { gt: paidAt }, activatedAt: { not: null } },
    orderBy: { placedAt: 'asc' },
  })
  if (next) return { isLatest: false, state: endedState(next.reason === 'PLAN_CHANGE', next.placedAt) }
  if (subscription.status === 'EXPIRED') return { isLatest: true, state: { status: 'EXPIRED' } }
  const active = await tx.order.findFirst({ where: { ...customerFilter(subscription), status: 'ACTIVE', planId: { not: null } } })
  const changed = reason === 'updated' || active?.subscriptionId !== subscription.id
  if (active) notifyOfOrders(tx, [await tx.order.update({ where: { id: active.id }, data: endedState(changed, paidAt) })])
  return { isLatest: true, state: { status: 'ACTIVE' } }
}

function endedState(cancelled: boolean, at: Date): { status: 'EXPIRED' } | { status: 'CANCELLED'; cancelledAt: Date } {
  return cancelled ? { status: 'CANCELLED', cancelledAt: at } : { status: 'EXPIRED' }
}

function changeLines({ fromPlan, toPlan, charge, credit }: PaidChange): OrderLine[] {
  const isNewPeriod = fromPlan.interval !== toPlan.interval
  return linesForChange({ from: fromPlan.name, to: toPlan, charge, credit, discount: 0n, isNewPeriod })
}

/** Lists the lines of the document: the plan as it was sold, and the discount that the provider names. */
function chargeLines({ snapshot, subscription, plan }: Charge, heldAmount: bigint): OrderLine[] {
  const { reason, total, discount } = snapshot
  if (reason === 'updated') return [singleLine({ kind: 'PLAN_CHANGE', parameters: { plan: plan.name } }, total)]
  const name = reason === 'renewal' && subscription.planId === plan.id ? subscription.planName : plan.name
  const lines = linesForPlan({ name, interval: plan.interval }, total + heldAmount + discount)
  if (discount === 0n) return lines
  return [...lines, singleLine({ kind: 'DISCOUNT', parameters: {} }, -discount)]
}
