import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { DomainError } from '../../../core/errors.js'
import { type Connection, type ExecuteOperation, fetchAllPages } from '../execute-operation.js'
import { eitherField, withRequestFields } from '../request-fields.js'
import { errorResponsesFor, idempotencyHeaders, SIGNED_IN } from '../schemas.js'
import { planRoutes } from './plan-routes.js'
import * as schemas from './schemas.js'
import { nameEcliPanelField, ORDER_FIELDS, type OrderResult, PLAN_FIELDS, type PlanResult, toOrder, toPlan } from './shapes.js'
import { userPlanRoutes } from './user-routes.js'

const LIST_PLANS = `query EcliPanelPlans { plans { ${PLAN_FIELDS} } }`
const GET_PLAN = `query EcliPanelPlan($id: ID!) { plan(id: $id) { ${PLAN_FIELDS} } }`
const LIST_ORDERS = `query EcliPanelOrders($organisationId: ID, $after: String) {
  orders(organisationId: $organisationId, first: 100, after: $after) { nodes { ${ORDER_FIELDS} } pageInfo { hasNextPage endCursor } } }`
const GET_ORDER = `query EcliPanelOrder($id: ID!) { order(id: $id) { ${ORDER_FIELDS} } }`
const PLACE_ORDER = `mutation EcliPanelPlaceOrder($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${ORDER_FIELDS} } } }`
const CANCEL_ORDER = `mutation EcliPanelCancelOrder($id: ID!) { cancelOrder(id: $id) { ${ORDER_FIELDS} } }`

type EclipanelApp = Parameters<FastifyPluginAsyncTypebox>[0]

const ROUTE_TAGS = ['EcliPanel']
const SIGNED_IN_ROUTE = { tags: ROUTE_TAGS, security: SIGNED_IN }
const errorResponses = (...statuses: number[]) => errorResponsesFor(schemas.error, ...statuses)

/**
 * The billing API of EcliPanel, route by route: each runs a GraphQL operation and returns its result in
 * EcliPanel's shape.
 * @param currency  of plans that are created here
 */
export const eclipanelRoutes =
  (runDocument: ExecuteOperation, currency: string): FastifyPluginAsyncTypebox =>
  async (app) => {
    const run = withRequestFields(runDocument, nameEcliPanelField)
    catalogRoutes(app, run)
    orderListRoutes(app, run)
    orderingRoutes(app, run)
    userPlanRoutes(app, run)
    planRoutes(app, run, currency)
  }

function catalogRoutes(app: EclipanelApp, run: ExecuteOperation): void {
  const list = { tags: ROUTE_TAGS, summary: 'List plans', description: 'Not hidden, cheapest first. No authentication required.' }
  app.get('/plans', { schema: { ...list, response: { 200: Type.Array(schemas.plan), ...errorResponses() } } }, async (request) => {
    const { plans } = await run<{ plans: PlanResult[] }>(request, LIST_PLANS)
    return plans.map(toPlan)
  })

  const one = { tags: ROUTE_TAGS, summary: 'Get plan by ID', params: schemas.idParams }
  app.get('/plans/:id', { schema: { ...one, response: { 200: schemas.plan, ...errorResponses(400, 404) } } }, async (request) => {
    const { plan } = await run<{ plan: PlanResult | null }>(request, GET_PLAN, { id: String(request.params.id) })
    if (!plan) throw new DomainError('PLAN_NOT_FOUND', 'Plan not found')
    return toPlan(plan)
  })
}

function orderListRoutes(app: EclipanelApp, run: ExecuteOperation): void {
  const list = {
    ...SIGNED_IN_ROUTE,
    summary: 'List orders',
    description: 'Yours, and those of organisations in which you are owner or admin; newest first.',
    querystring: schemas.orderFilter,
    response: { 200: Type.Array(schemas.order), ...errorResponses(400, 401, 404) },
  }
  app.get('/orders', { schema: list }, async (request) => {
    const organisationId = eitherField('query', request.query, 'organisationId', 'orgId')?.toString()
    const orders = await fetchAllPages(
      async (after) => (await run<{ orders: Connection<OrderResult> }>(request, LIST_ORDERS, { organisationId, after })).orders,
    )
    return orders.map(toOrder)
  })

  const one = { ...SIGNED_IN_ROUTE, summary: 'Get order by ID', params: schemas.idParams }
  app.get('/orders/:id', { schema: { ...one, response: { 200: schemas.order, ...errorResponses(400, 401, 404) } } }, async (request) => {
    const { order } = await run<{ order: OrderResult | null }>(request, GET_ORDER, { id: String(request.params.id) })
    if (!order) throw new DomainError('ORDER_NOT_FOUND', 'Order not found')
    return toOrder(order)
  })
}

function orderingRoutes(app: EclipanelApp, run: ExecuteOperation): void {
  const place = {
    ...SIGNED_IN_ROUTE,
    summary: 'Place an order',
    headers: idempotencyHeaders,
    body: schemas.placeOrder,
    response: { 201: schemas.orderResponse, ...errorResponses(400, 401, 404, 409) },
  }
  app.post('/orders', { schema: place }, async (request, reply) => {
    const { planId, notes } = request.body
    const organisationId = eitherField('body', request.body, 'organisationId', 'orgId')?.toString()
    const input = { planId: String(planId), organisationId, notes, idempotencyKey: request.headers['idempotency-key'] }
    const { placeOrder } = await run<{ placeOrder: { order: OrderResult } }>(request, PLACE_ORDER, { input })
    return reply.code(201).send({ success: true, order: toOrder(placeOrder.order) })
  })

  const cancel = {
    ...SIGNED_IN_ROUTE,
    summary: 'Cancel an order',
    description: 'Cancels a pending order, or ends the plan of an active one at once.',
    params: schemas.idParams,
    body: schemas.cancelOrder,
    response: { 200: schemas.orderResponse, ...errorResponses(400, 401, 404, 409) },
  }
  app.post('/orders/:id/cancel', { schema: cancel }, async (request) => {
    const { cancelOrder } = await run<{ cancelOrder: OrderResult }>(request, CANCEL_ORDER, { id: String(request.params.id) })
    return { success: true, order: toOrder(cancelOrder) }
  })
}
