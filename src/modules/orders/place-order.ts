import { parseId, parseOptionalOrganisationId } from '../../core/ids.js'
import { multilineText, parseInput } from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { runOnce } from '../../platform/postgres/idempotency.js'
import { getOrderablePlan } from '../catalog/index.js'
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
  const planId = parseId('input.planId', input.planId, 'Plan')
  const organisationId = parseOptionalOrganisationId('input.organisationId', input.organisationId)
  const notes = parseInput(multilineText(MAX_NOTES_LENGTH).nullish(), 'input.notes', input.notes) ?? undefined
  const request = {
    principal: principalName(principal),
    operation: 'placeOrder',
    key: input.idempotencyKey,
    input: { planId: Number(planId), organisationId: organisationId && jsonCustomerId(organisationId), notes },
  }
  const { orderId } = await runOnce(services, request, async (tx) => {
    const plan = await getOrderablePlan(tx, principal, planId, 'input.planId')
    const customer = await getCustomer(tx, principal.userId, organisationId)
    const order = await createPendingOrder(tx, { customer, plan, amount: plan.price, reason: 'PURCHASE', notes, at: clock.now() })
    return { orderId: Number(order.id) }
  })
  return db.order.findUniqueOrThrow({ where: { id: BigInt(orderId) } })
}
