import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Catalog } from '../../support/catalog.js'
import { deliver, event, type FakeLemonSqueezy, payment, sign, subscription, wireTime } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { applyPlan, codeOf } from '../../support/requests.js'
import type { TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const LATER = '2026-05-05T00:00:00.000Z'
/** User 10 buys from Lemon Squeezy, user 20 in the sandbox. */
const [ADA, BOB] = [10, 20]

let api: FakeLemonSqueezy
let server: TestServer
let plans: Catalog

const start = async (provider: 'sandbox' | 'none') => {
  ;({ api, server, plans } = await startWithLemonSqueezy(START, { PAYMENT_PROVIDER: `${provider},lemonsqueezy` }))
}
afterEach(async () => {
  await server.close()
  await api.close()
})

const CREATE_CHECKOUT = 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }'
const createCheckout = () => server.ask(BOB, CREATE_CHECKOUT, { input: { plan: 'pro', successUrl: server.url, cancelUrl: server.url } })
const buyInSandbox = async () => {
  await server.ask(BOB, '{ me { id } }')
  const { checkoutUrl } = (await createCheckout()).data.createCheckout
  expect(checkoutUrl).toContain(`${server.url}/sandbox/checkout/`)
  expect((await fetch(`${checkoutUrl}/pay`, { method: 'POST', redirect: 'manual' })).status).toBe(303)
  await server.settle()
}
const buyFromLemonSqueezy = async () => {
  api.subscriptions.set('1', subscription(1, START))
  api.payments.set('1', payment(1, 1, START, { billing_reason: 'initial' }))
  const created = event('subscription_created', subscription(1, START), { user_id: String(ADA) })
  const paid = event('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial' }))
  for (const body of [created, paid]) expect((await deliver(server.url, body)).status).toBe(200)
  await server.settle()
}
const readAccount = async (userId: number) =>
  (
    await server.ask(
      userId,
      '{ subscription { status provider plan { slug } } orders { nodes { id } } invoices { nodes { kind status } } }',
    )
  ).data
const changeRequests = () => api.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)
const sandboxSubscription = () => server.services.db.sandboxRecord.findFirstOrThrow({ where: { type: 'subscriptions' } })

describe('the sandbox and Lemon Squeezy, both configured', () => {
  beforeEach(async () => {
    await start('sandbox')
    await buyFromLemonSqueezy()
    await buyInSandbox()
  })

  test('process their own webhooks, while new checkouts use the sandbox', async () => {
    expect(await readAccount(ADA)).toMatchObject({
      subscription: { status: 'ACTIVE', provider: 'lemonsqueezy', plan: { slug: 'pro' } },
      invoices: { nodes: [{ kind: 'STATEMENT' }] },
    })
    expect(await readAccount(BOB)).toMatchObject({
      subscription: { status: 'ACTIVE', provider: 'sandbox', plan: { slug: 'pro' } },
      invoices: { nodes: [{ kind: 'INVOICE' }] },
    })
    const events = await server.services.db.providerEvent.groupBy({ by: ['source', 'status'], _count: true, orderBy: { source: 'asc' } })
    expect(events).toEqual([
      { source: 'lemonsqueezy', status: 'PROCESSED', _count: 2 },
      { source: 'sandbox', status: 'PROCESSED', _count: 3 },
    ])
  })

  test('have separate secrets: the route of the sandbox rejects the signature of Lemon Squeezy', async () => {
    const body = event('subscription_created', subscription(2, START), { user_id: String(BOB) })
    const headers = { 'content-type': 'application/json', 'x-signature': sign(body) }
    expect((await fetch(`${server.url}/webhooks/sandbox`, { method: 'POST', headers, body })).status).toBe(401)
  })

  test('each cancel, resume and change their own subscription', async () => {
    for (const userId of [ADA, BOB]) {
      expect(
        (await server.ask(userId, 'mutation { cancelSubscription { subscription { status } } }')).data.cancelSubscription.subscription
          .status,
      ).toBe('CANCELLED')
    }
    expect(changeRequests()).toEqual(['DELETE /v1/subscriptions/1'])
    expect((await sandboxSubscription()).attributes).toMatchObject({ status: 'cancelled' })
    await server.settle()
    const change =
      'mutation ($planId: ID!) { resumeSubscription { subscription { status } } changePlan(input: { planId: $planId, when: NOW }) { change { when } } }'
    for (const userId of [ADA, BOB]) {
      expect((await server.ask(userId, change, { planId: plans.starter })).errors).toBeUndefined()
      expect((await readAccount(userId)).subscription).toMatchObject({ status: 'ACTIVE', plan: { slug: 'starter' } })
    }
    expect(changeRequests()).toEqual(['DELETE /v1/subscriptions/1', 'PATCH /v1/subscriptions/1', 'PATCH /v1/subscriptions/1'])
    expect((await sandboxSubscription()).attributes).toMatchObject({ status: 'active', variant_id: 1002 })
    const portalUrl = async (userId: number) => (await server.ask(userId, '{ customerPortalUrl }')).data.customerPortalUrl
    expect(await portalUrl(ADA)).toContain('store.lemonsqueezy.com/billing')
    expect(await portalUrl(BOB)).toContain(`${server.url}/sandbox/portal/`)
  })

  test('each refund their own payment', async () => {
    for (const userId of [ADA, BOB]) {
      const { orders } = await readAccount(userId)
      const request = 'mutation ($orderId: ID!) { requestRefund(input: { orderId: $orderId }) { refund { status } } }'
      expect((await server.ask(userId, request, { orderId: orders.nodes[0].id })).data.requestRefund.refund.status).toBe('DONE')
    }
    await server.settle()
    expect(changeRequests()).toEqual(['POST /v1/subscription-invoices/1/refund', 'DELETE /v1/subscriptions/1'])
    const refunded = await server.services.db.sandboxRecord.findFirstOrThrow({ where: { type: 'subscription-invoices' } })
    expect(refunded.attributes).toMatchObject({ refunded: true })
    expect((await sandboxSubscription()).attributes).toMatchObject({ status: 'cancelled' })
  })

  test('each end a subscription that an administrator replaces', async () => {
    for (const userId of [ADA, BOB]) await applyPlan(server, { userId: String(userId), planId: plans.starter })
    await server.settle()
    expect(api.subscriptions.get('1')?.attributes.status).toBe('cancelled')
    expect((await sandboxSubscription()).attributes).toMatchObject({ status: 'cancelled' })
  })

  describe('when the webhooks of both were lost', () => {
    const statuses = async () => [(await readAccount(ADA)).subscription.status, (await readAccount(BOB)).subscription.status]
    const reconcile = () => server.runTask('reconcile')
    beforeEach(async () => {
      const paused = { status: 'paused', pause: { mode: 'void' }, updated_at: wireTime(LATER) }
      api.subscriptions.set('1', subscription(1, START, paused))
      const { id, attributes } = await sandboxSubscription()
      await server.services.db.sandboxRecord.update({ where: { id }, data: { attributes: { ...(attributes as object), ...paused } } })
      server.clock.set(LATER)
    })

    test('are both reconciled', async () => {
      await reconcile()
      expect(await statuses()).toEqual(['PAUSED', 'PAUSED'])
    })

    test('reconcile the sandbox even if Lemon Squeezy does not respond', async () => {
      api.failures.push({ status: 500 }, { status: 500 }, { status: 500 })
      await expect(reconcile()).rejects.toThrow('The payment provider did not respond')
      expect(await statuses()).toEqual(['ACTIVE', 'PAUSED'])
    })
  })
})

describe('the id of a variant', () => {
  const update = 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }'
  const setVariant = async (providerVariantId: string) =>
    (await server.ask('admin', update, { input: { id: plans.pro, providerVariantId } })).errors?.[0]?.message

  test('is checked by the provider of new checkouts', async () => {
    await start('sandbox')
    const numeric = 'input.providerVariantId: must be the numeric id of a variant, for example "123456"'
    for (const id of ['price_1NxAbC', '', '1'.repeat(16)]) expect(await setVariant(id)).toBe(numeric)
    expect(await setVariant('123456')).toBeUndefined()
  })

  test('is checked by the provider of existing subscriptions while new checkouts have no provider', async () => {
    await start('none')
    expect(await setVariant('price_1NxAbC')).toBe('input.providerVariantId: must be the numeric id of a variant, for example "123456"')
    expect(await setVariant('123456')).toBeUndefined()
  })
})

test('keeps the subscriptions of Lemon Squeezy while new checkouts have no provider', async () => {
  await start('none')
  await buyFromLemonSqueezy()
  await server.ask(BOB, '{ me { id } }')
  expect(codeOf(await createCheckout())).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
  expect(
    (await server.ask(ADA, 'mutation { cancelSubscription { subscription { status } } }')).data.cancelSubscription.subscription.status,
  ).toBe('CANCELLED')
  expect(changeRequests()).toEqual(['DELETE /v1/subscriptions/1'])
})
