import { addDays } from '../../core/duration.js'
import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { OrderStatus } from './order.enums.js'
import type { ItemContent, OrderLine } from './order-item.js'

const ORDER_TRANSITIONS: Record<OrderStatus, readonly OrderStatus[]> = {
  PENDING: ['ACTIVE', 'CANCELLED', 'EXPIRED'],
  ACTIVE: ['CANCELLED', 'EXPIRED'],
  CANCELLED: [],
  EXPIRED: [],
}

/** A pending order expires this many days after it was placed. */
export const PENDING_DAYS = 7

export function canTransition(from: OrderStatus, to: OrderStatus): boolean {
  return ORDER_TRANSITIONS[from].includes(to)
}

/** @throws INVALID_TRANSITION */
export function assertTransition(order: { id: bigint; status: OrderStatus }, to: OrderStatus): void {
  if (canTransition(order.status, to)) return
  const [from, target] = [order.status.toLowerCase(), to.toLowerCase()]
  const message = from === target ? `is already ${from}` : `is ${from} and cannot become ${target}`
  throw new DomainError(INVALID_TRANSITION, `Order ${order.id} ${message}`, { from: order.status, to })
}

/**
 * Treats an overdue pending order as expired, even if the job has not yet updated its status.
 * @throws INVALID_TRANSITION
 */
export function assertNotExpired(order: { id: bigint; status: OrderStatus; expiresAt: Date | null }, at: Date): void {
  if (order.status !== 'PENDING' || order.expiresAt === null || at < order.expiresAt) return
  throw new DomainError(INVALID_TRANSITION, `Order ${order.id} expired at ${order.expiresAt.toISOString()}; place a new one`, {
    from: 'EXPIRED',
  })
}

/** Whether money can complete the order. One that is overdue counts as expired. */
export function isAwaitingPayment({ status, expiresAt }: { status: OrderStatus; expiresAt: Date | null }, at: Date): boolean {
  return status === 'PENDING' && (expiresAt === null || at < expiresAt)
}

export function pendingExpiresAt(placedAt: Date): Date {
  return addDays(placedAt, PENDING_DAYS)
}

export function linesForPlan(plan: Pick<Plan, 'name' | 'interval'>, amount: bigint): OrderLine[] {
  return [singleLine({ kind: 'PLAN', parameters: { plan: plan.name, interval: plan.interval } }, amount)]
}

interface PlanChangeLines {
  /** Name of the replaced plan. */
  from: string
  to: Pick<Plan, 'name' | 'interval'>
  /** Minor units, tax included. */
  charge: bigint
  /** Zero or negative. */
  credit: bigint
  discount: bigint
  /** Whether the new plan begins a period of its own. */
  isNewPeriod: boolean
}

/** The lines of a plan change. The invoice shows the charge; the credit is a credit note. */
export function linesForChange({ from, to, charge, credit, discount, isNewPeriod }: PlanChangeLines): OrderLine[] {
  const charged = isNewPeriod ? linesForPlan(to, charge) : [singleLine({ kind: 'REST', parameters: { plan: to.name } }, charge)]
  if (discount > 0n) charged.push(singleLine({ kind: 'DISCOUNT', parameters: {} }, -discount))
  return credit === 0n ? charged : [...charged, singleLine({ kind: 'UNUSED', parameters: { plan: from } }, credit)]
}

/** A line with quantity 1. @param amount  minor units */
export function singleLine(item: ItemContent, amount: bigint): OrderLine {
  return { ...item, quantity: 1, unitPrice: amount, amount }
}
