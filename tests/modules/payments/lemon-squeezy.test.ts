import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LemonSqueezy } from '../../../src/modules/payments/lemon-squeezy/lemon-squeezy.js'
import type { Catalog } from '../../support/catalog.js'
import { deliverEscluse, escluseEvent } from '../../support/escluse.js'
import { deliver, event, type FakeLemonSqueezy, payment, subscription, wireTime } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { codeOf } from '../../support/requests.js'
import type { TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const ESCLUSE_SECRET = 'the secret of Escluse'
let api: FakeLemonSqueezy
let server: TestServer
let plans: Catalog

beforeEach(async () => {
  ;({ api, server, plans } = await startWithLemonSqueezy(START, {
    CHECKOUT_ORIGINS: 'https://panel.example.com',
    ESCLUSE_WEBHOOK_SECRET: ESCLUSE_SECRET,
  }))
})
afterEach(async () => {
  await server.close()
  await api.close()
})

const checkout = (changes: object = {}) =>
  server.ask(10, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
    input: { plan: 'pro', successUrl: 'https://panel.example.com/done', cancelUrl: 'https://panel.example.com/left', ...changes },
  })
const subscribe = async () => {
  api.subscriptions.set('1', subscription(1, START))
  api.payments.set('1', payment(1, 1, START, { billing_reason: 'initial' }))
  await deliver(server.url, event('subscription_created', subscription(1, START), { user_id: '10' }))
  await deliver(server.url, event('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial' })))
  await server.settle()
}
const readAccount = async () =>
  (
    await server.ask(
      10,
      '{ me { currentPlan { slug } } subscription { status plan { slug } currentPeriodStart } orders { nodes { id status } } invoices { nodes { status } } }',
    )
  ).data

describe('createCheckout', () => {
  test('sends the variant, and the buyer as custom data, and returns the page of the provider', async () => {
    const { data } = await checkout()
    expect(data.createCheckout.checkoutUrl).toContain(`${api.url}/checkout/buy/`)
    expect(api.requests).toMatchObject([
      {
        method: 'POST',
        path: '/v1/checkouts',
        authorization: 'Bearer key',
        body: {
          data: {
            type: 'checkouts',
            attributes: {
              checkout_data: { email: 'ada@example.com', custom: { user_id: '10', proof: expect.stringMatching(/^[\w-]{43}$/) } },
              product_options: { redirect_url: 'https://panel.example.com/done' },
            },
            relationships: { store: { data: { type: 'stores', id: '1' } }, variant: { data: { type: 'variants', id: '1001' } } },
          },
        },
      },
    ])
  })
  test('rejects a plan without providerVariantId', async () => {
    await server.services.db.plan.update({ where: { slug: 'pro' }, data: { providerVariantId: null } })
    expect((await checkout()).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.plan' })
  })
})

describe('a failing provider', () => {
  test.each([
    ['429 with Retry-After', [{ status: 429, headers: { 'retry-after': '0' } }]],
    ['two failures', [{ status: 500 }, { status: 503 }]],
  ])('is retried after %s', async (_name, troubles) => {
    api.failures.push(...troubles)
    expect((await checkout()).errors).toBeUndefined()
  })
  test('causes PAYMENT_PROVIDER_UNAVAILABLE, and receives no requests after repeated failures', async () => {
    api.failures.push(...Array.from({ length: 50 }, () => ({ status: 500 })))
    expect(codeOf(await checkout())).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    expect(codeOf(await checkout())).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    const sent = api.requests.length
    expect(sent).toBeLessThanOrEqual(6)
    const { errors } = await checkout()
    expect(errors?.[0]?.extensions.code).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    expect(errors?.[0]?.message).not.toContain('127.0.0.1')
    expect(api.requests.length).toBe(sent)
  })
  test('that never responds causes PAYMENT_PROVIDER_UNAVAILABLE after a timeout', async () => {
    api.failures.push({ status: 0, hang: true }, { status: 0, hang: true }, { status: 0, hang: true })
    expect(codeOf(await checkout())).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
  })
  test('that refuses connections causes PAYMENT_PROVIDER_UNAVAILABLE', async () => {
    const unreachable = new LemonSqueezy({ apiKey: 'key', storeId: '1', apiUrl: 'http://127.0.0.1:1' }, ['whsec_test_secret'])
    await expect(unreachable.readSubscription('1')).rejects.toMatchObject({ code: 'PAYMENT_PROVIDER_UNAVAILABLE' })
  })
  test('that rejects a request is not retried, and its reason is returned', async () => {
    api.failures.push({ status: 422 })
    const { errors } = await checkout()
    expect(errors?.[0]).toMatchObject({
      message: 'The payment provider rejected the request: in trouble',
      extensions: { code: 'PAYMENT_PROVIDER_UNAVAILABLE' },
    })
    expect(api.requests).toHaveLength(1)
  })
})

test('sends cancel, resume and plan change to the provider, and applies its responses', async () => {
  await subscribe()
  const status = async (mutation: string) =>
    (await server.ask(10, `mutation { ${mutation} { subscription { status } } }`)).data[mutation].subscription.status
  expect([await status('cancelSubscription'), await status('resumeSubscription')]).toEqual(['CANCELLED', 'ACTIVE'])
  await server.ask(10, 'mutation ($planId: ID!) { changePlan(input: { planId: $planId, when: NOW }) { change { when } } }', {
    planId: plans.starter,
  })
  expect(await readAccount()).toMatchObject({ me: { currentPlan: { slug: 'starter' } }, subscription: { plan: { slug: 'starter' } } })
  expect(api.requests.filter(({ method }) => method !== 'GET').map(({ method, body }) => [method, body?.data.attributes])).toEqual([
    ['DELETE', undefined],
    ['PATCH', { cancelled: false }],
    ['PATCH', { variant_id: 1002, invoice_immediately: true }],
  ])
  expect((await server.ask(10, '{ customerPortalUrl }')).data.customerPortalUrl).toContain('store.lemonsqueezy.com/billing')
})

test.each([
  ['applyPlan', 'mutation ($planId: ID!) { applyPlan(input: { userId: "10", planId: $planId }) { success } }'],
  ['cancelPlan', 'mutation { cancelPlan(input: { userId: "10" }) { success } }'],
])('%s ends the subscription at the provider too', async (_name, mutation) => {
  await subscribe()
  await server.ask('admin', mutation, { planId: plans.starter })
  await server.settle()
  expect(api.subscriptions.get('1')?.attributes.status).toBe('cancelled')
  await deliver(server.url, event('subscription_cancelled', api.subscriptions.get('1') ?? subscription(1, START)))
  await server.settle()
  expect((await readAccount()).me.currentPlan.slug).toBe(mutation.includes('applyPlan') ? 'starter' : 'free')
})

test('keeps the later of two purchases in any order of arrival, and cancels the other one at the provider', async () => {
  const later = '2026-05-02T00:00:00.000Z'
  const proof = (await checkout()).data && api.requests[0]?.body?.data.attributes.checkout_data.custom
  for (const [id, at] of [
    [2, later],
    [1, START],
  ] as const)
    api.subscriptions.set(String(id), subscription(id, at, id === 1 ? { variant_id: 1002 } : {}))
  await deliver(server.url, event('subscription_created', api.subscriptions.get('2') ?? subscription(2, later), proof))
  await server.settle()
  await deliver(server.url, event('subscription_created', api.subscriptions.get('1') ?? subscription(1, START), proof))
  await server.settle()
  expect((await readAccount()).me.currentPlan.slug).toBe('pro')
  expect([api.subscriptions.get('1')?.attributes.status, api.subscriptions.get('2')?.attributes.status]).toEqual(['cancelled', 'active'])
})

describe('a refund', () => {
  const refund = async (key?: string) => {
    const { id } = (await readAccount()).orders.nodes[0]
    return server.ask(
      10,
      'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { status amount { minorUnits } } } }',
      { input: { orderId: id, idempotencyKey: key } },
    )
  }
  const sent = () => api.requests.filter(({ path }) => path.endsWith('/refund'))

  test('is requested from the provider once and ends the plan on both sides; its webhook changes nothing', async () => {
    await subscribe()
    expect((await refund()).data.requestRefund.refund).toEqual({ status: 'DONE', amount: { minorUnits: 1500 } })
    await deliver(server.url, event('subscription_payment_refunded', api.payments.get('1') ?? payment(1, 1, START)))
    await server.settle()
    expect(sent()).toMatchObject([{ body: { data: { attributes: { amount: 1500 } } } }])
    expect(await server.services.db.refund.count()).toBe(1)
    expect(await readAccount()).toMatchObject({
      me: { currentPlan: { slug: 'free' } },
      subscription: null,
      invoices: { nodes: [{ status: 'REFUNDED' }] },
    })
    expect(api.subscriptions.get('1')?.attributes.status).toBe('cancelled')
    await deliver(server.url, event('subscription_updated', api.subscriptions.get('1') ?? subscription(1, START)))
    await server.settle()
    expect((await readAccount()).me.currentPlan.slug).toBe('free')
  })

  test('excludes the amount that another system has refunded already', async () => {
    await subscribe()
    const { id } = (await readAccount()).orders.nodes[0]
    const reported = escluseEvent('refund_processed', { refund_id: 'ref_xyz', amount: 400, order_id: id })
    expect((await deliverEscluse(server.url, reported, ESCLUSE_SECRET)).status).toBe(200)
    await server.settle()
    expect((await refund()).data.requestRefund.refund).toEqual({ status: 'DONE', amount: { minorUnits: 1100 } })
    expect(sent()).toMatchObject([{ body: { data: { attributes: { amount: 1100 } } } }])
  })

  test('is completed later when the provider does not respond, without being sent twice', async () => {
    await subscribe()
    api.failures.push({ status: 500 }, { status: 500 }, { status: 500 })
    expect(codeOf(await refund('r'))).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    expect(codeOf(await refund())).toBe('REFUND_NOT_ELIGIBLE')
    expect(await server.services.db.refund.findMany({ select: { status: true } })).toEqual([{ status: 'REQUESTED' }])
    // The provider has made the refund, but its response was lost.
    Object.assign(api.payments.get('1')?.attributes ?? {}, { refunded_amount: 1500, refunded: true, status: 'refunded' })
    await server.connections.pool.query('UPDATE graphile_worker._private_jobs SET run_at = now()')
    await server.settle()
    expect(sent()).toHaveLength(0)
    expect(await readAccount()).toMatchObject({ me: { currentPlan: { slug: 'free' } }, invoices: { nodes: [{ status: 'REFUNDED' }] } })
    expect((await refund('r')).data.requestRefund.refund.status).toBe('DONE')
  })
})

test('the credit note of a refund by the provider states so in the language of the customer', async () => {
  await server.ask(10, 'mutation { setBillingDetails(input: { name: "Ada", locale: "de-DE" }) { billingDetails { locale } } }')
  await subscribe()
  api.payments.set('1', payment(1, 1, START, { billing_reason: 'initial', refunded_amount: 300 }))
  await server.runTask('reconcile')
  const query = '{ orders { nodes { refunds { reason creditNotes { reason } } } } }'
  expect((await server.ask(10, query)).data.orders.nodes[0].refunds).toEqual([
    { reason: 'Refunded by the payment provider', creditNotes: [{ reason: 'Erstattet durch den Zahlungsanbieter' }] },
  ])
})

test('reconciles a day of lost webhooks by reading the provider', async () => {
  await subscribe()
  // Without webhooks: a renewal, a partial refund, a new customer and a cancellation.
  const renewed = '2026-06-01T10:00:00.000Z'
  api.subscriptions.set('1', subscription(1, START, { updated_at: wireTime(renewed), renews_at: wireTime('2026-07-01T10:00:00Z') }))
  api.payments.set('2', payment(2, 1, renewed))
  api.payments.set('1', payment(1, 1, START, { billing_reason: 'initial', refunded_amount: 300 }))
  await server.services.db.user.create({ data: { id: '11', email: 'bob@example.com' } })
  api.subscriptions.set(
    '2',
    subscription(2, renewed, {
      user_email: 'bob@example.com',
      status: 'cancelled',
      cancelled: true,
      ends_at: wireTime('2026-07-01T10:00:00Z'),
      renews_at: null,
    }),
  )
  api.payments.set('3', payment(3, 2, renewed, { billing_reason: 'initial' }))
  api.subscriptions.set('3', subscription(3, renewed, { user_email: 'nobody@example.com' }))
  server.clock.set('2026-06-02T00:00:00.000Z')
  await server.runTask('reconcile')
  await server.runTask('reconcile')
  expect(await readAccount()).toMatchObject({
    subscription: { currentPeriodStart: renewed },
    orders: { nodes: [{ status: 'ACTIVE' }, { status: 'EXPIRED' }] },
    invoices: { nodes: [{ status: 'PAID' }, { status: 'PARTIALLY_REFUNDED' }] },
  })
  const bob = (await server.ask(11, '{ me { currentPlan { slug } } subscription { status } invoices { totalCount } }')).data
  expect(bob).toEqual({ me: { currentPlan: { slug: 'pro' } }, subscription: { status: 'CANCELLED' }, invoices: { totalCount: 1 } })
  expect(server.logged.join()).toContain('no user for nobody@example.com')
})
