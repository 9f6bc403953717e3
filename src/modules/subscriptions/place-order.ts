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
import { bind } from '../../platform/postgres/statement.js'
import { assertOrderable, bindPlan } from '../catalog/index.js'
import { lockAndRead, principalName, type UserPrincipal } from '../identity/index.js'
import { assertNoMissingDetails, bindBuyer, quoteFor, toBuyer } from '../invoicing/index.js'
import { createPendingOrder, linesForPlan, type PlaceOrderInput, RESERVE_ORDER_ID } from '../orders/index.js'
import type { Services } from '../services.js'
import { assertNotPaid } from './assert-not-subscribed.js'
import { bindCollection, type CollectionServices, takeDueSteps } from './renewals/settle-customer.js'

const MAX_NOTES_LENGTH = 2000

/** Building a schema takes longer than parsing an input. */
const schemas = new WeakMap<FindMissingGlyph, ReturnType<typeof buildSchema>>()

function orderSchema(find: FindMissingGlyph) {
  const schema = schemas.get(find) ?? buildSchema(find)
  schemas.set(find, schema)
  return schema
}

function buildSchema(find: FindMissingGlyph) {
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
  const reference = planId === undefined ? { slugOrId } : { planId }
  const planField = planId === undefined ? 'input.plan' : 'input.planId'
  let placed: Order | undefined
  const { orderId } = await runOnce(services, request, async (tx) => {
    const { customer, read } = await lockAndRead(tx, principal.userId, organisationId, (each) => ({
      ...bindCollection(each),
      ...bindBuyer(services, each),
      plan: bindPlan(reference),
      reserved: bind(RESERVE_ORDER_ID, {}),
    }))
    const plan = assertOrderable(principal, read.plan[0], reference, planField)
    const live = await takeDueSteps(tx, services, customer, read)
    if (!replace) assertNotPaid(live)
    const lines = linesForPlan(plan, plan.price)
    const { total: amount, net, sale } = quoteFor(services, await toBuyer(services, customer, read), lines)
    if (amount > 0n) assertNoMissingDetails(services, sale)
    const amounts = { amount, net, periodAmount: amount }
    const terms = { lines, amounts, notes, purchaseOrder, at: clock.now(), reservedId: read.reserved[0]?.id }
    placed = await createPendingOrder(tx, { customer, plan, ...terms, reason: 'PURCHASE' })
    return { orderId: Number(placed.id) }
  })
  // A repeated request places no order. The transaction that did may have been rolled back before another one answered.
  const id = BigInt(orderId)
  return placed?.id === id ? placed : db.order.findUniqueOrThrow({ where: { id } })
}
