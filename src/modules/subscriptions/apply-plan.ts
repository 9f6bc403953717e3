import { DomainError, invalidInputError } from '../../core/errors.js'
import { multilineText, parseId, parseInput, parseOptionalId } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { runOnce } from '../../platform/postgres/idempotency.js'
import { getPlan, planNotFoundError } from '../catalog/index.js'
import { type Customer, getCustomer, lockCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import { assertNotExpired, createOrder, orderNotFoundError } from '../orders/index.js'
import type { Services } from '../services.js'
import { activateOrder, type PlanOrder } from './activate-order.js'
import type { ApplyPlanInput } from './subscription.type.js'

interface ApplyPlanRequest {
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
export async function applyPlan(services: Services, by: UserPrincipal, input: ApplyPlanInput): Promise<Order> {
  const wanted = parseRequest(services, input)
  const request = { principal: principalName(by), operation: 'applyPlan', key: input.idempotencyKey, input: wanted }
  const { orderId } = await runOnce(services, request, async (tx) => {
    const holder = await getCustomer(tx, wanted.userId, await findOrganisationId(tx, wanted))
    await lockCustomer(tx, holder)
    const order = await (wanted.orderId === undefined
      ? createGrantOrder(tx, services, holder, wanted)
      : getApprovableOrder(tx, services, holder, wanted, wanted.orderId))
    await activateOrder(tx, services, { holder, order, by, notes: wanted.notes, expiresAt: wanted.expiresAt })
    return { orderId: order.id }
  })
  return services.db.order.findUniqueOrThrow({ where: { id: orderId } })
}

function parseRequest({ clock }: Services, input: ApplyPlanInput): ApplyPlanRequest {
  const amount = input.amount ?? undefined
  const orderId = parseOptionalId('input.orderId', input.orderId)
  const expiresAt = input.expiresAt ?? undefined
  if (amount !== undefined && amount < 0n) throw invalidInputError('input.amount', 'must be 0 or more')
  if (amount !== undefined && orderId !== undefined)
    throw invalidInputError('input.amount', 'an order has its amount already; leave one of them out')
  if (expiresAt && expiresAt <= clock.now()) throw invalidInputError('input.expiresAt', 'must lie in the future')
  return {
    userId: parseId('input.userId', input.userId),
    planId: parseId('input.planId', input.planId),
    orderId,
    organisationId: parseOptionalId('input.organisationId', input.organisationId),
    amount,
    notes: parseInput(multilineText(2000).nullish(), 'input.notes', input.notes) ?? undefined,
    expiresAt,
  }
}

/** An order to approve says itself for which organisation it is. */
async function findOrganisationId(tx: Transaction, { organisationId, orderId }: ApplyPlanRequest): Promise<number | undefined> {
  if (organisationId !== undefined || orderId === undefined) return organisationId
  const order = await tx.order.findUnique({ where: { id: orderId }, select: { organisationId: true } })
  return order?.organisationId ?? undefined
}

async function createGrantOrder(tx: Transaction, { clock }: Services, holder: Customer, wanted: ApplyPlanRequest): Promise<PlanOrder> {
  const plan = await getPlan(tx, wanted.planId)
  if (plan.archivedAt) throw planNotFoundError(plan.id)
  const amount = wanted.amount ?? plan.price
  if (amount === null) throw invalidInputError('input.amount', 'this plan has a custom price: say what to charge, 0 for a gift')
  const order = await createOrder(tx, { holder, plan, amount, reason: 'GRANT', notes: wanted.notes, at: clock.now() })
  return order as PlanOrder
}

async function getApprovableOrder(
  tx: Transaction,
  { clock }: Services,
  holder: Customer,
  wanted: ApplyPlanRequest,
  id: number,
): Promise<PlanOrder> {
  const order = await tx.order.findUnique({ where: { id } })
  const fits = order?.userId === holder.userId && order.organisationId === holder.organisationId
  if (!order || !fits) throw orderNotFoundError(id)
  if (order.planId !== wanted.planId) throw new DomainError('ORDER_NOT_FOUND', `Order ${id} is not for plan ${wanted.planId}`)
  assertNotExpired(order, clock.now())
  return order as PlanOrder
}
