import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { DomainError } from '../../core/errors.js'
import * as schemas from './eclipanel.schemas.js'
import { allPages, type Connection, type RunDocument } from './run-document.js'
import { idempotent, nullable, refusals, SIGNED_IN } from './schemas.js'

const PLAN = `id name type price { decimal } memory disk cpu serverLimit databases backups portCount tunnelPortCount nodeLimit emailsPerDay
  features hiddenFromBilling`
const ORDER = `id status amount { decimal currency } description planId buyer { userId } organisation { id }
  items { description quantity unitPrice { decimal } amount { decimal } } notes date expiresAt`

const PLANS = `query EcliPanelPlans { plans { ${PLAN} } }`
const ONE_PLAN = `query EcliPanelPlan($id: ID!) { plan(id: $id) { ${PLAN} } }`
const ORDERS = `query EcliPanelOrders($after: String) {
  orders(first: 100, after: $after) { nodes { ${ORDER} } pageInfo { hasNextPage endCursor } } }`
const ONE_ORDER = `query EcliPanelOrder($id: ID!) { order(id: $id) { ${ORDER} } }`
const PLACE_ORDER = `mutation EcliPanelPlaceOrder($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${ORDER} } } }`
const APPLY_PLAN = `mutation EcliPanelApplyPlan($input: ApplyPlanInput!) { applyPlan(input: $input) { success order { ${ORDER} } } }`
const CANCEL_PLAN = 'mutation EcliPanelCancelPlan($input: CancelPlanInput!) { cancelPlan(input: $input) { success } }'
const CURRENT_PLAN = `query EcliPanelCurrentPlan($userId: ID!) { currentPlan(userId: $userId) { plan { ${PLAN} } order { ${ORDER} } } }`

interface Decimal {
  decimal: string
}

type PlanAnswer = Omit<Static<typeof schemas.plan>, 'id' | 'type' | 'price'> & { id: string; type: string; price: Decimal | null }

interface OrderAnswer {
  id: string
  status: string
  amount: Decimal & { currency: string }
  description: string
  planId: string | null
  buyer: { userId: string }
  organisation: { id: string } | null
  items: { description: string; quantity: number; unitPrice: Decimal; amount: Decimal }[]
  notes: string | null
  date: string
  expiresAt: string | null
}

const tags = ['EcliPanel']
const signedIn = { tags, security: SIGNED_IN }
const refuse = (...statuses: number[]) => refusals(schemas.error, ...statuses)

/** The billing API of EcliPanel, route by route: each runs a stored GraphQL document and gives its answer the old shape. */
export const eclipanelRoutes =
  (run: RunDocument): FastifyPluginAsyncTypebox =>
  async (app) => {
    catalogueRoutes(app, run)
    orderRoutes(app, run)
    administratorRoutes(app, run)
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

function orderRoutes(app: App, run: RunDocument): void {
  const list = {
    ...signedIn,
    summary: 'List orders',
    description: 'Yours, and those of organisations in which you are owner or admin; newest first.',
  }
  app.get('/orders', { schema: { ...list, response: { 200: Type.Array(schemas.order), ...refuse(401) } } }, async (request) => {
    const orders = await allPages(async (after) => (await run<{ orders: Connection<OrderAnswer> }>(request, ORDERS, { after })).orders)
    return orders.map(toOrder)
  })

  const one = { ...signedIn, summary: 'Get order by ID', params: schemas.idParams }
  app.get('/orders/:id', { schema: { ...one, response: { 200: schemas.order, ...refuse(400, 401, 404) } } }, async (request) => {
    const { order } = await run<{ order: OrderAnswer | null }>(request, ONE_ORDER, { id: String(request.params.id) })
    if (!order) throw new DomainError('ORDER_NOT_FOUND', 'Order not found')
    return toOrder(order)
  })

  const place = { ...signedIn, summary: 'Place an order', headers: idempotent, body: schemas.placeOrder }
  app.post('/orders', { schema: { ...place, response: { 201: schemas.ordered, ...refuse(400, 401, 404) } } }, async (request, reply) => {
    const input = { ...withIds(request.body), idempotencyKey: request.headers['idempotency-key'] }
    const { placeOrder } = await run<{ placeOrder: { order: OrderAnswer } }>(request, PLACE_ORDER, { input })
    return reply.code(201).send({ success: true, order: toOrder(placeOrder.order) })
  })
}

function administratorRoutes(app: App, run: RunDocument): void {
  const refused = refuse(400, 401, 403, 404, 409)
  const apply = { ...signedIn, summary: 'Apply a plan to a user', headers: idempotent, params: schemas.idParams, body: schemas.applyPlan }
  app.post('/admin/users/:id/apply-plan', { schema: { ...apply, response: { 200: schemas.ordered, ...refused } } }, async (request) => {
    const key = request.headers['idempotency-key']
    const input = { userId: String(request.params.id), ...withIds(request.body), idempotencyKey: key }
    const { applyPlan } = await run<{ applyPlan: { success: boolean; order: OrderAnswer } }>(request, APPLY_PLAN, { input })
    return { success: applyPlan.success, order: toOrder(applyPlan.order) }
  })

  const cancel = { ...signedIn, summary: "Cancel a user's plan", params: schemas.idParams, body: nullable(schemas.cancelPlan) }
  app.post('/admin/users/:id/cancel-plan', { schema: { ...cancel, response: { 200: schemas.cancelled, ...refused } } }, async (request) => {
    const input = { userId: String(request.params.id), ...withIds(request.body ?? {}) }
    const { cancelPlan } = await run<{ cancelPlan: { success: boolean } }>(request, CANCEL_PLAN, { input })
    return { success: cancelPlan.success }
  })

  const current = { ...signedIn, summary: "Get user's current plan", params: schemas.idParams }
  app.get(
    '/admin/users/:id/current-plan',
    { schema: { ...current, response: { 200: schemas.currentPlan, ...refused } } },
    async (request) => {
      const { currentPlan } = await run<{ currentPlan: { plan: PlanAnswer | null; order: OrderAnswer | null } }>(request, CURRENT_PLAN, {
        userId: String(request.params.id),
      })
      const { plan, order } = currentPlan
      return { plan: plan && toPlan(plan), order: order && toOrder(order), expiresAt: order?.expiresAt ?? null }
    },
  )
}

type App = Parameters<FastifyPluginAsyncTypebox>[0]

/** GraphQL's ids are strings. */
function withIds<T extends object>(body: T): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, name.endsWith('Id') ? String(value) : value]))
}

function toPlan({ id, type, price, ...plan }: PlanAnswer): Static<typeof schemas.plan> {
  return { ...plan, id: Number(id), type: type.toLowerCase() as 'free', price: price && Number(price.decimal) }
}

function toOrder({ id, status, amount, planId, buyer, organisation, items, ...order }: OrderAnswer): Static<typeof schemas.order> {
  return {
    ...order,
    id: Number(id),
    status: status.toLowerCase() as 'active',
    amount: Number(amount.decimal),
    currency: amount.currency,
    planId: planId === null ? null : Number(planId),
    userId: Number(buyer.userId),
    organisationId: organisation && Number(organisation.id),
    items: items.map(({ description, quantity, unitPrice, amount }) => ({
      description,
      quantity,
      price: Number(unitPrice.decimal),
      amount: Number(amount.decimal),
    })),
  }
}
