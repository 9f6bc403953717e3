import type { FastifyRequest } from 'fastify'
import { DomainError, invalidInputError } from '../../../core/errors.js'
import { DateTime } from '../../../core/scalars.js'
import { PLAN_NOT_FOUND } from '../../../modules/catalog/index.js'
import { organisationIdOf, userIdOf } from '../customer-ids.js'
import type { ExecuteOperation } from '../execute-operation.js'
import { parseAmount } from '../parse-amount.js'
import { eitherField } from '../request-fields.js'
import { errorResponsesFor, idempotencyHeaders, type RestApp, SIGNED_IN } from '../schemas.js'
import { rowId } from './rest-ids.js'
import * as schemas from './schemas.js'
import {
  ORDER_SELECTION,
  type OrderResult,
  PLAN_SELECTION,
  type PlanResult,
  toOrder,
  toPlan,
  toUser,
  USER_SELECTION,
  type UserResult,
} from './shapes.js'

const APPLY_PLAN = `mutation EcliPanelApplyPlan($input: ApplyPlanInput!) {
  applyPlan(input: $input) { success order { ${ORDER_SELECTION} } user { ${USER_SELECTION} } } }`
const CANCEL_PLAN = 'mutation EcliPanelCancelPlan($input: CancelPlanInput!) { cancelPlan(input: $input) { success } }'
const GET_CURRENT_PLAN = `query EcliPanelCurrentPlan($userId: ID!) {
  currentPlan(userId: $userId) { plan { ${PLAN_SELECTION} } order { ${ORDER_SELECTION} } } }`
const GET_CURRENCIES = 'query EcliPanelCurrencies { allPlans { id currency } }'

const USER_PLAN_ROUTE = { tags: ['EcliPanel'], security: SIGNED_IN }
const userPlanErrorResponses = errorResponsesFor(schemas.eclipanelErrorSchema, 400, 401, 403, 404, 409)

/** The routes with which administrators manage the plan of a user. */
export function userPlanRoutes(app: RestApp, run: ExecuteOperation): void {
  applyRoute(app, run)
  cancelRoute(app, run)
  currentRoute(app, run)
}

function applyRoute(app: RestApp, run: ExecuteOperation): void {
  const apply = {
    ...USER_PLAN_ROUTE,
    summary: 'Apply a plan to a user',
    headers: idempotencyHeaders,
    params: schemas.userParams,
    body: schemas.applyPlanBody,
    response: { 200: schemas.applyPlanResponse, ...userPlanErrorResponses },
  }
  app.post('/admin/users/:id/apply-plan', { schema: apply }, async (request) => {
    const { planId, orderId, amount, notes, expiresAt } = request.body
    const input = {
      userId: userIdOf(request.params.id),
      planId: String(planId),
      orderId: orderId?.toString(),
      organisationId: organisationIdOf(eitherField('body', request.body, 'organisationId', 'orgId')),
      amount: amount == null ? undefined : parseAmount('body.amount', amount, await planCurrency(run, request, planId)),
      notes,
      expiresAt: expiresAt == null ? undefined : parseTime('body.expiresAt', expiresAt),
      idempotencyKey: request.headers['idempotency-key'],
    }
    const { applyPlan } = await run<{ applyPlan: { success: boolean; order: OrderResult; user: UserResult } }>(request, APPLY_PLAN, {
      input,
    })
    return { success: applyPlan.success, order: toOrder(applyPlan.order), user: toUser(applyPlan.user) }
  })
}

function cancelRoute(app: RestApp, run: ExecuteOperation): void {
  const cancel = {
    ...USER_PLAN_ROUTE,
    summary: "Cancel a user's plan",
    params: schemas.userParams,
    body: schemas.cancelPlanBody,
    response: { 200: schemas.cancelPlanResponse, ...userPlanErrorResponses },
  }
  app.post('/admin/users/:id/cancel-plan', { schema: cancel }, async (request) => {
    const organisationId = organisationIdOf(eitherField('body', request.body, 'organisationId', 'orgId'))
    const input = { userId: userIdOf(request.params.id), organisationId, notes: request.body.notes }
    const { cancelPlan } = await run<{ cancelPlan: { success: boolean } }>(request, CANCEL_PLAN, { input })
    return { success: cancelPlan.success }
  })
}

interface CurrentPlanResult {
  currentPlan: { plan: PlanResult | null; order: OrderResult | null }
}

function currentRoute(app: RestApp, run: ExecuteOperation): void {
  const current = {
    ...USER_PLAN_ROUTE,
    summary: "Get user's current plan",
    params: schemas.userParams,
    response: { 200: schemas.currentPlanSchema, ...userPlanErrorResponses },
  }
  app.get('/admin/users/:id/current-plan', { schema: current }, async (request) => {
    const { currentPlan } = await run<CurrentPlanResult>(request, GET_CURRENT_PLAN, { userId: userIdOf(request.params.id) })
    const plan = currentPlan.plan && toPlan(currentPlan.plan)
    const order = currentPlan.order && toOrder(currentPlan.order)
    const plans = currentPlan.plan && !currentPlan.plan.isDefault ? [{ plan: toPlan(currentPlan.plan), order }] : []
    return { plan, order, expiresAt: order?.expiresAt ?? null, plans, orders: order ? [order] : [] }
  })
}

/** Allowed for administrators only. @throws PLAN_NOT_FOUND */
export async function planCurrency(run: ExecuteOperation, request: FastifyRequest, planId: number): Promise<string> {
  const { allPlans } = await run<{ allPlans: { id: string; currency: string }[] }>(request, GET_CURRENCIES)
  const plan = allPlans.find(({ id }) => rowId(id) === planId)
  if (!plan) throw new DomainError(PLAN_NOT_FOUND, 'Plan not found')
  return plan.currency
}

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** @throws BAD_USER_INPUT naming the field */
function parseTime(field: string, value: string): string {
  const time = DATE.test(value) ? `${value}T00:00:00.000Z` : value
  try {
    DateTime.parseValue(time)
  } catch {
    throw invalidInputError(field, 'must be a date or an ISO 8601 time with a time zone, for example "2027-01-01T00:00:00Z"')
  }
  return time
}
