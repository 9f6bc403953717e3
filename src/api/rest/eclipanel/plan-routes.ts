import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import type { RunDocument } from '../execute-operation.js'
import { parseAmount } from '../parse-amount.js'
import { eitherOf } from '../request-fields.js'
import { idempotent, refusals, SIGNED_IN } from '../schemas.js'
import * as schemas from './schemas.js'
import { PLAN, type PlanAnswer, toPlan } from './shapes.js'
import { currencyOf } from './user-routes.js'

const ALL_PLANS = `query EcliPanelAllPlans { allPlans { ${PLAN} archivedAt } }`
const CREATE_PLAN = `mutation EcliPanelCreatePlan($input: CreatePlanInput!) { createPlan(input: $input) { plan { ${PLAN} } } }`
const UPDATE_PLAN = `mutation EcliPanelUpdatePlan($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { ${PLAN} } } }`
const ARCHIVE_PLAN = 'mutation EcliPanelArchivePlan($id: ID!) { archivePlan(id: $id) { plan { id } } }'

const TYPES = { free: 'FREE', paid: 'PAID', edu: 'EDU', educational: 'EDU', enterprise: 'ENTERPRISE' } as const

type App = Parameters<FastifyPluginAsyncTypebox>[0]
type PlanFields = Static<typeof schemas.updatePlan> & { slug?: string | null }

const administrators = { tags: ['EcliPanel'], security: SIGNED_IN }
const refused = (...statuses: number[]) => refusals(schemas.error, 400, 401, 403, ...statuses)

/** What administrators do with the catalogue. @param currency  of plans that are created here */
export function planRoutes(app: App, run: RunDocument, currency: string): void {
  listRoute(app, run)
  createRoute(app, run, currency)
  updateRoute(app, run)
  archiveRoute(app, run)
}

function listRoute(app: App, run: RunDocument): void {
  const list = {
    ...administrators,
    summary: 'List all plans',
    description: 'Hidden ones included, cheapest first.',
    response: { 200: Type.Array(schemas.plan), ...refused() },
  }
  app.get('/admin/plans', { schema: list }, async (request) => {
    const { allPlans } = await run<{ allPlans: (PlanAnswer & { archivedAt: string | null })[] }>(request, ALL_PLANS)
    return allPlans.filter(({ archivedAt }) => archivedAt === null).map(({ archivedAt: _, ...plan }) => toPlan(plan))
  })
}

function createRoute(app: App, run: RunDocument, currency: string): void {
  const create = {
    ...administrators,
    summary: 'Create a plan',
    description: 'In BILLING_CURRENCY. A limit that is left out is unlimited; a price that is left out is 0.',
    headers: idempotent,
    body: schemas.createPlan,
    response: { 201: schemas.planSaved, ...refused(409) },
  }
  app.post('/admin/plans', { schema: create }, async (request, reply) => {
    const fields = { ...request.body, price: request.body.price === undefined ? 0 : request.body.price }
    const input = { ...planInput(fields, currency), currency, idempotencyKey: request.headers['idempotency-key'] }
    const { createPlan } = await run<{ createPlan: { plan: PlanAnswer } }>(request, CREATE_PLAN, { input })
    return reply.code(201).send({ success: true, plan: toPlan(createPlan.plan) })
  })
}

function updateRoute(app: App, run: RunDocument): void {
  const update = {
    ...administrators,
    summary: 'Update a plan',
    description: 'Changes what is sent and nothing else. Orders and subscriptions keep what was bought.',
    params: schemas.idParams,
    body: schemas.updatePlan,
    response: { 200: schemas.planSaved, ...refused(404) },
  }
  app.put('/admin/plans/:id', { schema: update }, async (request) => {
    const { id } = request.params
    const input = { ...planInput(request.body, await currencyOf(run, request, id)), id: String(id) }
    const { updatePlan } = await run<{ updatePlan: { plan: PlanAnswer } }>(request, UPDATE_PLAN, { input })
    return { success: true, plan: toPlan(updatePlan.plan) }
  })
}

function archiveRoute(app: App, run: RunDocument): void {
  const archive = {
    ...administrators,
    summary: 'Delete a plan',
    description: 'Takes it out of the catalogue for good. Customers who have it keep it.',
    params: schemas.idParams,
    response: { 200: schemas.done, ...refused(404, 409) },
  }
  app.delete('/admin/plans/:id', { schema: archive }, async (request) => {
    await run(request, ARCHIVE_PLAN, { id: String(request.params.id) })
    return { success: true }
  })
}

/** The fields that were sent, as GraphQL has them. */
function planInput(sent: PlanFields, currency: string): Record<string, unknown> {
  const { type, price, features, emailsPerDay: _, emailSendDailyLimit: __, emailSendQueueLimit: ___, ...fields } = sent
  const emailsPerDay = eitherOf('body', sent, 'emailsPerDay', 'emailSendDailyLimit')
  return {
    ...fields,
    ...(type && { type: TYPES[type] }),
    ...(price !== undefined && { price: price === null ? null : parseAmount('body.price', price, currency) }),
    ...(features !== undefined && { features: features ?? {} }),
    ...(emailsPerDay !== undefined && { emailsPerDay }),
  }
}
