import type { Period } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Plan } from '../../platform/postgres/generated/client.js'
import { readRow } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind, type ValuesOf } from '../../platform/postgres/statement.js'
import { runWithLateWrites } from '../../platform/postgres/write-at-end.js'
import { planSnapshot } from '../catalog/index.js'
import type { Customer } from '../identity/index.js'
import { publishEvents } from '../webhooks/index.js'
import { notifyOfOrders } from './notify-of-orders.js'
import type { OrderReason } from './order.enums.js'
import { pendingExpiresAt } from './order.rules.js'
import type { OrderLine } from './order-item.js'
import { INSERT_ORDER, type ORDER_COLUMNS } from './orders.statements.js'

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
  /**
   * The id of the order, if it was reserved. It is then inserted at the end of the transaction, so nothing else in it may
   * refer to the order.
   */
  reservedId?: bigint | undefined
  /** Whether the order is inserted later, with the statement of `bindOrder`. */
  isInsertedLater?: boolean
}

/** Creates a pending order with a snapshot of its plan. */
export function createPendingOrder(
  tx: Transaction,
  {
    customer,
    plan,
    lines,
    amounts,
    reason,
    notes,
    purchaseOrder,
    at,
    expiresAt = pendingExpiresAt(at),
    subscriptionId,
    reservedId,
    isInsertedLater,
  }: NewOrder,
): Promise<Order> {
  const terms = { amounts, lines, reason, currency: plan.currency, notes, purchaseOrder, at, reservedId, isInsertedLater }
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
  readonly reservedId?: bigint | undefined
  readonly isInsertedLater?: boolean | undefined
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
interface OrderPlan extends Partial<Pick<Order, 'planId' | 'planName' | 'planType' | 'planInterval' | 'planPrice'>> {
  readonly planLimits?: object
  readonly planFeatures?: object
}

type OrderState = Pick<Order, 'status'> &
  Partial<Pick<Order, 'activatedAt' | 'expiresAt' | 'subscriptionId' | 'periodStart' | 'periodEnd' | 'renewsFrom'>>

/** The fields that not every new order has. */
const NO_STATE = {
  planId: null,
  planName: null,
  planType: null,
  planInterval: null,
  planPrice: null,
  planLimits: null,
  planFeatures: null,
  activatedAt: null,
  expiresAt: null,
  cancelledAt: null,
  periodStart: null,
  periodEnd: null,
  renewsFrom: null,
  invoicedElsewhere: null,
  subscriptionId: null,
  forfeited: 0n,
} as const

/** Inserts an order with its lines: at the end of the transaction if its id is reserved. */
async function insertOrder(
  tx: Transaction,
  lines: readonly OrderLine[],
  order: ValuesOf<Omit<typeof ORDER_COLUMNS, 'id'>>,
  { reservedId, isInsertedLater = false }: Pick<OrderTerms, 'reservedId' | 'isInsertedLater'>,
): Promise<Order> {
  if (reservedId !== undefined) {
    const reserved = { id: reservedId, ...order }
    if (!isInsertedLater) await runWithLateWrites(tx, [bindOrder(reserved, lines)])
    return reserved
  }
  const inserted = await readRow(tx, bind(INSERT_ORDER, { ...order, ...itemsOf(lines), newId: null }))
  if (!inserted) throw new Error('the order was not inserted')
  return { id: inserted.id, ...order }
}

/** The statement that inserts an order with a reserved id. */
export function bindOrder({ id, ...order }: Order, lines: readonly OrderLine[]): BoundStatement {
  return bind(INSERT_ORDER, { ...order, ...itemsOf(lines), newId: id })
}

function itemsOf(lines: readonly OrderLine[]) {
  return {
    itemKinds: lines.map(({ kind }) => kind),
    itemParameters: lines.map((line) => JSON.stringify('parameters' in line ? line.parameters : {})),
    itemDescriptions: lines.map((line) => ('description' in line ? line.description : null)),
    itemQuantities: lines.map(({ quantity }) => quantity),
    itemUnitPrices: lines.map(({ unitPrice }) => unitPrice),
    itemAmounts: lines.map(({ amount }) => amount),
  }
}

async function storeOrder(
  tx: Transaction,
  customer: Customer,
  { amounts, lines, reason, currency, notes, purchaseOrder, at, reservedId, isInsertedLater, renewal }: OrderTerms,
  state: OrderState & OrderPlan,
): Promise<Order> {
  const values = {
    ...NO_STATE,
    userId: customer.userId,
    organisationId: customer.organisationId,
    ...amounts,
    ...state,
    reason,
    currency,
    notes: notes ?? null,
    purchaseOrder: purchaseOrder ?? null,
    placedAt: at,
  }
  const order = await insertOrder(tx, lines, values, { reservedId, isInsertedLater })
  notifyOfOrders(tx, [order])
  if (order.status !== 'PENDING') return order
  const owed = { orderId: order.id, amount: order.amount.toString(), currency }
  await publishEvents(tx, [
    { type: 'order.placed', customer, payload: { ...owed, planId: order.planId, reason }, at },
    ...(renewal ? [{ type: 'renewal.upcoming' as const, customer, payload: { ...owed, ...renewal }, at }] : []),
  ])
  return order
}
