import { type Static, Type } from 'typebox'
import type { ExecuteOperation } from '../execute-operation.js'
import { parseAmount } from '../parse-amount.js'
import { eitherField } from '../request-fields.js'
import { errorResponsesFor, idempotencyHeaders, type RestApp, SIGNED_IN } from '../schemas.js'
import * as schemas from './schemas.js'
import { PLAN_SELECTION, type PlanResult, toPlan } from './shapes.js'
import { planCurrency } from './user-routes.js'

const LIST_ALL_PLANS = `query EcliPanelAllPlans { allPlans { ${PLAN_SELECTION} archivedAt } }`
const CREATE_PLAN = `mutation EcliPanelCreatePlan($input: CreatePlanInput!) { createPlan(input: $input) { plan { ${PLAN_SELECTION} } } }`
const UPDATE_PLAN = `mutation EcliPanelUpdatePlan($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { ${PLAN_SELECTION} } } }`
const ARCHIVE_PLAN = 'mutation EcliPanelArchivePlan($id: ID!) { archivePlan(input: { planId: $id }) { plan { id } } }'

const PLAN_TYPES = { free: 'FREE', paid: 'PAID', edu: 'EDU', educational: 'EDU', enterprise: 'ENTERPRISE' } as const

type PlanFields = Static<typeof schemas.updatePlanBody> & { slug?: string | null }

const ADMINISTRATOR_ROUTE = { tags: ['EcliPanel'], security: SIGNED_IN }
const planErrorResponses = (...statuses: number[]) => errorResponsesFor(schemas.eclipanelErrorSchema, 400, 401, 403, ...statuses)

/**
 * The routes with which administrators manage the catalog.
 * @param currency  the currency of plans that are created here
 */
export function planRoutes(app: RestApp, run: ExecuteOperation, currency: string): void {
  listRoute(app, run)
  createRoute(app, run, currency)
  updateRoute(app, run)
  archiveRoute(app, run)
}

function listRoute(app: RestApp, run: ExecuteOperation): void {
  const list = {
    ...ADMINISTRATOR_ROUTE,
    summary: 'List all plans',
    description: 'Includes hidden plans, cheapest first.',
    response: { 200: Type.Array(schemas.planSchema), ...planErrorResponses() },
  }
  app.get('/admin/plans', { schema: list }, async (request) => {
    const { allPlans } = await run<{ allPlans: (PlanResult & { archivedAt: string | null })[] }>(request, LIST_ALL_PLANS)
    return allPlans.filter(({ archivedAt }) => archivedAt === null).map(({ archivedAt: _, ...plan }) => toPlan(plan))
  })
}

function createRoute(app: RestApp, run: ExecuteOperation, currency: string): void {
  const create = {
    ...ADMINISTRATOR_ROUTE,
    summary: 'Create a plan',
    description: 'The currency is BILLING_CURRENCY. An omitted limit is unlimited, an omitted price is 0.',
    headers: idempotencyHeaders,
    body: schemas.createPlanBody,
    response: { 201: schemas.savedPlanResponse, ...planErrorResponses(409) },
  }
  app.post('/admin/plans', { schema: create }, async (request, reply) => {
    const fields = { ...request.body, price: request.body.price === undefined ? 0 : request.body.price }
    const { price, ...plan } = planInput(fields, currency)
    const priced = price === null ? { price, currency } : { price: { minorUnits: price, currency } }
    const input = { ...plan, ...priced, idempotencyKey: request.headers['idempotency-key'] }
    const { createPlan } = await run<{ createPlan: { plan: PlanResult } }>(request, CREATE_PLAN, { input })
    return reply.code(201).send({ success: true, plan: toPlan(createPlan.plan) })
  })
}

function updateRoute(app: RestApp, run: ExecuteOperation): void {
  const update = {
    ...ADMINISTRATOR_ROUTE,
    summary: 'Update a plan',
    description: 'Changes only the fields that are sent. Existing orders and subscriptions keep the plan as bought.',
    params: schemas.idParams,
    body: schemas.updatePlanBody,
    response: { 200: schemas.savedPlanResponse, ...planErrorResponses(404) },
  }
  app.put('/admin/plans/:id', { schema: update }, async (request) => {
    const { id } = request.params
    const input = { ...planInput(request.body, await planCurrency(run, request, id)), id: String(id) }
    const { updatePlan } = await run<{ updatePlan: { plan: PlanResult } }>(request, UPDATE_PLAN, { input })
    return { success: true, plan: toPlan(updatePlan.plan) }
  })
}

function archiveRoute(app: RestApp, run: ExecuteOperation): void {
  const archive = {
    ...ADMINISTRATOR_ROUTE,
    summary: 'Delete a plan',
    description: 'Removes the plan from the catalog permanently. Customers who have it keep it.',
    params: schemas.idParams,
    response: { 200: schemas.cancelPlanResponse, ...planErrorResponses(404, 409) },
  }
  app.delete('/admin/plans/:id', { schema: archive }, async (request) => {
    await run(request, ARCHIVE_PLAN, { id: String(request.params.id) })
    return { success: true }
  })
}

/** Converts the fields that were sent to those of the GraphQL input. */
function planInput(body: PlanFields, currency: string): Record<string, unknown> {
  const { type, price, features, emailsPerDay: _, emailSendDailyLimit: __, emailSendQueueLimit: ___, ...fields } = body
  const emailsPerDay = eitherField('body', body, 'emailsPerDay', 'emailSendDailyLimit')
  return {
    ...fields,
    ...(type && { type: PLAN_TYPES[type] }),
    ...(price !== undefined && { price: price === null ? null : parseAmount('body.price', price, currency) }),
    ...(features !== undefined && { features: features ?? {} }),
    ...(emailsPerDay !== undefined && { emailsPerDay }),
  }
}
