import { DomainError, invalidInputError } from '../../core/errors.js'
import { parseId, parseOptionalId, parseOptionalOrganisationId, parseUserId } from '../../core/ids.js'
import { multilineText, parseInput } from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { runOnce } from '../../platform/postgres/idempotency.js'
import { getPlan, planNotFoundError } from '../catalog/index.js'
import { type Customer, getCustomer, lockCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import { assertNotExpired, createPendingOrder, ORDER_NOT_FOUND, orderNotFoundError } from '../orders/index.js'
import type { Services } from '../services.js'
import { activateOrder, type PlanOrder } from './activate-order.js'
import type { ApplyPlanInput } from './subscription.type.js'

interface ApplyPlanRequest {
  userId: string
  planId: bigint
  orderId: bigint | undefined
  organisationId: string | undefined
  amount: bigint | undefined
  notes: string | undefined
  expiresAt: Date | undefined
}

/**
 * Approves a pending order, or grants a plan by creating and activating an order.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND, PLAN_NOT_FOUND, ORDER_NOT_FOUND, INVALID_TRANSITION
 */
export async function applyPlan(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  input: ApplyPlanInput,
): Promise<Order> {
  const request = parseRequest(services, input)
  const { userId, notes, expiresAt } = request
  const idempotency = { principal: principalName(principal), operation: 'applyPlan', key: input.idempotencyKey, input: toJson(request) }
  const { orderId } = await runOnce(services, idempotency, async (tx) => {
    const customer = await getCustomer(tx, userId, await findOrganisationId(tx, request))
    await lockCustomer(tx, customer)
    const order = await (request.orderId === undefined
      ? createGrantOrder(tx, services, customer, request)
      : getApprovableOrder(tx, services, customer, request, request.orderId))
    await activateOrder(tx, services, { customer, order, principal, notes, expiresAt })
    return { orderId: Number(order.id) }
  })
  return services.db.order.findUniqueOrThrow({ where: { id: BigInt(orderId) } })
}

function parseRequest({ clock }: Pick<Services, 'clock'>, input: ApplyPlanInput): ApplyPlanRequest {
  const amount = input.amount ?? undefined
  const orderId = parseOptionalId('input.orderId', input.orderId, 'Order')
  const expiresAt = input.expiresAt ?? undefined
  if (amount !== undefined && amount < 0n) throw invalidInputError('input.amount', 'must be 0 or more')
  if (amount !== undefined && orderId !== undefined)
    throw invalidInputError('input.amount', 'must be left out if orderId is given: the order already has an amount')
  if (expiresAt && expiresAt <= clock.now()) throw invalidInputError('input.expiresAt', 'must be in the future')
  return {
    userId: parseUserId('input.userId', input.userId),
    planId: parseId('input.planId', input.planId, 'Plan'),
    orderId,
    organisationId: parseOptionalOrganisationId('input.organisationId', input.organisationId),
    amount,
    notes: parseInput(multilineText(2000).nullish(), 'input.notes', input.notes) ?? undefined,
    expiresAt,
  }
}

/** The form in which earlier versions have stored the hash of the request. */
function toJson({ userId, planId, orderId, organisationId, ...rest }: ApplyPlanRequest): object {
  return {
    ...rest,
    userId: jsonCustomerId(userId),
    planId: Number(planId),
    orderId: orderId && Number(orderId),
    organisationId: organisationId && jsonCustomerId(organisationId),
  }
}

/** Defaults to the organisation of the order to approve. */
async function findOrganisationId(tx: Transaction, { organisationId, orderId }: ApplyPlanRequest): Promise<string | undefined> {
  if (organisationId !== undefined || orderId === undefined) return organisationId
  const order = await tx.order.findUnique({ where: { id: orderId }, select: { organisationId: true } })
  return order?.organisationId ?? undefined
}

async function createGrantOrder(
  tx: Transaction,
  { clock }: Pick<Services, 'clock'>,
  customer: Customer,
  request: ApplyPlanRequest,
): Promise<PlanOrder> {
  const plan = await getPlan(tx, request.planId)
  if (plan.archivedAt) throw planNotFoundError(plan.id)
  const amount = request.amount ?? plan.price
  if (amount === null) throw invalidInputError('input.amount', 'is required, because this plan has a custom price; 0 makes it a gift')
  const order = await createPendingOrder(tx, { customer, plan, amount, reason: 'GRANT', notes: request.notes, at: clock.now() })
  return order as PlanOrder
}

async function getApprovableOrder(
  tx: Transaction,
  { clock }: Pick<Services, 'clock'>,
  customer: Customer,
  request: ApplyPlanRequest,
  id: bigint,
): Promise<PlanOrder> {
  const order = await tx.order.findUnique({ where: { id } })
  const isOfCustomer = order?.userId === customer.userId && order.organisationId === customer.organisationId
  if (!order || !isOfCustomer) throw orderNotFoundError(id)
  if (order.planId !== request.planId) throw new DomainError(ORDER_NOT_FOUND, `Order ${id} is not for plan ${request.planId}`)
  assertNotExpired(order, clock.now())
  return order as PlanOrder
}
