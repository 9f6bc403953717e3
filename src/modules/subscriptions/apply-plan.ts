import { DomainError, invalidInput } from '../../core/errors.js'
import { parseId, parseInput, parseOptionalId, text } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { once } from '../../platform/postgres/idempotency.js'
import { planNotFound, requirePlan } from '../catalog/index.js'
import { callerName, type Holder, lockHolder, requireHolder, type Viewer } from '../identity/index.js'
import { createOrder, orderNotFound, requireUnexpired } from '../orders/index.js'
import type { Services } from '../services.js'
import { activate, type PlanOrder } from './activate-order.js'
import type { ApplyPlanInput } from './subscription.type.js'

interface Wanted {
  userId: number
  planId: number
  orderId: number | undefined
  organisationId: number | undefined
  amount: bigint | undefined
  notes: string | undefined
  expiresAt: Date | undefined
}

/**
 * Approves a pending order, or grants a plan by creating an order at the plan's price.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, PLAN_NOT_FOUND, ORDER_NOT_FOUND, INVALID_TRANSITION
 */
export async function applyPlan(services: Services, by: Viewer, input: ApplyPlanInput): Promise<Order> {
  const wanted = parse(services, input)
  const request = { caller: callerName(by), operation: 'applyPlan', key: input.idempotencyKey, input: wanted }
  const { orderId } = await once(services, request, async (tx) => {
    const holder = await requireHolder(tx, wanted.userId, await organisationOf(tx, wanted))
    await lockHolder(tx, holder)
    const order = await (wanted.orderId === undefined
      ? grant(tx, services, holder, wanted)
      : requireApprovable(tx, services, holder, wanted, wanted.orderId))
    await activate(tx, services, { holder, order, by, notes: wanted.notes, expiresAt: wanted.expiresAt })
    return { orderId: order.id }
  })
  return services.db.order.findUniqueOrThrow({ where: { id: orderId } })
}

function parse({ clock }: Services, input: ApplyPlanInput): Wanted {
  const amount = input.amount ?? undefined
  const orderId = parseOptionalId('input.orderId', input.orderId)
  const expiresAt = input.expiresAt ?? undefined
  if (amount !== undefined && amount < 0n) throw invalidInput('input.amount', 'must be 0 or more')
  if (amount !== undefined && orderId !== undefined)
    throw invalidInput('input.amount', 'an order has its amount already; leave one of them out')
  if (expiresAt && expiresAt <= clock.now()) throw invalidInput('input.expiresAt', 'must lie in the future')
  return {
    userId: parseId('input.userId', input.userId),
    planId: parseId('input.planId', input.planId),
    orderId,
    organisationId: parseOptionalId('input.organisationId', input.organisationId),
    amount,
    notes: parseInput(text(2000).nullish(), 'input.notes', input.notes) ?? undefined,
    expiresAt,
  }
}

/** An order to approve says itself for which organisation it is. */
async function organisationOf(tx: Transaction, { organisationId, orderId }: Wanted): Promise<number | undefined> {
  if (organisationId !== undefined || orderId === undefined) return organisationId
  const order = await tx.order.findUnique({ where: { id: orderId }, select: { organisationId: true } })
  return order?.organisationId ?? undefined
}

async function grant(tx: Transaction, { clock }: Services, holder: Holder, wanted: Wanted): Promise<PlanOrder> {
  const plan = await requirePlan(tx, wanted.planId)
  if (plan.archivedAt) throw planNotFound(plan.id)
  const amount = wanted.amount ?? plan.price
  if (amount === null) throw invalidInput('input.amount', 'this plan has a custom price: say what to charge, 0 for a gift')
  const order = await createOrder(tx, { holder, plan, amount, reason: 'GRANT', notes: wanted.notes, at: clock.now() })
  return order as PlanOrder
}

async function requireApprovable(tx: Transaction, { clock }: Services, holder: Holder, wanted: Wanted, id: number): Promise<PlanOrder> {
  const order = await tx.order.findUnique({ where: { id } })
  const fits = order?.userId === holder.userId && order.organisationId === holder.organisationId
  if (!order || !fits) throw orderNotFound(id)
  if (order.planId !== wanted.planId) throw new DomainError('ORDER_NOT_FOUND', `Order ${id} is not for plan ${wanted.planId}`)
  requireUnexpired(order, clock.now())
  return order as PlanOrder
}
