import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { buy, buyUnpaid, dataOf, recordPayment } from '../../support/payments.js'
import { codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

// The replaced APIs have no error for a customer whose paid plan is live.

const RETURN_URLS = {
  success_url: 'https://app.esluce.com/billing?success=true',
  cancel_url: 'https://app.esluce.com/billing?canceled=true',
}
const USER = 55
const BOUGHT = '2026-05-01T00:00:00.000Z'

let server: TestServer
let plans: Catalog

beforeEach(async () => {
  server = await startServer({ now: BOUGHT, environment: { CHECKOUT_ORIGINS: 'https://app.esluce.com' } })
  plans = await createCatalog(server)
  await server.ask(USER, '{ me { id } }')
})
afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

async function post(
  path: string,
  body: object,
  { who = USER, key }: { who?: number; key?: string } = {},
): Promise<{ status: number; body: any }> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await server.token(who)}`,
      'content-type': 'application/json',
      ...(key && { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

const submit = (url: string) => fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams() })

/** Buys a plan in the sandbox, through the REST API. */
async function buyInSandbox(plan: string): Promise<void> {
  const { body } = await post('/api/v1/billing/checkout', { plan, ...RETURN_URLS })
  expect((await submit(`${body.data.checkout_url}/pay`)).status).toBe(303)
  await server.settle()
}
const currentPlan = async (who = USER) =>
  (await dataOf(server.ask('admin', 'query ($id: ID!) { currentPlan(userId: $id) { plan { slug } } }', { id: String(who) }))).currentPlan
    .plan.slug
const listOrders = () => server.services.db.order.findMany({ orderBy: { id: 'asc' } })

describe('POST /api/orders while a paid plan is live', () => {
  test('places the order of the change, which is pending until its amount is paid', async () => {
    await buy(server, USER, plans.starter)
    server.clock.set('2026-05-16T00:00:00.000Z')
    const { status, body } = await post('/api/orders', { planId: 3, notes: 'Before Friday, please' })
    const placed = (await listOrders()).at(-1)
    expect([status, body]).toEqual([
      201,
      {
        success: true,
        order: {
          id: Number(placed?.id),
          status: 'pending',
          amount: 5.16,
          currency: 'USD',
          description: 'Pro, rest of the period, Starter, unused part of the period',
          planId: 3,
          userId: 55,
          organisationId: null,
          orgId: null,
          items: [
            { description: 'Pro, rest of the period', quantity: 1, price: 7.74, amount: 7.74 },
            { description: 'Starter, unused part of the period', quantity: 1, price: -2.58, amount: -2.58 },
          ],
          notes: null,
          date: '2026-05-16T00:00:00.000Z',
          createdAt: '2026-05-16T00:00:00.000Z',
          expiresAt: '2026-05-23T00:00:00.000Z',
        },
      },
    ])
    expect(await listOrders()).toMatchObject([
      { status: 'ACTIVE' },
      { status: 'PENDING', reason: 'PLAN_CHANGE', notes: 'Before Friday, please' },
    ])
    await dataOf(recordPayment(server, { orderId: String(body.order.id), amount: 516, reference: 'bank 1' }))
    expect(await currentPlan()).toBe('pro')
  })

  test('returns the active order of a change for which nothing is due', async () => {
    await buy(server, USER, plans.pro)
    server.clock.set('2026-05-16T00:00:00.000Z')
    const { status, body } = await post('/api/orders', { planId: 2 })
    expect([status, body]).toMatchObject([201, { success: true, order: { status: 'active', amount: 0, planId: 2, expiresAt: null } }])
    expect(await currentPlan()).toBe('starter')
  })

  test('orders the same plan once more: approved, it replaces the current period', async () => {
    await buy(server, USER, plans.pro)
    server.clock.set('2026-05-16T12:00:00.000Z')
    const { status, body } = await post('/api/orders', { planId: 3 })
    expect([status, body]).toMatchObject([201, { success: true, order: { status: 'pending', amount: 15, description: 'Pro, 1 month' } }])
    const approved = await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: String(USER), planId: '3', orderId: String(body.order.id) },
    })
    expect(codeOf(approved)).toBe('none')
    const account = await server.services.db.ledgerAccount.findFirstOrThrow({ where: { userId: String(USER) } })
    expect(account.balance).toBe(-750n)
  })

  test('of a payment provider, orders the replacement', async () => {
    await buyInSandbox('starter')
    const { status, body } = await post('/api/orders', { planId: 3 })
    expect([status, body]).toMatchObject([201, { success: true, order: { status: 'pending', amount: 15, description: 'Pro, 1 month' } }])
    expect((await listOrders()).map(({ reason }) => reason)).toEqual(['PURCHASE', 'PURCHASE'])
    expect(await currentPlan()).toBe('starter')
  })

  test('that cannot be changed, orders the replacement', async () => {
    await buyUnpaid(server, USER, plans.starter)
    expect(await post('/api/orders', { planId: 3 })).toMatchObject({ status: 201, body: { order: { status: 'pending', amount: 15 } } })
    expect((await listOrders()).map(({ reason }) => reason)).toEqual(['PURCHASE', 'PURCHASE'])
  })

  test('of an organisation, changes the plan of the organisation', async () => {
    await createOrganisation(server, 7, { [USER]: 'OWNER' })
    const first = await post('/api/orders', { planId: 2, orgId: 7 })
    await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: String(USER), organisationId: '7', planId: '2', orderId: String(first.body.order.id) },
    })
    const { status, body } = await post('/api/orders', { planId: 3, orgId: 7 })
    expect([status, body.order]).toMatchObject([201, { status: 'pending', orgId: 7, amount: 10 }])
    expect(await post('/api/orders', { planId: 3 })).toMatchObject({ status: 201, body: { order: { orgId: null, amount: 15 } } })
  })

  test.each<[string, number, number]>([
    ['a change that is active', 3, 2],
    ['a change that is pending', 2, 3],
    ['a replacement', 3, 3],
  ])('returns the same order for a retry of %s with the same Idempotency-Key', async (_what, from, to) => {
    await buy(server, USER, String(from))
    const [first, second] = await Promise.all([1, 2].map(() => post('/api/orders', { planId: to }, { key: 'cart 9' })))
    expect(first?.status).toBe(201)
    expect(second).toEqual(first)
    server.clock.set('2026-05-02T00:00:00.000Z')
    expect(await post('/api/orders', { planId: to }, { key: 'cart 9' })).toEqual(first)
    expect(await listOrders()).toHaveLength(2)
    expect(await post('/api/orders', { planId: to === 3 ? 2 : 3 }, { key: 'cart 9' })).toMatchObject({ status: 409 })
  })

  test('still refuses what is not valid', async () => {
    await buy(server, USER, plans.starter)
    expect(await post('/api/orders', { planId: 999 })).toMatchObject({ status: 404 })
    expect(await post('/api/orders', { planId: 4 })).toMatchObject({
      status: 400,
      body: { error: 'body.planId: this plan has a custom price; contact sales for an offer' },
    })
    expect(await post('/api/orders', { planId: 3, notes: ' ' })).toMatchObject({
      status: 400,
      body: { error: 'body.notes: must not be empty' },
    })
  })
})

describe('POST /api/v1/billing/checkout while a paid plan is live', () => {
  const checkout = (plan: string, options?: { key?: string }) => post('/api/v1/billing/checkout', { plan, ...RETURN_URLS }, options)

  test('returns the page that confirms the change of plan, in the same field', async () => {
    await buyInSandbox('starter')
    const { status, body } = await checkout('pro')
    const url = expect.stringMatching(new RegExp(`^${server.config.publicUrl}/change-plan/`))
    expect([status, body]).toEqual([200, { data: { checkout_url: url } }])
    expect((await fetch(body.data.checkout_url)).status).toBe(200)
    const confirmed = await submit(body.data.checkout_url)
    expect([confirmed.status, confirmed.headers.get('location')]).toEqual([303, RETURN_URLS.success_url])
    expect(await currentPlan()).toBe('pro')
  })

  test('also of a plan that we collect', async () => {
    await buy(server, USER, plans.starter)
    const { body } = await checkout('pro')
    const confirmed = await submit(body.data.checkout_url)
    expect([confirmed.status, await confirmed.text()]).toEqual([200, expect.stringContaining('Open the pro forma')])
  })

  test('also while no payment provider is configured', async () => {
    await buy(server, USER, plans.starter)
    const other = await startServer({
      now: BOUGHT,
      database: server.database,
      environment: { PAYMENT_PROVIDER: 'none', CHECKOUT_ORIGINS: 'https://app.esluce.com' },
    })
    const response = await fetch(`${other.url}/api/v1/billing/checkout`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await other.token(USER)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ plan: 'pro', ...RETURN_URLS }),
    })
    const answer = await response.json()
    await other.close()
    expect([response.status, answer]).toEqual([200, { data: { checkout_url: expect.stringContaining('/change-plan/') } }])
  })

  test('returns the same page for a retry with the same Idempotency-Key', async () => {
    await buyInSandbox('starter')
    const first = await checkout('pro', { key: 'a' })
    expect(await checkout('pro', { key: 'a' })).toEqual(first)
    expect((await checkout('pro', { key: 'b' })).body).not.toEqual(first.body)
  })

  test('returns the stored checkout for a retry after it was paid', async () => {
    const first = await checkout('starter', { key: 'a' })
    await submit(`${first.body.data.checkout_url}/pay`)
    await server.settle()
    expect(await checkout('starter', { key: 'a' })).toEqual(first)
  })

  test('names the fields of the request in errors', async () => {
    await buyInSandbox('starter')
    const refused = await post('/api/v1/billing/checkout', { plan: 'pro', ...RETURN_URLS, success_url: 'https://evil.example' })
    expect(refused).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/^body\.success_url: the origin/) } } })
    const long = await post('/api/v1/billing/checkout', {
      plan: 'pro',
      ...RETURN_URLS,
      cancel_url: `${RETURN_URLS.cancel_url}${'x'.repeat(2000)}`,
    })
    expect(long).toMatchObject({ status: 400, body: { error: { message: 'body.cancel_url: must be at most 2000 characters long' } } })
  })
})

describe('GraphQL', () => {
  test('names the plan and the collection in ALREADY_SUBSCRIBED', async () => {
    await buy(server, USER, plans.starter)
    const { errors } = await placeOrder(server, USER, { planId: plans.pro })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'ALREADY_SUBSCRIBED', planId: 'plan_2', collection: 'INVOICE' })
  })

  test('places an order with replace', async () => {
    await buy(server, USER, plans.starter)
    const { data } = await placeOrder(server, USER, { planId: plans.pro, replace: true, idempotencyKey: 'a' })
    expect(data.placeOrder.order).toMatchObject({ status: 'PENDING', amount: { minorUnits: 1500 } })
    expect(codeOf(await placeOrder(server, USER, { planId: plans.pro, idempotencyKey: 'a' }))).toBe('IDEMPOTENCY_CONFLICT')
    expect(codeOf(await placeOrder(server, USER, { planId: plans.pro, replace: null }))).toBe('ALREADY_SUBSCRIBED')
  })
})
