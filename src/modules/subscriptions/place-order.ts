import { z } from 'zod'
import {
  acrossFields,
  type FindMissingGlyph,
  line,
  multilineText,
  optional,
  organisationId,
  parseInputAsync,
  printable,
  rowId,
} from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { getOrderablePlan, getOrderablePlanBySlugOrId } from '../catalog/index.js'
import { getCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import { assertNoMissingDetails, quotePrice } from '../invoicing/index.js'
import { createPendingOrder, linesForPlan, type PlaceOrderInput } from '../orders/index.js'
import type { Services } from '../services.js'
import { assertNotSubscribed } from './assert-not-subscribed.js'
import { type CollectionServices, lockUpToDate } from './renewals/settle-customer.js'

const MAX_NOTES_LENGTH = 2000

function orderSchema(find: FindMissingGlyph) {
  return z
    .object({
      plan: optional(z.string()),
      planId: optional(rowId('Plan')),
      organisationId: optional(organisationId()),
      notes: optional(multilineText(MAX_NOTES_LENGTH)),
      purchaseOrder: optional(printable(find, line(100))),
      replace: optional(z.boolean()),
      idempotencyKey,
    })
    .refine(
      ({ plan, planId }) => (plan === undefined) !== (planId === undefined),
      acrossFields('planId', 'set exactly one of plan and planId'),
    )
}

/**
 * Places a pending order for a plan. With `replace`, a paid subscription does not count: the order replaces it when it is
 * approved.
 * @throws PLAN_NOT_FOUND, ORGANISATION_NOT_FOUND, ALREADY_SUBSCRIBED, SELLER_DETAILS_MISSING,
 *   BUYER_DETAILS_MISSING, BAD_USER_INPUT for a plan without a fixed price
 */
export async function placeOrder(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input: PlaceOrderInput,
): Promise<Order> {
  const { db, clock, findMissingGlyph } = services
  const parsed = await parseInputAsync(orderSchema(findMissingGlyph), 'input', input)
  const { plan: slugOrId = '', planId, organisationId, notes, purchaseOrder, replace, idempotencyKey: key } = parsed
  const request = {
    principal: principalName(principal),
    operation: 'placeOrder',
    key,
    input: {
      ...(planId === undefined ? { plan: slugOrId } : { planId: Number(planId) }),
      organisationId: organisationId && jsonCustomerId(organisationId),
      notes,
      // Requests of earlier versions have no such fields.
      ...(replace && { replace }),
      ...(purchaseOrder !== undefined && { purchaseOrder }),
    },
  }
  const { orderId } = await runOnce(services, request, async (tx) => {
    const plan =
      planId === undefined
        ? await getOrderablePlanBySlugOrId(tx, principal, slugOrId, 'input.plan')
        : await getOrderablePlan(tx, principal, planId, 'input.planId')
    const customer = await getCustomer(tx, principal.userId, organisationId)
    await lockUpToDate(tx, services, customer)
    if (!replace) await assertNotSubscribed(tx, customer)
    const { total: amount, net, sale } = await quotePrice(tx, services, customer, plan)
    if (amount > 0n) assertNoMissingDetails(services, sale)
    const amounts = { amount, net, periodAmount: amount }
    const lines = linesForPlan(plan, plan.price)
    const terms = { lines, amounts, notes, purchaseOrder, at: clock.now() }
    const order = await createPendingOrder(tx, { customer, plan, ...terms, reason: 'PURCHASE' })
    return { orderId: Number(order.id) }
  })
  return db.order.findUniqueOrThrow({ where: { id: BigInt(orderId) } })
}
