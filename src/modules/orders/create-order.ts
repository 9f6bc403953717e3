import type { Period } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Plan, Prisma } from '../../platform/postgres/generated/client.js'
import { planSnapshot } from '../catalog/index.js'
import type { Customer } from '../identity/index.js'
import { publishEvents } from '../webhooks/index.js'
import { notifyOfOrders } from './notify-of-orders.js'
import type { OrderReason } from './order.enums.js'
import { pendingExpiresAt } from './order.rules.js'
import type { OrderLine } from './order-item.js'

/** What an order costs, minor units. */
export interface OrderAmounts {
  /** The amount owed, tax included. */
  readonly amount: bigint
  readonly net: bigint
  /** The price of the whole period, tax included. */
  readonly periodAmount: bigint
}

interface NewOrder {
  customer: Customer
  plan: Plan
  lines: readonly OrderLine[]
  amounts: OrderAmounts
  reason: OrderReason
  notes?: string | undefined
  purchaseOrder?: string | undefined
  at: Date
  /** Defaults to seven days after `at`. */
  expiresAt?: Date
  subscriptionId?: bigint
}

/** Creates a pending order with a snapshot of its plan. */
export function createPendingOrder(
  tx: Transaction,
  { customer, plan, lines, amounts, reason, notes, purchaseOrder, at, expiresAt = pendingExpiresAt(at), subscriptionId }: NewOrder,
): Promise<Order> {
  const terms = { amounts, lines, reason, currency: plan.currency, notes, purchaseOrder, at }
  const state = { status: 'PENDING', expiresAt, subscriptionId: subscriptionId ?? null } as const
  return storeOrder(tx, customer, terms, { ...planSnapshot(plan), ...state })
}

interface OrderTerms {
  readonly amounts: OrderAmounts
  readonly lines: readonly OrderLine[]
  readonly reason: OrderReason
  readonly currency: string
  readonly notes?: string | undefined
  readonly purchaseOrder?: string | undefined
  readonly at: Date
  /** The subscription of a renewal, and when its period begins. */
  readonly renewal?: { readonly subscriptionId: bigint; readonly renewsAt: string }
}

/** Creates a purchase without a plan: pending for seven days, or active from the start. */
export function createPlanlessOrder(
  tx: Transaction,
  customer: Customer,
  { status, ...terms }: Omit<OrderTerms, 'reason'> & { readonly status: 'PENDING' | 'ACTIVE' },
): Promise<Order> {
  const { at } = terms
  const state = status === 'ACTIVE' ? { status, activatedAt: at } : { status, expiresAt: pendingExpiresAt(at) }
  return storeOrder(tx, customer, { ...terms, reason: 'PURCHASE' }, state)
}

/** Creates the pending order of the next period of a subscription. It does not expire. */
export function createRenewalOrder(
  tx: Transaction,
  subscription: Customer & { readonly id: bigint },
  { plan, period, ...terms }: Omit<OrderTerms, 'reason'> & { readonly plan: OrderPlan; readonly period: Period },
): Promise<Order> {
  const { start: periodStart, end: periodEnd } = period
  const state = { status: 'PENDING', subscriptionId: subscription.id, periodStart, periodEnd, renewsFrom: periodStart } as const
  const renewal = { subscriptionId: subscription.id, renewsAt: periodStart.toISOString() }
  return storeOrder(tx, subscription, { ...terms, reason: 'RENEWAL', renewal }, { ...plan, ...state })
}

/** The plan snapshot of an order. */
type OrderPlan = Pick<
  Prisma.OrderUncheckedCreateInput,
  'planId' | 'planName' | 'planType' | 'planInterval' | 'planPrice' | 'planLimits' | 'planFeatures'
>
type OrderState = Pick<
  Prisma.OrderUncheckedCreateInput,
  'status' | 'activatedAt' | 'expiresAt' | 'subscriptionId' | 'periodStart' | 'periodEnd' | 'renewsFrom'
>

async function storeOrder(
  tx: Transaction,
  customer: Customer,
  { amounts, lines, reason, currency, notes, purchaseOrder, at, renewal }: OrderTerms,
  state: OrderState & OrderPlan,
): Promise<Order> {
  const order = await tx.order.create({
    data: {
      userId: customer.userId,
      organisationId: customer.organisationId,
      ...amounts,
      ...state,
      reason,
      currency,
      notes: notes ?? null,
      purchaseOrder: purchaseOrder ?? null,
      placedAt: at,
      items: { create: lines.map((line, position) => ({ position, ...line })) },
    },
  })
  notifyOfOrders(tx, [order])
  if (order.status !== 'PENDING') return order
  const owed = { orderId: order.id, amount: order.amount.toString(), currency }
  await publishEvents(tx, [
    { type: 'order.placed', customer, payload: { ...owed, planId: order.planId, reason }, at },
    ...(renewal ? [{ type: 'renewal.upcoming' as const, customer, payload: { ...owed, ...renewal }, at }] : []),
  ])
  return order
}
