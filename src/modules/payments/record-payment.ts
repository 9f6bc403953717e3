import { HOUR_MS } from '../../core/duration.js'
import { isWithin, type Period, periodNumber, periodNumberAt } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Plan, PlanChange, Subscription } from '../../platform/postgres/generated/client.js'
import { planSnapshot } from '../catalog/index.js'
import { customerFilter, lockCustomer } from '../identity/index.js'
import { issueInvoice, lockCounters } from '../invoicing/index.js'
import type { OrderReason } from '../orders/index.js'
import { linesForPlan, notifyOfOrders, type OrderLine, singleLine } from '../orders/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import type { PaymentProvider, PaymentReason, PaymentSnapshot } from './payment-provider.port.js'
import { recordRefundsAndEndPlan } from './record-provider-refund.js'

const REASONS: Record<PaymentReason, OrderReason> = { initial: 'PURCHASE', renewal: 'RENEWAL', updated: 'PLAN_CHANGE' }
/** Providers charge slightly before or after the start of a period. */
const CHARGE_TOLERANCE_MS = 6 * HOUR_MS

export type RecordResult = 'recorded' | 'duplicate' | 'unpaid' | 'unknown subscription'

/**
 * Records a payment as an order with its own document: our invoice, or a payment statement when the provider
 * is the seller. For a payment that is recorded already, only new refunds are recorded.
 */
export async function recordPayment(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  provider: PaymentProvider,
  payment: PaymentSnapshot,
): Promise<RecordResult> {
  const key = { provider: provider.name, providerSubscriptionId: payment.subscriptionId }
  const subscription = await tx.subscription.findUnique({ where: { provider_providerSubscriptionId: key }, include: { plan: true } })
  if (!subscription) return 'unknown subscription'
  if (!payment.isPaid) return 'unpaid'
  await lockCustomer(tx, subscription)
  const paymentKey = { provider: provider.name, providerPaymentId: payment.id }
  const existing = await tx.order.findUnique({ where: { provider_providerPaymentId: paymentKey } })
  if (existing) {
    const refunded = await recordRefundsAndEndPlan(tx, services, existing, payment.refunded)
    return refunded === 0n ? 'duplicate' : 'recorded'
  }
  const { order, period } = await createPaymentOrder(tx, services, provider, payment, subscription)
  const merchant = provider.merchantOfRecord === null ? null : { name: provider.merchantOfRecord, documentUrl: payment.documentUrl }
  const terms = { merchantOfRecord: merchant, amountsIncludeTax: true, isTest: provider.isTest }
  await recordRefundsAndEndPlan(tx, services, order, payment.refunded, async () => {
    if (payment.refunded > 0n) await lockCounters(tx, services, terms)
    await issueInvoice(tx, services, order, period, terms)
  })
  return 'recorded'
}

async function createPaymentOrder(
  tx: Transaction,
  services: Pick<Services, 'clock'>,
  provider: PaymentProvider,
  payment: PaymentSnapshot,
  subscription: Subscription & { plan: Plan },
): Promise<{ order: Order; period: Period }> {
  const { userId, organisationId } = subscription
  const at = services.clock.now()
  const paidAt = new Date(payment.createdAt)
  const { change, plan } = await findPaidPlan(tx, subscription, payment)
  const period = paidPeriod(subscription, plan, payment)
  const position = await supersedePreviousOrder(tx, subscription, payment, paidAt)
  const lines = change ? planChangeLines(change) : paymentLines(payment, plan)
  const order = await tx.order.create({
    data: {
      userId,
      organisationId,
      ...planSnapshot(plan),
      ...position.state,
      reason: REASONS[payment.reason],
      currency: payment.currency,
      amount: payment.total,
      placedAt: paidAt,
      activatedAt: paidAt,
      periodStart: period.start,
      periodEnd: period.end,
      subscriptionId: subscription.id,
      provider: provider.name,
      providerPaymentId: payment.id,
      items: { create: lines.map((line, index) => ({ position: index, ...line })) },
    },
  })
  notifyOfOrders(tx, [order])
  if (change) await tx.planChange.update({ where: { id: change.id }, data: { orderId: order.id } })
  if (position.isLatest) await tx.subscription.update({ where: { id: subscription.id }, data: { orderId: order.id } })
  const payload = { orderId: order.id, planId: plan.id, amount: payment.total.toString(), currency: payment.currency, reason: order.reason }
  await publishEvent(tx, { type: 'payment.received', customer: subscription, payload, at })
  return { order, period }
}

/** Returns the period that a payment covers; for a plan change, the rest of it. */
function paidPeriod(
  { anchor, currentPeriodStart, currentPeriodEnd, status }: Subscription,
  { interval }: Plan,
  { reason, createdAt }: PaymentSnapshot,
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
  { reason }: PaymentSnapshot,
  paidAt: Date,
): Promise<OrderPosition> {
  const next = await tx.order.findFirst({
    where: { subscriptionId: subscription.id, placedAt: { gt: paidAt } },
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

type PaidChange = PlanChange & { fromPlan: Plan; toPlan: Plan }

/**
 * Finds the plan of a payment, and the plan change that it pays for if that was made here. The payment of a change
 * may arrive before the subscription has its new plan.
 */
async function findPaidPlan(
  tx: Transaction,
  { id: subscriptionId, plan }: Subscription & { plan: Plan },
  { reason, total }: PaymentSnapshot,
): Promise<{ plan: Plan; change: PaidChange | null }> {
  if (reason !== 'updated') return { plan, change: null }
  const changes = await tx.planChange.findMany({
    where: { subscriptionId, orderId: null, status: { not: 'FAILED' } },
    include: { fromPlan: true, toPlan: true },
    orderBy: { id: 'desc' },
    take: 10,
  })
  const change = changes.find(({ credit, charge }) => credit + charge === total) ?? null
  const inProgress = changes.find(({ status }) => status === 'REQUESTED')
  return { change, plan: (change ?? inProgress)?.toPlan ?? plan }
}

function planChangeLines({ credit, charge, fromPlan, toPlan }: PaidChange): OrderLine[] {
  const chargeLine = singleLine({ kind: 'REST', parameters: { plan: toPlan.name } }, charge)
  if (credit === 0n) return [chargeLine]
  return [chargeLine, singleLine({ kind: 'UNUSED', parameters: { plan: fromPlan.name } }, credit)]
}

/** Lists the lines of the document: the plan, and a discount when less than its price was paid. */
function paymentLines({ reason, total, currency }: PaymentSnapshot, plan: Plan): OrderLine[] {
  if (reason === 'updated') return [singleLine({ kind: 'PLAN_CHANGE', parameters: { plan: plan.name } }, total)]
  const price = plan.currency === currency ? plan.price : null
  if (price === null || price <= total) return linesForPlan(plan, total)
  return [...linesForPlan(plan, price), singleLine({ kind: 'DISCOUNT', parameters: {} }, total - price)]
}
