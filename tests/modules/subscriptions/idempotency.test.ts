import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalogue, createCatalogue } from '../../support/catalogue.js'
import { applyPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalogue

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalogue(server)
})
afterAll(() => server.close())

const orders = (userId: number) => server.services.db.order.count({ where: { userId } })

test('the same key and input get the same answer, and have one effect', async () => {
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

test('a key belongs to its caller and its operation', async () => {
  const ids = [12, 13].map(
    async (user) => (await placeOrder(server, user, { planId: plans.pro, idempotencyKey: 'c' })).data.placeOrder.order.id,
  )
  expect(new Set(await Promise.all(ids)).size).toBe(2)
  expect(codeOf(await applyPlan(server, { userId: '12', planId: plans.pro, idempotencyKey: 'c' }))).toBe('none')
})

test('twenty requests with one key at the same moment have one effect and one answer', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => placeOrder(server, 14, { planId: plans.pro, idempotencyKey: 'd' })))
  expect(new Set(answers.map((answer) => answer.data.placeOrder.order.id)).size).toBe(1)
  expect(await orders(14)).toBe(1)
})

test('one key with two inputs at the same moment: one is carried out, the other is a conflict', async () => {
  const codes = (
    await Promise.all([plans.pro, plans.starter].map((planId) => placeOrder(server, 15, { planId, idempotencyKey: 'e' })))
  ).map(codeOf)
  expect(codes.sort()).toEqual(['IDEMPOTENCY_CONFLICT', 'none'])
  expect(await orders(15)).toBe(1)
})

test('a business error is the answer of its key, also when it would succeed later', async () => {
  const { data } = await placeOrder(server, 16, { planId: plans.pro })
  const input = { userId: '17', planId: plans.pro, orderId: data.placeOrder.order.id, idempotencyKey: 'f' }
  await server.ask(17, '{ me { id } }')
  const first = await applyPlan(server, input)
  expect(codeOf(first)).toBe('ORDER_NOT_FOUND')
  await server.services.db.$executeRaw`ALTER TABLE orders DISABLE TRIGGER orders_keep_what_was_bought`
  await server.services.db.$executeRaw`UPDATE orders SET user_id = 17 WHERE user_id = 16`
  await server.services.db.$executeRaw`ALTER TABLE orders ENABLE TRIGGER orders_keep_what_was_bought`
  expect((await applyPlan(server, input)).errors?.[0]?.message).toBe(first.errors?.[0]?.message)
  expect(codeOf(await applyPlan(server, { ...input, idempotencyKey: 'g' }))).toBe('none')
})

test('input that failed validation is not stored: the key can be used again', async () => {
  expect(codeOf(await placeOrder(server, 18, { planId: plans.enterprise, idempotencyKey: 'h' }))).toBe('BAD_USER_INPUT')
  expect(codeOf(await placeOrder(server, 18, { planId: plans.pro, idempotencyKey: 'h' }))).toBe('none')
})

test.each([
  ['empty', ''],
  ['too long', 'x'.repeat(256)],
  ['with a control character', 'a\u0000'],
])('a key that is %s is refused', async (_case, idempotencyKey) => {
  const answer = await placeOrder(server, 19, { planId: plans.pro, idempotencyKey })
  expect(answer.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'input.idempotencyKey' })
})

test('a key of 255 characters works', async () => {
  expect(codeOf(await placeOrder(server, 19, { planId: plans.pro, idempotencyKey: 'x'.repeat(255) }))).toBe('none')
})
