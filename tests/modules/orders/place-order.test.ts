import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { applyPlan, cancelOrder, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterAll(() => server.close())

test('creates a pending order for seven days at the price of the plan, without an invoice', async () => {
  const { data } = await placeOrder(server, 10, { planId: plans.pro })
  expect(data.placeOrder.order).toMatchObject({
    status: 'PENDING',
    planId: `plan_${plans.pro}`,
    amount: { minorUnits: 1500 },
    invoice: null,
    expiresAt: '2026-05-08T10:00:00.000Z',
  })
})

test('describes the order by its items', async () => {
  const { data } = await placeOrder(server, 11, { planId: plans.starter })
  const response = await server.ask(
    11,
    'query ($id: ID!) { order(id: $id) { description items { description quantity unitPrice { decimal } amount { decimal } } } }',
    {
      id: data.placeOrder.order.id,
    },
  )
  expect(response.data.order).toEqual({
    description: 'Starter, 1 month',
    items: [{ description: 'Starter, 1 month', quantity: 1, unitPrice: { decimal: '5.00' }, amount: { decimal: '5.00' } }],
  })
})

test('shows notes only to administrators and compares them for the idempotency key', async () => {
  const input = { planId: plans.pro, notes: ' Invoice to accounting ', idempotencyKey: 'with-notes' }
  const { data } = await placeOrder(server, 12, input)
  const { id, notes } = data.placeOrder.order
  expect(notes).toBeNull()
  const seen = await server.ask('admin', 'query ($id: ID!) { order(id: $id) { notes } }', { id })
  expect(seen.data.order.notes).toBe('Invoice to accounting')
  expect((await placeOrder(server, 12, input)).data.placeOrder.order.id).toBe(id)
  expect(codeOf(await placeOrder(server, 12, { ...input, notes: 'Other' }))).toBe('IDEMPOTENCY_CONFLICT')
})

test.each(['', 'x'.repeat(2001), 'bell\u0007'])('refuses notes that are not text of at most 2,000 characters', async (notes) => {
  const response = await placeOrder(server, 12, { planId: plans.pro, notes })
  expect(response.errors?.[0]?.extensions).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.notes',
    fields: [{ field: 'input.notes', message: expect.any(String) }],
  })
})

test('orders a plan by its slug', async () => {
  const input = { plan: 'pro', idempotencyKey: 'by-slug' }
  const { data } = await placeOrder(server, 13, input)
  expect(data.placeOrder.order).toMatchObject({ status: 'PENDING', planId: `plan_${plans.pro}` })
  expect((await placeOrder(server, 13, input)).data.placeOrder.order.id).toBe(data.placeOrder.order.id)
  expect(codeOf(await placeOrder(server, 13, { ...input, plan: 'starter' }))).toBe('IDEMPOTENCY_CONFLICT')
  expect(codeOf(await placeOrder(server, 13, { plan: 'unknown' }))).toBe('PLAN_NOT_FOUND')
  const response = await placeOrder(server, 13, { plan: 'enterprise' })
  expect(response.errors?.[0]?.extensions).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.plan',
    fields: [{ field: 'input.plan', message: expect.any(String) }],
  })
})

test.each(['neither', 'both'])('refuses an order that names %s of plan and planId', async (which) => {
  const response = await placeOrder(server, 14, which === 'both' ? { plan: 'pro', planId: plans.pro } : {})
  expect(response.errors?.[0]).toMatchObject({
    message: 'input.planId: set exactly one of plan and planId',
    extensions: { code: 'BAD_USER_INPUT', field: 'input.planId' },
  })
})

test('refuses a plan with a custom price and names the field', async () => {
  const response = await placeOrder(server, 10, { planId: plans.enterprise })
  expect(response.errors?.[0]?.extensions).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.planId',
    fields: [{ field: 'input.planId', message: expect.any(String) }],
  })
})

test.each([
  ['an unknown plan', '999', 'PLAN_NOT_FOUND'],
  ['a plan id that is not a number', 'three', 'BAD_USER_INPUT'],
  ['a plan id above the maximum', '99999999999999999', 'BAD_USER_INPUT'],
])('refuses %s', async (_case, planId, code) => {
  expect(codeOf(await placeOrder(server, 10, { planId }))).toBe(code)
})

test('lets owners and admins order for their organisation, and hides it from members and other users', async () => {
  await createOrganisation(server, 70, { 71: 'OWNER', 72: 'ADMIN', 73: 'MEMBER' })
  const input = { planId: plans.pro, organisationId: '70' }
  expect(codeOf(await placeOrder(server, 71, input))).toBe('none')
  expect(codeOf(await placeOrder(server, 72, input))).toBe('none')
  expect(codeOf(await placeOrder(server, 73, input))).toBe('ORGANISATION_NOT_FOUND')
  expect(codeOf(await placeOrder(server, 74, input))).toBe('ORGANISATION_NOT_FOUND')
  expect(codeOf(await placeOrder(server, 71, { ...input, organisationId: '71' }))).toBe('ORGANISATION_NOT_FOUND')
})

test('lets a customer cancel a pending order once', async () => {
  const { data } = await placeOrder(server, 20, { planId: plans.pro })
  const { id } = data.placeOrder.order
  expect((await cancelOrder(server, 20, id)).data.cancelOrder.order).toMatchObject({
    status: 'CANCELLED',
    cancelledAt: '2026-05-01T10:00:00.000Z',
  })
  expect(codeOf(await cancelOrder(server, 20, id))).toBe('INVALID_TRANSITION')
  expect(codeOf(await cancelOrder(server, 21, id))).toBe('ORDER_NOT_FOUND')
})

test('keeps the plan snapshot of an order when the plan changes', async () => {
  const { data: created } = await server.ask('admin', 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }', {
    input: {
      slug: 'changing',
      name: 'Changing',
      type: 'PAID',
      price: { minorUnits: 700, currency: 'USD' },
      memory: 1000,
      features: { a: 1 },
    },
  })
  const planId = created.createPlan.plan.id
  const { data } = await placeOrder(server, 30, { planId })
  await server.ask('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }', {
    input: { id: planId, name: 'Changed', price: 900, memory: 2000, features: { b: 2 } },
  })
  await server.ask('admin', 'mutation ($id: ID!) { archivePlan(input: { planId: $id }) { plan { id } } }', { id: planId })
  const { data: approved } = await applyPlan(server, { userId: '30', planId, orderId: data.placeOrder.order.id })
  const response = await server.ask(
    30,
    `query ($id: ID!) {
    order(id: $id) { amount { minorUnits } plan { name memory } purchasedPlan { name price { minorUnits } limits { memory } features } }
    me { limits { memory } }
  }`,
    { id: approved.applyPlan.order.id },
  )
  expect(response.data).toEqual({
    order: {
      amount: { minorUnits: 700 },
      plan: { name: 'Changed', memory: 2000 },
      purchasedPlan: { name: 'Changing', price: { minorUnits: 700 }, limits: { memory: 1000 }, features: { a: 1 } },
    },
    me: { limits: { memory: 1000 } },
  })
})
