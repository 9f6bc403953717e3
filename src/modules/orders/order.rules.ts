import { DAY_MS } from '../../core/duration.js'
import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { OrderStatus } from './order.enums.js'

const ORDER_TRANSITIONS: Record<OrderStatus, readonly OrderStatus[]> = {
  PENDING: ['ACTIVE', 'CANCELLED', 'EXPIRED'],
  ACTIVE: ['CANCELLED', 'EXPIRED'],
  CANCELLED: [],
  EXPIRED: [],
}

/** A pending order expires this many days after it was placed. */
export const PENDING_DAYS = 7

export interface OrderLine {
  description: string
  quantity: number
  /** Minor units. */
  unitPrice: bigint
  /** Minor units: quantity x unitPrice. */
  amount: bigint
}

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

export function pendingExpiresAt(placedAt: Date): Date {
  return new Date(placedAt.getTime() + PENDING_DAYS * DAY_MS)
}

export function linesForPlan(plan: Pick<Plan, 'name' | 'interval'>, amount: bigint): OrderLine[] {
  const duration = plan.interval === 'YEAR' ? '1 year' : '1 month'
  return [{ description: `${plan.name}, ${duration}`, quantity: 1, unitPrice: amount, amount }]
}

/** A summary for lists of orders: "Pro, 1 month", "2 x Extra backup". */
export function describeItems(lines: readonly Pick<OrderLine, 'description' | 'quantity'>[]): string {
  return lines.map((line) => (line.quantity === 1 ? line.description : `${line.quantity} x ${line.description}`)).join(', ')
}
