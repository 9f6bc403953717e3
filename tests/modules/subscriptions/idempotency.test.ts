import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { applyPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterAll(() => server.close())

const orders = (user: number) => server.services.db.order.count({ where: { userId: String(user) } })

test('the same key and input return the same result and have one effect', async () => {
  const input = { planId: plans.pro, idempotencyKey: 'a' }
  const [first, second] = [await placeOrder(server, 10, input), await placeOrder(server, 10, input)]
  expect(second.data.placeOrder.order.id).toBe(first.data.placeOrder.order.id)
  expect(await orders(10)).toBe(1)
})

test('the same key with another input is a conflict', async () => {
  await placeOrder(server, 11, { planId: plans.pro, idempotencyKey: 'b' })
  expect(codeOf(await placeOrder(server, 11, { planId: plans.starter, idempotencyKey: 'b' }))).toBe('IDEMPOTENCY_CONFLICT')
  expect(await orders(11)).toBe(1)
})

test('a key is specific to its principal and its operation', async () => {
  const ids = [12, 13].map(
    async (user) => (await placeOrder(server, user, { planId: plans.pro, idempotencyKey: 'c' })).data.placeOrder.order.id,
  )
  expect(new Set(await Promise.all(ids)).size).toBe(2)
  expect(codeOf(await applyPlan(server, { userId: '12', planId: plans.pro, idempotencyKey: 'c' }))).toBe('none')
})

test('twenty concurrent requests with one key have one effect and one result', async () => {
  const responses = await Promise.all(Array.from({ length: 20 }, () => placeOrder(server, 14, { planId: plans.pro, idempotencyKey: 'd' })))
  expect(new Set(responses.map((response) => response.data.placeOrder.order.id)).size).toBe(1)
  expect(await orders(14)).toBe(1)
})

test('of two concurrent requests with one key and different input, one succeeds and one conflicts', async () => {
  const codes = (
    await Promise.all([plans.pro, plans.starter].map((planId) => placeOrder(server, 15, { planId, idempotencyKey: 'e' })))
  ).map(codeOf)
  expect(codes.sort()).toEqual(['IDEMPOTENCY_CONFLICT', 'none'])
  expect(await orders(15)).toBe(1)
})

test('the result of a key is returned after the end that the request has agreed on', async () => {
  const now = server.clock.now()
  const expiresAt = new Date(now.getTime() + 3_600_000).toISOString()
  const input = { userId: '20', planId: plans.pro, expiresAt, idempotencyKey: 'ends' }
  await server.ask(20, '{ me { id } }')
  const first = await applyPlan(server, input)
  try {
    server.clock.set(expiresAt)
    expect((await applyPlan(server, input)).data.applyPlan.order.id).toBe(first.data.applyPlan.order.id)
    const { errors } = await applyPlan(server, { ...input, idempotencyKey: 'ended' })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.expiresAt' })
  } finally {
    server.clock.set(now.toISOString())
  }
})

test('a domain error is the result of its key, even if a retry could succeed', async () => {
  const { data } = await placeOrder(server, 16, { planId: plans.pro })
  const input = { userId: '17', planId: plans.pro, orderId: data.placeOrder.order.id, idempotencyKey: 'f' }
  await server.ask(17, '{ me { id } }')
  const first = await applyPlan(server, input)
  expect(codeOf(first)).toBe('ORDER_NOT_FOUND')
  await server.owner.query('ALTER TABLE orders DISABLE TRIGGER orders_keep_what_was_bought')
  await server.services.db.$executeRaw`UPDATE orders SET user_id = '17' WHERE user_id = '16'`
  await server.owner.query('ALTER TABLE orders ENABLE TRIGGER orders_keep_what_was_bought')
  expect((await applyPlan(server, input)).errors?.[0]?.message).toBe(first.errors?.[0]?.message)
  expect(codeOf(await applyPlan(server, { ...input, idempotencyKey: 'g' }))).toBe('none')
})

test('the key of a request that failed validation can be used again', async () => {
  expect(codeOf(await placeOrder(server, 18, { planId: plans.enterprise, idempotencyKey: 'h' }))).toBe('BAD_USER_INPUT')
  expect(codeOf(await placeOrder(server, 18, { planId: plans.pro, idempotencyKey: 'h' }))).toBe('none')
})

test.each([
  ['empty', ''],
  ['too long', 'x'.repeat(256)],
  ['not free of control characters', 'a\u0000'],
])('refuses a key that is %s', async (_case, idempotencyKey) => {
  const response = await placeOrder(server, 19, { planId: plans.pro, idempotencyKey })
  expect(response.errors?.[0]?.extensions).toEqual({
    code: 'BAD_USER_INPUT',
    field: 'input.idempotencyKey',
    fields: [{ field: 'input.idempotencyKey', message: expect.any(String) }],
  })
})

test('accepts a key of 255 characters', async () => {
  expect(codeOf(await placeOrder(server, 19, { planId: plans.pro, idempotencyKey: 'x'.repeat(255) }))).toBe('none')
})
