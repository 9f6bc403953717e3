import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { DomainError } from '../../../core/errors.js'
import { allPages, type Connection, type RunDocument } from '../execute-operation.js'
import { eitherOf, withRequestFields } from '../request-fields.js'
import { idempotent, refusals, SIGNED_IN } from '../schemas.js'
import { planRoutes } from './plan-routes.js'
import * as schemas from './schemas.js'
import { nameEcliPanelField, ORDER, type OrderAnswer, PLAN, type PlanAnswer, toOrder, toPlan } from './shapes.js'
import { userPlanRoutes } from './user-routes.js'

const PLANS = `query EcliPanelPlans { plans { ${PLAN} } }`
const ONE_PLAN = `query EcliPanelPlan($id: ID!) { plan(id: $id) { ${PLAN} } }`
const ORDERS = `query EcliPanelOrders($organisationId: ID, $after: String) {
  orders(organisationId: $organisationId, first: 100, after: $after) { nodes { ${ORDER} } pageInfo { hasNextPage endCursor } } }`
const ONE_ORDER = `query EcliPanelOrder($id: ID!) { order(id: $id) { ${ORDER} } }`
const PLACE_ORDER = `mutation EcliPanelPlaceOrder($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${ORDER} } } }`
const CANCEL_ORDER = `mutation EcliPanelCancelOrder($id: ID!) { cancelOrder(id: $id) { ${ORDER} } }`

type App = Parameters<FastifyPluginAsyncTypebox>[0]

const tags = ['EcliPanel']
const signedIn = { tags, security: SIGNED_IN }
const refuse = (...statuses: number[]) => refusals(schemas.error, ...statuses)

/**
 * The billing API of EcliPanel, route by route: each runs a GraphQL operation and returns its result in
 * EcliPanel's shape.
 * @param currency  of plans that are created here
 */
export const eclipanelRoutes =
  (runDocument: RunDocument, currency: string): FastifyPluginAsyncTypebox =>
  async (app) => {
    const run = withRequestFields(runDocument, nameEcliPanelField)
    catalogueRoutes(app, run)
    orderListRoutes(app, run)
    orderingRoutes(app, run)
    userPlanRoutes(app, run)
    planRoutes(app, run, currency)
  }

function catalogueRoutes(app: App, run: RunDocument): void {
  const list = { tags, summary: 'List plans', description: 'Not hidden, cheapest first. No authentication required.' }
  app.get('/plans', { schema: { ...list, response: { 200: Type.Array(schemas.plan), ...refuse() } } }, async (request) => {
    const { plans } = await run<{ plans: PlanAnswer[] }>(request, PLANS)
    return plans.map(toPlan)
  })

  const one = { tags, summary: 'Get plan by ID', params: schemas.idParams }
  app.get('/plans/:id', { schema: { ...one, response: { 200: schemas.plan, ...refuse(400, 404) } } }, async (request) => {
    const { plan } = await run<{ plan: PlanAnswer | null }>(request, ONE_PLAN, { id: String(request.params.id) })
    if (!plan) throw new DomainError('PLAN_NOT_FOUND', 'Plan not found')
    return toPlan(plan)
  })
}

function orderListRoutes(app: App, run: RunDocument): void {
  const list = {
    ...signedIn,
    summary: 'List orders',
    description: 'Yours, and those of organisations in which you are owner or admin; newest first.',
    querystring: schemas.orderFilter,
    response: { 200: Type.Array(schemas.order), ...refuse(400, 401, 404) },
  }
  app.get('/orders', { schema: list }, async (request) => {
    const organisationId = eitherOf('query', request.query, 'organisationId', 'orgId')?.toString()
    const orders = await allPages(
      async (after) => (await run<{ orders: Connection<OrderAnswer> }>(request, ORDERS, { organisationId, after })).orders,
    )
    return orders.map(toOrder)
  })

  const one = { ...signedIn, summary: 'Get order by ID', params: schemas.idParams }
  app.get('/orders/:id', { schema: { ...one, response: { 200: schemas.order, ...refuse(400, 401, 404) } } }, async (request) => {
    const { order } = await run<{ order: OrderAnswer | null }>(request, ONE_ORDER, { id: String(request.params.id) })
    if (!order) throw new DomainError('ORDER_NOT_FOUND', 'Order not found')
    return toOrder(order)
  })
}

function orderingRoutes(app: App, run: RunDocument): void {
  const place = {
    ...signedIn,
    summary: 'Place an order',
    headers: idempotent,
    body: schemas.placeOrder,
    response: { 201: schemas.ordered, ...refuse(400, 401, 404, 409) },
  }
  app.post('/orders', { schema: place }, async (request, reply) => {
    const { planId, notes } = request.body
    const organisationId = eitherOf('body', request.body, 'organisationId', 'orgId')?.toString()
    const input = { planId: String(planId), organisationId, notes, idempotencyKey: request.headers['idempotency-key'] }
    const { placeOrder } = await run<{ placeOrder: { order: OrderAnswer } }>(request, PLACE_ORDER, { input })
    return reply.code(201).send({ success: true, order: toOrder(placeOrder.order) })
  })

  const cancel = {
    ...signedIn,
    summary: 'Cancel an order',
    description: 'Cancels a pending order, or ends the plan of an active one at once.',
    params: schemas.idParams,
    body: schemas.cancelOrder,
    response: { 200: schemas.ordered, ...refuse(400, 401, 404, 409) },
  }
  app.post('/orders/:id/cancel', { schema: cancel }, async (request) => {
    const { cancelOrder } = await run<{ cancelOrder: OrderAnswer }>(request, CANCEL_ORDER, { id: String(request.params.id) })
    return { success: true, order: toOrder(cancelOrder) }
  })
}
