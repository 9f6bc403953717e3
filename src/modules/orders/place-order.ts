import { invalidInputError } from '../../core/errors.js'
import { parseOptionalId, parseOptionalOrganisationId } from '../../core/ids.js'
import { multilineText, parseInput } from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { runOnce } from '../../platform/postgres/idempotency.js'
import { getOrderablePlan, getOrderablePlanBySlugOrId } from '../catalog/index.js'
import { getCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { createPendingOrder } from './create-order.js'
import type { PlaceOrderInput } from './order.type.js'

const MAX_NOTES_LENGTH = 2000

/** @throws PLAN_NOT_FOUND, ORGANISATION_NOT_FOUND, BAD_USER_INPUT for a plan without a fixed price */
export async function placeOrder(
  services: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  input: PlaceOrderInput,
): Promise<Order> {
  const { db, clock } = services
  const choice = parsePlanChoice(input)
  const organisationId = parseOptionalOrganisationId('input.organisationId', input.organisationId)
  const notes = parseInput(multilineText(MAX_NOTES_LENGTH).nullish(), 'input.notes', input.notes) ?? undefined
  const request = {
    principal: principalName(principal),
    operation: 'placeOrder',
    key: input.idempotencyKey,
    input: {
      ...('planId' in choice ? { planId: Number(choice.planId) } : choice),
      organisationId: organisationId && jsonCustomerId(organisationId),
      notes,
    },
  }
  const { orderId } = await runOnce(services, request, async (tx) => {
    const plan =
      'planId' in choice
        ? await getOrderablePlan(tx, principal, choice.planId, 'input.planId')
        : await getOrderablePlanBySlugOrId(tx, principal, choice.plan, 'input.plan')
    const customer = await getCustomer(tx, principal.userId, organisationId)
    const order = await createPendingOrder(tx, { customer, plan, amount: plan.price, reason: 'PURCHASE', notes, at: clock.now() })
    return { orderId: Number(order.id) }
  })
  return db.order.findUniqueOrThrow({ where: { id: BigInt(orderId) } })
}

/** @throws BAD_USER_INPUT unless exactly one of the two fields is set */
function parsePlanChoice({ plan, planId }: PlaceOrderInput): { planId: bigint } | { plan: string } {
  const id = parseOptionalId('input.planId', planId, 'Plan')
  if (id !== undefined && plan == null) return { planId: id }
  if (id === undefined && plan != null) return { plan }
  throw invalidInputError('input.planId', 'set exactly one of plan and planId')
}
