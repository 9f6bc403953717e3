import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { applyPlan, cancelOrder, cancelPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog
const START = '2026-05-01T10:00:00.000Z'

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
  for (const user of [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]) await server.ask(user, '{ me { id } }')
})
afterAll(() => server.close())

const current = async (userId: string) =>
  (
    await server.ask(
      'admin',
      `query ($userId: ID!) { currentPlan(userId: $userId) {
    plan { name } order { id } subscription { status currentPeriodStart currentPeriodEnd } limits { memory } } }`,
      { userId },
    )
  ).data.currentPlan

describe('applying a plan', () => {
  test("creates an active order at the plan's price, with an invoice", async () => {
    const { data } = await applyPlan(server, { userId: '10', planId: plans.pro, notes: 'Educational grant approved' })
    expect(data.applyPlan).toMatchObject({
      success: true,
      order: {
        status: 'ACTIVE',
        amount: { minorUnits: 1500 },
        invoice: { number: expect.stringMatching(/^INV-2026-\d{6}$/) },
        notes: 'Educational grant approved',
        expiresAt: null,
      },
    })
    expect(await current('10')).toEqual({
      plan: { name: 'Pro' },
      order: { id: data.applyPlan.order.id },
      subscription: { status: 'ACTIVE', currentPeriodStart: START, currentPeriodEnd: '2026-06-01T10:00:00.000Z' },
      limits: { memory: 32768 },
    })
    expect((await server.ask(10, '{ me { portalTier } }')).data.me.portalTier).toBe('PAID')
  })

  test('approves a pending order, and refuses a second approval', async () => {
    const { data } = await placeOrder(server, 11, { planId: plans.starter })
    const input = { userId: '11', planId: plans.starter, orderId: data.placeOrder.order.id }
    const { data: approved } = await applyPlan(server, input)
    expect(approved.applyPlan.order).toMatchObject({ id: data.placeOrder.order.id, status: 'ACTIVE' })
    const before = await current('11')
    expect(codeOf(await applyPlan(server, input))).toBe('INVALID_TRANSITION')
    expect(await current('11')).toEqual(before)
    expect((await server.ask(11, '{ invoices { totalCount } }')).data.invoices.totalCount).toBe(1)
  })

  test('cancels the plan that was active before', async () => {
    const { data: first } = await applyPlan(server, { userId: '12', planId: plans.starter })
    await applyPlan(server, { userId: '12', planId: plans.pro })
    const { data } = await server.ask(12, 'query ($id: ID!) { order(id: $id) { status cancelledAt } }', { id: first.applyPlan.order.id })
    expect(data.order).toEqual({ status: 'CANCELLED', cancelledAt: START })
  })

  test('charges the given amount, which a custom price requires', async () => {
    expect((await applyPlan(server, { userId: '13', planId: plans.enterprise })).errors?.[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'input.amount',
      fields: [{ field: 'input.amount', message: expect.stringContaining('is required') }],
    })
    const { data } = await applyPlan(server, { userId: '13', planId: plans.enterprise, amount: 5_000_000_000 })
    expect(data.applyPlan.order.amount.minorUnits).toBe(5_000_000_000)
  })

  test('is refused if all that the customer has paid would exceed 2^53-1', async () => {
    const user = 60
    await server.ask(user, '{ me { id } }')
    const apply = (input: object) => applyPlan(server, { userId: String(user), planId: plans.enterprise, ...input })
    expect(codeOf(await apply({ amount: Number.MAX_SAFE_INTEGER - 1 }))).toBe('none')
    const refused = await apply({ amount: 2 })
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.amount' })
    const { data } = await placeOrder(server, user, { planId: plans.pro, replace: true })
    const approval = await apply({ planId: plans.pro, orderId: data.placeOrder.order.id })
    expect(approval.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.orderId' })
    expect((await apply({ planId: plans.pro })).errors?.[0]?.extensions).toMatchObject({ field: 'input.planId' })
    expect(codeOf(await apply({ amount: 1 }))).toBe('none')
    expect((await server.ask(user, '{ balances { amount { minorUnits } } }')).data.balances).toEqual([
      { amount: { minorUnits: Number.MAX_SAFE_INTEGER - 1 } },
    ])
  })

  test('reverts to the default plan at the agreed end', async () => {
    await applyPlan(server, { userId: '14', planId: plans.pro, expiresAt: '2026-05-10T00:00:00.000Z' })
    server.clock.set('2026-05-09T23:59:59.999Z')
    expect((await current('14')).plan.name).toBe('Pro')
    server.clock.set('2026-05-10T00:00:00.000Z')
    expect(await current('14')).toMatchObject({ plan: { name: 'Free' }, order: null, limits: { memory: 512 } })
    server.clock.set(START)
  })

  test('is refused for an order that has expired', async () => {
    const { data } = await placeOrder(server, 15, { planId: plans.pro })
    server.clock.set('2026-05-08T10:00:00.000Z')
    expect(codeOf(await applyPlan(server, { userId: '15', planId: plans.pro, orderId: data.placeOrder.order.id }))).toBe(
      'INVALID_TRANSITION',
    )
    server.clock.set(START)
  })

  test.each([
    ['an unknown user', { userId: '4040', planId: '3' }, 'USER_NOT_FOUND'],
    ['an unknown plan', { userId: '10', planId: '4040' }, 'PLAN_NOT_FOUND'],
    ['an unknown order', { userId: '10', planId: '3', orderId: '4040' }, 'ORDER_NOT_FOUND'],
    ['an organisation that the user does not manage', { userId: '10', planId: '3', organisationId: '4040' }, 'ORGANISATION_NOT_FOUND'],
    ['an end in the past', { userId: '10', planId: '3', expiresAt: '2026-04-01T00:00:00Z' }, 'BAD_USER_INPUT'],
    ['a negative amount', { userId: '10', planId: '3', amount: -1 }, 'BAD_USER_INPUT'],
    ['notes with a control character', { userId: '10', planId: '3', notes: 'a\u0000b' }, 'BAD_USER_INPUT'],
  ])('is refused for %s', async (_case, input, code) => {
    expect(codeOf(await applyPlan(server, input))).toBe(code)
  })

  test('is refused for an order of another user or of another plan', async () => {
    const { data } = await placeOrder(server, 16, { planId: plans.pro })
    const orderId = data.placeOrder.order.id
    expect(codeOf(await applyPlan(server, { userId: '17', planId: plans.pro, orderId }))).toBe('ORDER_NOT_FOUND')
    expect(codeOf(await applyPlan(server, { userId: '16', planId: plans.starter, orderId }))).toBe('ORDER_NOT_FOUND')
  })

  test('is limited to administrators', async () => {
    const query = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }'
    expect(codeOf(await server.ask(10, query, { input: { userId: '10', planId: plans.pro } }))).toBe('FORBIDDEN')
    expect(codeOf(await server.ask(undefined, query, { input: { userId: '10', planId: plans.pro } }))).toBe('UNAUTHENTICATED')
  })

  test('approves an order of an organisation for that organisation without naming it', async () => {
    await createOrganisation(server, 61, { 17: 'ADMIN' })
    const { data } = await placeOrder(server, 17, { planId: plans.pro, organisationId: '61' })
    expect(codeOf(await applyPlan(server, { userId: '17', planId: plans.pro, orderId: data.placeOrder.order.id }))).toBe('none')
    expect((await server.services.db.organisation.findUniqueOrThrow({ where: { id: '61' } })).portalTier).toBe('PAID')
    expect((await current('17')).plan.name).toBe('Free')
  })

  test('to an organisation does not change the plan of its owner', async () => {
    await createOrganisation(server, 60, { 18: 'OWNER' })
    await applyPlan(server, { userId: '18', planId: plans.pro, organisationId: '60' })
    const { data } = await server.ask(
      18,
      '{ me { portalTier currentPlan { name } organisations { organisation { portalTier currentPlan { name } limits { memory } } } } }',
    )
    expect(data.me).toEqual({
      portalTier: 'FREE',
      currentPlan: { name: 'Free' },
      organisations: [{ organisation: { portalTier: 'PAID', currentPlan: { name: 'Pro' }, limits: { memory: 32768 } } }],
    })
  })
})

describe('ending a plan', () => {
  test('reverts to the default free plan and returns the cancelled orders', async () => {
    const { data } = await applyPlan(server, { userId: '19', planId: plans.pro })
    const { data: cancelled } = await cancelPlan(server, { userId: '19', notes: 'left' })
    expect(cancelled.cancelPlan).toEqual({ success: true, cancelledOrders: [{ id: data.applyPlan.order.id, status: 'CANCELLED' }] })
    expect(await current('19')).toEqual({ plan: { name: 'Free' }, order: null, subscription: null, limits: { memory: 512 } })
    expect((await server.ask(19, '{ me { portalTier } }')).data.me.portalTier).toBe('FREE')
  })

  test('succeeds when no plan was active', async () => {
    expect((await cancelPlan(server, { userId: '19' })).data.cancelPlan).toEqual({ success: true, cancelledOrders: [] })
  })

  test('happens when the customer cancels the active order', async () => {
    const { data } = await applyPlan(server, { userId: '19', planId: plans.pro })
    expect((await cancelOrder(server, 19, data.applyPlan.order.id)).data.cancelOrder.order.status).toBe('CANCELLED')
    expect((await current('19')).plan.name).toBe('Free')
  })
})

test('fifty concurrent plan changes leave one active order, fifty consecutive invoices and fifty audit entries', async () => {
  await server.ask(90, '{ me { id } }')
  const before = await server.services.db.invoice.count({ where: { series: 'INV' } })
  const responses = await Promise.all(
    Array.from({ length: 50 }, (_, index) => applyPlan(server, { userId: '90', planId: index % 2 ? plans.pro : plans.starter })),
  )
  expect(responses.map(codeOf)).toEqual(Array(50).fill('none'))
  const { db } = server.services
  expect(await db.order.count({ where: { userId: '90', status: 'ACTIVE' } })).toBe(1)
  expect(await db.subscription.count({ where: { userId: '90', status: 'ACTIVE' } })).toBe(1)
  expect(await db.auditEntry.count({ where: { subject: 'user:90', action: 'applyPlan' } })).toBe(50)
  expect(await db.outboxEvent.count({ where: { holder: 'user:90', type: 'plan.applied' } })).toBe(50)
  const invoices = await db.invoice.findMany({ where: { series: 'INV' }, orderBy: { sequence: 'asc' } })
  expect(invoices.map((invoice) => invoice.sequence)).toEqual(Array.from({ length: before + 50 }, (_, index) => index + 1))
})

test('concurrent approvals activate an order once', async () => {
  const { data } = await placeOrder(server, 91, { planId: plans.pro })
  const input = { userId: '91', planId: plans.pro, orderId: data.placeOrder.order.id }
  const codes = (await Promise.all(Array.from({ length: 8 }, () => applyPlan(server, input)))).map(codeOf)
  expect(codes.sort()).toEqual([...Array(7).fill('INVALID_TRANSITION'), 'none'])
})
