import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { DomainError, INVALID_TRANSITION } from '../../../core/errors.js'
import { ALREADY_SUBSCRIBED, CURRENCY_MISMATCH } from '../../../modules/subscriptions/index.js'
import type { ExecuteOperation } from '../execute-operation.js'
import { rowId } from './rest-ids.js'
import { ORDER_SELECTION, type OrderResult } from './shapes.js'

const PLACE_ORDER = `mutation EcliPanelPlaceOrder($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${ORDER_SELECTION} } } }`
const CHANGE_PLAN = `mutation EcliPanelChangePlan($input: ChangePlanInput!) { changePlan(input: $input) { order { ${ORDER_SELECTION} } } }`

interface OrderInput {
  planId: string
  organisationId: string | undefined
  notes: string | null | undefined
  idempotencyKey: string | undefined
}

/**
 * Places an order. The API of EcliPanel does not know ALREADY_SUBSCRIBED: while a paid subscription is live that we
 * collect ourselves, the order is that of a change to the other plan. If it cannot be changed, because a provider bills
 * it, it has this plan already, or its state does not allow it, the order replaces the plan when it is approved.
 */
export async function placeOrder(run: ExecuteOperation, request: FastifyRequest, input: OrderInput): Promise<OrderResult> {
  try {
    const { placeOrder } = await run<{ placeOrder: { order: OrderResult } }>(request, PLACE_ORDER, { input })
    return placeOrder.order
  } catch (error) {
    if (!(error instanceof DomainError && error.is(ALREADY_SUBSCRIBED))) throw error
    const change = isChangeable(error, input) ? await changePlan(run, request, input) : null
    return change ?? replacePlan(run, request, input)
  }
}

/** The error describes the subscription when the key was first used, so that a retry takes the same decision. */
function isChangeable({ details: { planId, collection } }: DomainError, input: OrderInput): boolean {
  return collection !== 'PROVIDER' && rowId(String(planId)) !== Number(input.planId)
}

/** @returns null if the subscription cannot change to this plan */
async function changePlan(run: ExecuteOperation, request: FastifyRequest, input: OrderInput): Promise<OrderResult | null> {
  try {
    const { changePlan } = await run<{ changePlan: { order: OrderResult | null } }>(request, CHANGE_PLAN, {
      input: { ...input, when: 'NOW' },
    })
    return changePlan.order
  } catch (error) {
    if (error instanceof DomainError && (error.is(INVALID_TRANSITION) || error.is(CURRENCY_MISMATCH))) return null
    throw error
  }
}

async function replacePlan(run: ExecuteOperation, request: FastifyRequest, input: OrderInput): Promise<OrderResult> {
  // The key belongs to the order that was refused.
  const key = input.idempotencyKey
  const idempotencyKey = key && `replace ${createHash('sha256').update(key).digest('hex')}`
  const { placeOrder } = await run<{ placeOrder: { order: OrderResult } }>(request, PLACE_ORDER, {
    input: { ...input, idempotencyKey, replace: true },
  })
  return placeOrder.order
}
