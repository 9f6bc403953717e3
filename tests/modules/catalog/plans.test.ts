import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer({ environment: { BILLING_CURRENCY: 'EUR' } })
  plans = await createCatalog(server)
})
afterAll(() => server.close())

const create = (input: object, who: number | 'admin' = 'admin') =>
  server.ask(
    who,
    'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id price { minorUnits currency } isDefault } } }',
    { input },
  )
const update = (input: object) =>
  server.ask(
    'admin',
    'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id name memory isDefault price { minorUnits } } } }',
    { input },
  )
const archive = (id: string) =>
  server.ask('admin', 'mutation ($id: ID!) { archivePlan(input: { planId: $id }) { plan { archivedAt } } }', { id })
const plan = { slug: 'extra', name: 'Extra', type: 'PAID', price: { minorUnits: 100, currency: 'EUR' } }

test('lists the catalog for anonymous requests, cheapest first and custom prices last', async () => {
  const { data } = await server.ask(undefined, '{ plans { name price { decimal currency } } }')
  expect(data.plans).toEqual([
    { name: 'Free', price: { decimal: '0.00', currency: 'EUR' } },
    { name: 'Starter', price: { decimal: '5.00', currency: 'EUR' } },
    { name: 'Pro', price: { decimal: '15.00', currency: 'EUR' } },
    { name: 'Enterprise', price: null },
  ])
})

test('shows hidden and archived plans to administrators only', async () => {
  const { data } = await create({ ...plan, slug: 'hidden', hiddenFromBilling: true })
  const { data: old } = await create({ ...plan, slug: 'old' })
  await archive(old.createPlan.plan.id)
  const find = async (who: number | 'admin' | undefined, id: string) =>
    (await server.ask(who, 'query ($id: ID!) { plan(id: $id) { id } }', { id })).data.plan
  for (const { id } of [data.createPlan.plan, old.createPlan.plan]) {
    expect([await find(undefined, id), await find(5, id), await find('admin', id)]).toEqual([null, null, { id }])
  }
  const slugs = (list: { slug: string }[]) => list.map(({ slug }) => slug).filter((slug) => slug === 'hidden' || slug === 'old')
  expect(slugs((await server.ask(undefined, '{ plans { slug } }')).data.plans)).toEqual([])
  expect(slugs((await server.ask('admin', '{ allPlans { slug } }')).data.allPlans).sort()).toEqual(['hidden', 'old'])
  expect(codeOf(await server.ask(5, '{ allPlans { slug } }'))).toBe('FORBIDDEN')
})

test('stores a price above the range of a 32-bit integer', async () => {
  const { data } = await create({ ...plan, slug: 'large', price: { minorUnits: 5_000_000_000, currency: 'EUR' }, hiddenFromBilling: true })
  expect(data.createPlan.plan.price.minorUnits).toBe(5_000_000_000)
})

test('updates only the given fields', async () => {
  const { data } = await create({ ...plan, slug: 'updated', memory: 100, hiddenFromBilling: true })
  const { id } = data.createPlan.plan
  expect((await update({ id, name: 'New name' })).data.updatePlan.plan).toMatchObject({
    name: 'New name',
    memory: 100,
    price: { minorUnits: 100 },
  })
  expect((await update({ id, memory: null, price: null })).data.updatePlan.plan).toMatchObject({
    name: 'New name',
    memory: null,
    price: null,
  })
})

test('always has exactly one default plan', async () => {
  const { data } = await create({
    slug: 'free-2',
    name: 'Free 2',
    type: 'FREE',
    price: { minorUnits: 0, currency: 'EUR' },
    isDefault: true,
    hiddenFromBilling: true,
  })
  const second = data.createPlan.plan.id
  expect(await server.services.db.plan.findMany({ where: { isDefault: true }, select: { id: true } })).toEqual([
    { id: BigInt(rowId(second)) },
  ])
  expect(codeOf(await update({ id: second, isDefault: false }))).toBe('BAD_USER_INPUT')
  expect((await update({ id: second, memory: 1024 })).data.updatePlan.plan).toMatchObject({ isDefault: true, memory: 1024 })
  expect(codeOf(await archive(second))).toBe('INVALID_TRANSITION')
  await update({ id: plans.free, isDefault: true })
  expect((await archive(second)).data.archivePlan.plan.archivedAt).toBe('2026-05-01T10:00:00.000Z')
  expect(codeOf(await create({ ...plan, slug: 'paid-default', isDefault: true }))).toBe('BAD_USER_INPUT')
})

test.each([
  ['slug', 'Upper Case'],
  ['slug', 'pro'],
  ['slug', 'x'.repeat(61)],
  ['name', ''],
  ['name', 'x'.repeat(101)],
  ['name', 'two\nlines'],
  ['memory', -1],
  ['price', -1],
  ['features', { text: 'x'.repeat(10_001) }],
  ['features', { text: '\u0000' }],
])('rejects a plan with an invalid %s and names the field', async (field, value) => {
  const response = await create({ ...plan, [field]: value })
  expect(response.errors?.[0]?.extensions).toEqual({
    code: 'BAD_USER_INPUT',
    field: `input.${field}`,
    fields: [{ field: `input.${field}`, message: expect.any(String) }],
  })
})

test('passes a changed type on to existing subscribers with reapplyPlan', async () => {
  const { data } = await create({ ...plan, slug: 'school', hiddenFromBilling: true })
  const { id } = data.createPlan.plan
  await server.services.db.user.create({ data: { id: '90' } })
  await server.ask('admin', 'mutation ($id: ID!) { applyPlan(input: {userId: 90, planId: $id}) { success } }', { id })
  const tier = async () => (await server.ask(90, '{ me { portalTier } }')).data.me.portalTier
  await update({ id, type: 'EDU' })
  expect(await tier()).toBe('PAID')
  await server.ask('admin', 'mutation ($id: ID!) { reapplyPlan(input: { planId: $id }) { reapplication { id } } }', { id })
  await server.settle()
  expect(await tier()).toBe('EDU')
})

test('sells a plan in the currency of its price', async () => {
  const price = { minorUnits: 1800, currency: 'JPY' }
  const { data } = await create({ ...plan, slug: 'tokyo', price, hiddenFromBilling: true })
  expect(data.createPlan.plan.price).toEqual(price)
  const twice = await create({ ...plan, slug: 'osaka', price, currency: 'EUR' })
  expect(twice.errors?.[0]).toMatchObject({
    message: 'input.currency: must be omitted: the price is in JPY',
    extensions: { code: 'BAD_USER_INPUT', field: 'input.currency' },
  })
})

test('rejects a provider variant that another plan uses', async () => {
  const first = await create({ ...plan, slug: 'variant', providerVariantId: '77', hiddenFromBilling: true })
  const id = first.data.createPlan.plan.id
  const expected = {
    message: `input.providerVariantId: is already used by plan ${rowId(id)}`,
    extensions: { field: 'input.providerVariantId' },
  }
  expect((await create({ ...plan, slug: 'variant-2', providerVariantId: '77' })).errors).toMatchObject([expected])
  expect((await update({ id: plans.pro, providerVariantId: '77' })).errors).toMatchObject([expected])
  expect((await update({ id, providerVariantId: '77', name: 'Same' })).errors).toBeUndefined()
})

test('rejects a change that makes a plan unsuitable as the default and names the field', async () => {
  const fieldOf = async (changes: object) => (await update({ id: plans.free, ...changes })).errors?.[0]?.extensions.field
  expect(await fieldOf({ price: 1 })).toBe('input.price')
  expect(await fieldOf({ type: 'PAID' })).toBe('input.type')
  expect(await fieldOf({ isDefault: false })).toBe('input.isDefault')
})

test('returns the same error for a hidden plan and a missing one', async () => {
  const { data } = await create({ ...plan, slug: 'secret', hiddenFromBilling: true })
  const { id } = data.createPlan.plan
  const order = async (planId: string) =>
    (await server.ask(5, 'mutation ($id: ID!) { placeOrder(input: {planId: $id}) { order { id } } }', { id: planId })).errors?.[0]?.message
  expect(await order(id)).toBe(`Plan ${rowId(id)} does not exist or cannot be ordered`)
  expect(await order('9999')).toBe('Plan 9999 does not exist or cannot be ordered')
  const checkout = async (slug: string) =>
    (
      await server.ask(5, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
        input: { plan: slug, successUrl: server.url, cancelUrl: server.url },
      })
    ).errors?.[0]?.message
  expect(await checkout('secret')).toBe('Plan "secret" does not exist or cannot be ordered')
  expect(await checkout('absent')).toBe('Plan "absent" does not exist or cannot be ordered')
})

test('returns PLAN_NOT_FOUND to administrators for a missing plan', async () => {
  expect((await update({ id: '9999', memory: 1 })).errors).toMatchObject([
    { message: 'Plan 9999 does not exist', extensions: { code: 'PLAN_NOT_FOUND' } },
  ])
})

test('allows only administrators to create plans', async () => {
  expect(codeOf(await create(plan, 5))).toBe('FORBIDDEN')
})

test('creates one plan for two concurrent requests with the same slug', async () => {
  const codes = (await Promise.all([1, 2].map(() => create({ ...plan, slug: 'race', hiddenFromBilling: true })))).map(codeOf)
  expect(codes.sort()).toEqual(['BAD_USER_INPUT', 'none'])
})
