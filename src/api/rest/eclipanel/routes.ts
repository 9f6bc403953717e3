import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { DomainError } from '../../../core/errors.js'
import { PLAN_NOT_FOUND } from '../../../modules/catalog/index.js'
import { ORDER_NOT_FOUND } from '../../../modules/orders/index.js'
import { organisationIdOf } from '../customer-ids.js'
import { type Connection, type ExecuteOperation, fetchAllPages } from '../execute-operation.js'
import { eitherField, withRequestFields } from '../request-fields.js'
import { errorResponsesFor, idempotencyHeaders, type RestApp, SIGNED_IN } from '../schemas.js'
import { placeOrder } from './place-order.js'
import { planRoutes } from './plan-routes.js'
import * as schemas from './schemas.js'
import { nameEcliPanelField, ORDER_SELECTION, type OrderResult, PLAN_SELECTION, type PlanResult, toOrder, toPlan } from './shapes.js'
import { userPlanRoutes } from './user-routes.js'

const LIST_PLANS = `query EcliPanelPlans { plans { ${PLAN_SELECTION} } }`
const GET_PLAN = `query EcliPanelPlan($id: ID!) { plan(id: $id) { ${PLAN_SELECTION} } }`
const LIST_ORDERS = `query EcliPanelOrders($organisationId: ID, $after: String) {
  orders(organisationId: $organisationId, first: 100, after: $after) { nodes { ${ORDER_SELECTION} } pageInfo { hasNextPage endCursor } } }`
const GET_ORDER = `query EcliPanelOrder($id: ID!) { order(id: $id) { ${ORDER_SELECTION} } }`
const CANCEL_ORDER = `mutation EcliPanelCancelOrder($id: ID!) { cancelOrder(input: { orderId: $id }) { order { ${ORDER_SELECTION} } } }`

const ECLIPANEL_TAGS = ['EcliPanel']
const ECLIPANEL_SIGNED_IN_ROUTE = { tags: ECLIPANEL_TAGS, security: SIGNED_IN }
const eclipanelErrorResponses = (...statuses: number[]) => errorResponsesFor(schemas.eclipanelErrorSchema, ...statuses)

/**
 * The billing API of EcliPanel. Each route runs a GraphQL operation and returns its result in EcliPanel's
 * format.
 * @param currency  the currency of plans that are created here
 */
export const eclipanelRoutes =
  (execute: ExecuteOperation, currency: string): FastifyPluginAsyncTypebox =>
  async (app) => {
    const run = withRequestFields(execute, nameEcliPanelField)
    catalogRoutes(app, run)
    orderListRoutes(app, run)
    orderingRoutes(app, run)
    userPlanRoutes(app, run)
    planRoutes(app, run, currency)
  }

function catalogRoutes(app: RestApp, run: ExecuteOperation): void {
  const list = {
    tags: ECLIPANEL_TAGS,
    summary: 'List plans',
    description: 'Plans that are not hidden, cheapest first. No authentication required.',
  }
  app.get(
    '/plans',
    { schema: { ...list, response: { 200: Type.Array(schemas.planSchema), ...eclipanelErrorResponses() } } },
    async (request) => {
      const { plans } = await run<{ plans: PlanResult[] }>(request, LIST_PLANS)
      return plans.map(toPlan)
    },
  )

  const one = { tags: ECLIPANEL_TAGS, summary: 'Get plan by ID', params: schemas.idParams }
  app.get(
    '/plans/:id',
    { schema: { ...one, response: { 200: schemas.planSchema, ...eclipanelErrorResponses(400, 404) } } },
    async (request) => {
      const { plan } = await run<{ plan: PlanResult | null }>(request, GET_PLAN, { id: String(request.params.id) })
      if (!plan) throw new DomainError(PLAN_NOT_FOUND, 'Plan not found')
      return toPlan(plan)
    },
  )
}

function orderListRoutes(app: RestApp, run: ExecuteOperation): void {
  const list = {
    ...ECLIPANEL_SIGNED_IN_ROUTE,
    summary: 'List orders',
    description: 'Your own orders, and those of organisations in which you are owner or admin; newest first.',
    querystring: schemas.orderFilter,
    response: { 200: Type.Array(schemas.orderSchema), ...eclipanelErrorResponses(400, 401, 404) },
  }
  app.get('/orders', { schema: list }, async (request) => {
    const organisationId = organisationIdOf(eitherField('query', request.query, 'organisationId', 'orgId'))
    const orders = await fetchAllPages(
      async (after) => (await run<{ orders: Connection<OrderResult> }>(request, LIST_ORDERS, { organisationId, after })).orders,
    )
    return orders.map(toOrder)
  })

  const one = { ...ECLIPANEL_SIGNED_IN_ROUTE, summary: 'Get order by ID', params: schemas.idParams }
  app.get(
    '/orders/:id',
    { schema: { ...one, response: { 200: schemas.orderSchema, ...eclipanelErrorResponses(400, 401, 404) } } },
    async (request) => {
      const { order } = await run<{ order: OrderResult | null }>(request, GET_ORDER, { id: String(request.params.id) })
      if (!order) throw new DomainError(ORDER_NOT_FOUND, 'Order not found')
      return toOrder(order)
    },
  )
}

function orderingRoutes(app: RestApp, run: ExecuteOperation): void {
  const place = {
    ...ECLIPANEL_SIGNED_IN_ROUTE,
    summary: 'Place an order',
    description:
      'While a paid plan is live, the order changes it: it is pending if something is due, otherwise active. If the plan cannot be changed, for example because a payment provider bills it, the order replaces it when it is approved.',
    headers: idempotencyHeaders,
    body: schemas.placeOrderBody,
    response: { 201: schemas.orderResponse, ...eclipanelErrorResponses(400, 401, 404, 409) },
  }
  app.post('/orders', { schema: place }, async (request, reply) => {
    const { planId, notes } = request.body
    const organisationId = organisationIdOf(eitherField('body', request.body, 'organisationId', 'orgId'))
    const input = { planId: String(planId), organisationId, notes, idempotencyKey: request.headers['idempotency-key'] }
    return reply.code(201).send({ success: true, order: toOrder(await placeOrder(run, request, input)) })
  })

  const cancel = {
    ...ECLIPANEL_SIGNED_IN_ROUTE,
    summary: 'Cancel an order',
    description: 'Cancels a pending order, or ends the plan of an active order immediately.',
    params: schemas.idParams,
    body: schemas.cancelOrderBody,
    response: { 200: schemas.orderResponse, ...eclipanelErrorResponses(400, 401, 404, 409) },
  }
  app.post('/orders/:id/cancel', { schema: cancel }, async (request) => {
    const { cancelOrder } = await run<{ cancelOrder: { order: OrderResult } }>(request, CANCEL_ORDER, { id: String(request.params.id) })
    return { success: true, order: toOrder(cancelOrder.order) }
  })
}
