import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Catalog } from '../../support/catalog.js'
import { deliverEscluse, escluseEvent } from '../../support/escluse.js'
import { deliver, event, type FakeLemonSqueezy, order, payment, sign, subscription, wireTime } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { buy, grantCredit } from '../../support/payments.js'
import { codeOf } from '../../support/requests.js'
import type { TestServer } from '../../support/server.js'

let plans: Catalog
let api: FakeLemonSqueezy
let server: TestServer
const CUSTOM = { user_id: '10' }
const START = '2026-05-01T10:00:00.000Z'
const ESCLUSE_SECRET = 'the secret of Escluse'

beforeEach(async () => {
  ;({ api, server, plans } = await startWithLemonSqueezy(START, {
    LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret, the secret from before',
    ESCLUSE_WEBHOOK_SECRET: ESCLUSE_SECRET,
  }))
})
afterEach(async () => {
  await server.close()
  await api.close()
})

const deliverEvent = async (name: string, data: Parameters<typeof event>[1], custom: object | undefined = CUSTOM) => {
  const { status } = await deliver(server.url, event(name, data, custom))
  expect(status).toBe(200)
  await server.settle()
}
const readAccount = async (who = 10) =>
  (
    await server.ask(
      who,
      `{ me { portalTier currentPlan { slug } } subscription { status plan { slug } currentPeriodStart currentPeriodEnd cancelAtPeriodEnd }
        orders { nodes { status amount { minorUnits currency } description } }
        invoices { nodes { kind number status amount { minorUnits currency } tax { minorUnits } createdAt creditNotes { number amount { minorUnits } } } } }`,
    )
  ).data
const listEvents = () =>
  server.services.db.providerEvent.findMany({ orderBy: { id: 'asc' }, select: { name: true, status: true, lastError: true, source: true } })

describe('the signature', () => {
  const body = event('order_created', order(1, START))
  test.each<[string, string | undefined]>([
    ['missing', undefined],
    ['empty', ''],
    ['too short', sign(body).slice(1)],
    ['too long', `${sign(body)}0`],
    ['of another alphabet', sign(body).replace(/./, 'g')],
    ['in capitals', sign(body).toUpperCase()],
    ['with a prefix', `sha256=${sign(body)}`],
    ['of another body', sign(`${body} `)],
    ['of another secret', sign(body, 'another secret, long enough')],
    ['of the other route', sign(body, ESCLUSE_SECRET)],
    ['only spaces', ' '.repeat(64)],
  ])('is rejected when it is %s', async (_name, signature) => {
    const headers = { 'content-type': 'application/json', ...(signature !== undefined && { 'x-signature': signature }) }
    const { status } = await fetch(`${server.url}/webhooks/lemonsqueezy`, { method: 'POST', headers, body })
    expect(status).toBe(401)
    expect(await listEvents()).toEqual([])
  })
  test('is accepted by either secret during a rotation', async () => {
    const old = event('order_created', order(2, START))
    expect((await deliver(server.url, old, { 'x-signature': sign(old, 'the secret from before') })).status).toBe(200)
    expect((await deliver(server.url, body)).status).toBe(200)
  })
  test('does not cover the event name in the header, which is ignored', async () => {
    await deliver(server.url, event('subscription_created', subscription(1, START), CUSTOM), { 'x-event-name': 'order_refunded' })
    expect(await listEvents()).toMatchObject([{ name: 'subscription_created' }])
  })
})

describe('a body that is not an event', () => {
  test.each([
    ['{"event":"x","data":{},"meta":{"event_name":"x"}}'],
    ['{"data":{}}'],
    ['{}'],
    ['[]'],
    ['"text"'],
    ['null'],
    ['not json'],
    [''],
    ['{"meta":{"event_name":"x"},"data":[]}'],
    ['{"event":5,"data":{}}'],
  ])('%s is rejected with 400 on both routes and is not stored', async (body) => {
    expect((await deliver(server.url, body)).status).toBe(400)
    expect((await deliverEscluse(server.url, body, ESCLUSE_SECRET)).status).toBe(400)
    expect(await listEvents()).toEqual([])
  })
  test('on the route of the other sender is rejected with 400 and the correct route, and is not stored', async () => {
    const plain = escluseEvent('subscription_created', { subscription_id: 'sub_1', plan: 'pro', customer_email: 'ada@example.com' })
    const atLemonSqueezy = await deliver(server.url, plain)
    expect([atLemonSqueezy.status, await atLemonSqueezy.json()]).toEqual([
      400,
      { error: 'This is an event of Escluse; send it to /webhooks/escluse, signed with the secret of that route' },
    ])
    const theirEvent = event('subscription_created', subscription(1, START), CUSTOM)
    const atEscluse = await deliverEscluse(server.url, theirEvent, ESCLUSE_SECRET)
    expect([atEscluse.status, await atEscluse.json()]).toEqual([
      400,
      { error: 'This is an event of Lemon Squeezy; send it to /webhooks/lemonsqueezy, signed with the secret of that route' },
    ])
    expect((await deliverEscluse(server.url, plain)).status).toBe(401)
    expect(await listEvents()).toEqual([])
  })
  const provider = (content: string) => `{"meta":{"event_name":"x"},"data":{"type":"x","id":"1","content":${content}}}`
  const escluse = (content: string) => `{"event":"x","data":{"content":${content}}}`
  test.each([
    ['U+0000', '"a\\u0000b"'],
    ['an unpaired surrogate', '"\\ud800"'],
    ['excessive nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('with %s is rejected with 400', async (_name, content) => {
    expect((await deliver(server.url, provider(content))).status).toBe(400)
    expect((await deliverEscluse(server.url, escluse(content), ESCLUSE_SECRET)).status).toBe(400)
  })
  test('may contain an escaped backslash before u0000 and ids of any length', async () => {
    const statusOf = async (body: string) => (await deliverEscluse(server.url, body, ESCLUSE_SECRET)).status
    expect(await statusOf(escluse('"C:\\\\u0000"'))).toBe(200)
    expect(await statusOf(escluseEvent('x', { subscription_id: 'x'.repeat(5000), refund_id: 'x'.repeat(5000) }))).toBe(200)
    expect(await statusOf(escluseEvent('x', { refund_id: 'x'.repeat(5000) }))).toBe(200)
    const long = payment(1, 1, START)
    expect(
      (await deliver(server.url, event('x', { ...long, attributes: { ...long.attributes, subscription_id: '9'.repeat(5000) } }))).status,
    ).toBe(200)
  })
  test('of more than a megabyte is rejected with 413', async () => {
    const long = `"${'x'.repeat(1_048_576)}"`
    expect((await deliver(server.url, provider(long))).status).toBe(413)
    expect((await deliverEscluse(server.url, escluse(long), ESCLUSE_SECRET)).status).toBe(413)
  })
  test('never causes a 5xx response, and a stored one is processed or parked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.string(), async (json, text) => {
        for (const body of [json, text, `{"meta":{"event_name":"a"},"data":${json}}`]) {
          expect((await deliver(server.url, body)).status).toBeLessThan(500)
        }
        for (const name of ['subscription_created', 'subscription_updated', 'subscription_canceled', 'refund_processed']) {
          const body = `{"event":"${name}","data":${json}}`
          expect((await deliverEscluse(server.url, body, ESCLUSE_SECRET)).status).toBeLessThan(500)
        }
      }),
      { numRuns: 40 },
    )
    await server.runJobs()
    const escluse = (await listEvents()).filter(({ source }) => source === 'escluse')
    expect(escluse.every(({ status, lastError }) => status === 'PARKED' && lastError?.startsWith('data.'))).toBe(true)
  })
})

test.each([
  [true, { status: 'PARKED', lastError: 'test mode events are not applied in production' }, 'free'],
  [false, { status: 'PROCESSED', lastError: null }, 'pro'],
])('handles a test mode event with production=%s as %j', async (production, expected, plan) => {
  server.config.production = production
  const { meta, data } = JSON.parse(event('subscription_created', subscription(1, START), CUSTOM))
  expect((await deliver(server.url, JSON.stringify({ meta: { ...meta, test_mode: true }, data }))).status).toBe(200)
  await server.settle()
  expect(await listEvents()).toMatchObject([expected])
  expect((await readAccount()).me.currentPlan.slug).toBe(plan)
})

test('ignores repeated deliveries and stores unknown events', async () => {
  const body = event('subscription_created', subscription(1, START), CUSTOM)
  expect(
    (await Promise.all([deliver(server.url, body), deliver(server.url, body), deliver(server.url, body)])).map(({ status }) => status),
  ).toEqual([200, 200, 200])
  await server.settle()
  await deliverEvent('license_key_created', { type: 'license-keys', id: '5', attributes: { key: 'x' } })
  expect((await listEvents()).map(({ name, status }) => `${name} ${status}`)).toEqual([
    'subscription_created PROCESSED',
    'license_key_created PROCESSED',
  ])
  expect(await server.services.db.subscription.count()).toBe(1)
})

test('activates the plan of a purchase and issues a statement, because the provider is the seller', async () => {
  await deliverEvent('order_created', order(9001, START))
  await deliverEvent('subscription_created', subscription(1, START))
  await deliverEvent(
    'subscription_payment_success',
    payment(1, 1, START, { billing_reason: 'initial', total: 1785, tax: 285, currency: 'EUR' }),
  )
  expect(await readAccount()).toEqual({
    me: { portalTier: 'PAID', currentPlan: { slug: 'pro' } },
    subscription: {
      status: 'ACTIVE',
      plan: { slug: 'pro' },
      currentPeriodStart: START,
      currentPeriodEnd: '2026-06-01T10:00:00.000Z',
      cancelAtPeriodEnd: false,
    },
    orders: { nodes: [{ status: 'ACTIVE', amount: { minorUnits: 1785, currency: 'EUR' }, description: 'Pro, 1 month' }] },
    invoices: {
      nodes: [
        {
          kind: 'STATEMENT',
          number: 'ST-2026-000001',
          status: 'PAID',
          amount: { minorUnits: 1785, currency: 'EUR' },
          tax: { minorUnits: 0 },
          createdAt: START,
          creditNotes: [],
        },
      ],
    },
  })
})

test('parks a payment until its subscription arrives', async () => {
  await deliverEvent('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial' }))
  expect(await listEvents()).toMatchObject([{ status: 'PARKED', lastError: 'the subscription of this payment is unknown' }])
  await deliverEvent('subscription_created', subscription(1, START))
  expect((await listEvents()).map(({ status }) => status)).toEqual(['PROCESSED', 'PROCESSED'])
  expect((await readAccount()).invoices.nodes).toHaveLength(1)
})

test('ignores stale snapshots, and resolves same-timestamp conflicts with the provider', async () => {
  const later = '2026-05-05T00:00:00.000Z'
  await deliverEvent('subscription_updated', subscription(1, START, { status: 'past_due', updated_at: wireTime(later) }))
  await deliverEvent('subscription_updated', subscription(1, START, { updated_at: wireTime('2026-05-04T23:59:59.999Z') }))
  expect((await readAccount()).subscription.status).toBe('PAST_DUE')
  await deliverEvent('subscription_updated', subscription(1, START, { updated_at: '2026-05-05T00:00:00.000001Z' }))
  expect((await readAccount()).subscription.status).toBe('ACTIVE')
  api.subscriptions.set(
    '1',
    subscription(1, START, { status: 'paused', pause: { mode: 'void' }, updated_at: '2026-05-05T00:00:00.000002Z' }),
  )
  await deliverEvent('subscription_updated', subscription(1, START, { status: 'past_due', updated_at: '2026-05-05T00:00:00.000001Z' }))
  expect((await readAccount()).subscription.status).toBe('PAUSED')
})

test.each([
  ['on_trial', 'TRIALING', 'pro'],
  ['active', 'ACTIVE', 'pro'],
  ['paused', 'PAUSED', 'free'],
  ['past_due', 'PAST_DUE', 'pro'],
  ['unpaid', 'UNPAID', 'free'],
  ['cancelled', 'CANCELLED', 'pro'],
])('maps %s to %s with the plan %s', async (status, mapped, plan) => {
  const trial =
    status === 'on_trial' ? { trial_ends_at: wireTime('2026-05-08T10:00:00Z'), renews_at: wireTime('2026-05-08T10:00:00Z') } : {}
  await deliverEvent(
    'subscription_created',
    subscription(1, START, { status, ends_at: status === 'cancelled' ? wireTime('2026-06-01T10:00:00Z') : null, ...trial }),
  )
  expect(await readAccount()).toMatchObject({ me: { currentPlan: { slug: plan } }, subscription: { status: mapped } })
})

test('ends an expired subscription, and reactivates it with an audit entry when the provider does', async () => {
  await deliverEvent('subscription_created', subscription(1, START))
  await deliverEvent(
    'subscription_expired',
    subscription(1, START, { status: 'expired', ends_at: wireTime('2026-05-02T00:00:00Z'), updated_at: wireTime('2026-05-02T00:00:00Z') }),
  )
  expect(await readAccount()).toMatchObject({ me: { portalTier: 'FREE' }, subscription: null })
  await deliverEvent(
    'subscription_updated',
    subscription(1, START, { updated_at: wireTime('2026-05-03T00:00:00Z'), status: 'paused', pause: { mode: 'free' } }),
  )
  expect(await readAccount()).toMatchObject({ me: { currentPlan: { slug: 'pro' } }, subscription: { status: 'PAUSED' } })
  const audit = await server.services.db.auditEntry.findMany({ where: { action: 'unexpectedTransition' } })
  expect(audit).toMatchObject([{ actor: 'provider', subject: 'user:10', details: { from: 'EXPIRED', to: 'PAUSED' } }])
})

test('falls back to the free plan after the grace period of a failed payment, and recovers when it is paid', async () => {
  await deliverEvent('subscription_created', subscription(1, START))
  await deliverEvent('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial' }))
  const renewal = '2026-06-01T10:00:00.000Z'
  server.clock.set(renewal)
  await deliverEvent('subscription_payment_failed', payment(2, 1, renewal, { status: 'pending' }))
  await deliverEvent(
    'subscription_updated',
    subscription(1, START, { status: 'past_due', updated_at: wireTime(renewal), renews_at: wireTime(renewal) }),
  )
  expect((await readAccount()).me.currentPlan.slug).toBe('pro')
  server.clock.set('2026-06-08T09:59:59.999Z')
  await server.tick()
  expect((await readAccount()).me).toEqual({ portalTier: 'PAID', currentPlan: { slug: 'pro' } })
  server.clock.set('2026-06-08T10:00:00.000Z')
  await server.tick()
  expect(await readAccount()).toMatchObject({
    me: { portalTier: 'FREE', currentPlan: { slug: 'free' } },
    subscription: { status: 'UNPAID' },
  })
  const paid = '2026-06-09T00:00:00.000Z'
  server.clock.set(paid)
  await deliverEvent(
    'subscription_updated',
    subscription(1, START, { updated_at: wireTime(paid), renews_at: wireTime('2026-07-01T10:00:00Z') }),
  )
  await deliverEvent('subscription_payment_recovered', payment(2, 1, renewal))
  await deliverEvent('subscription_payment_success', payment(2, 1, renewal, { updated_at: wireTime(paid) }))
  expect(await readAccount()).toMatchObject({
    me: { portalTier: 'PAID', currentPlan: { slug: 'pro' } },
    subscription: { status: 'ACTIVE', currentPeriodStart: renewal, currentPeriodEnd: '2026-07-01T10:00:00.000Z' },
    orders: { nodes: [{ status: 'ACTIVE' }, { status: 'EXPIRED' }] },
  })
  expect((await readAccount()).invoices.nodes).toHaveLength(2)
})

test('records the difference between the reported sums of refunds once, in the currency of the payment', async () => {
  await deliverEvent('subscription_created', subscription(1, START))
  await deliverEvent('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial', currency: 'EUR', total: 1400 }))
  api.subscriptions.set('1', subscription(1, START))
  const refunded = (amount: number, changes = {}) =>
    payment(1, 1, START, { billing_reason: 'initial', currency: 'EUR', total: 1400, refunded_amount: amount, ...changes })
  await deliverEvent('subscription_payment_refunded', refunded(400))
  await deliverEvent('subscription_payment_refunded', refunded(1000))
  await deliverEvent('subscription_payment_refunded', refunded(400, { card_brand: 'late' }))
  await deliverEvent('order_refunded', order(9001, START, { refunded_amount: 1000, currency: 'EUR' }))
  expect((await readAccount()).invoices.nodes[0]).toMatchObject({
    status: 'PARTIALLY_REFUNDED',
    creditNotes: [
      { number: 'ST-2026-000002', amount: { minorUnits: 400 } },
      { number: 'ST-2026-000003', amount: { minorUnits: 600 } },
    ],
  })
  expect((await readAccount()).me.currentPlan.slug).toBe('pro')
  await deliverEvent('order_refunded', order(9001, START, { refunded_amount: 1400, refunded: true, status: 'refunded' }))
  expect(await readAccount()).toMatchObject({
    me: { portalTier: 'FREE' },
    subscription: null,
    invoices: { nodes: [{ status: 'REFUNDED' }] },
  })
  expect(api.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1)
})

test('parks a refund of more than was paid, and changes nothing', async () => {
  await deliverEvent('subscription_created', subscription(1, START))
  await deliverEvent('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial', total: 1400 }))
  await deliverEvent('subscription_payment_refunded', payment(1, 1, START, { total: 1400, refunded_amount: 1500 }))
  const reported = await server.services.db.providerEvent.findFirst({ where: { name: 'subscription_payment_refunded' } })
  expect(reported).toMatchObject({
    status: 'PARKED',
    lastError: expect.stringMatching(/^the provider reports refunds of 1500 minor units, more than the 1400 of payment \d+$/),
  })
  expect([await server.services.db.refund.count(), await server.services.db.invoice.count()]).toEqual([0, 1])
})

test('parks a payment with which all that the customer has paid would exceed 2^53-1, until there is room for it', async () => {
  await deliverEvent('subscription_created', subscription(1, START))
  const granted = { minorUnits: Number.MAX_SAFE_INTEGER - 1499, currency: 'USD' }
  const { data } = await grantCredit(server, { userId: '10', amount: granted, expiresAt: '2026-05-02T00:00:00.000Z' })
  await deliverEvent('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial' }))
  expect((await listEvents())[1]).toMatchObject({
    status: 'PARKED',
    lastError:
      'what the customer has paid and was granted would exceed 9007199254740991 minor units; at most 1499 more are possible. Replay the event when balance has been paid out or granted credit has expired',
  })
  expect(data.grantCredit.balance.amount.minorUnits).toBe(granted.minorUnits)
  expect((await server.ask(10, '{ balances { amount { minorUnits } } }')).data.balances).toEqual([
    { amount: { minorUnits: granted.minorUnits } },
  ])
  server.clock.set('2026-05-02T00:00:00.000Z')
  await server.tick()
  const { id } = await server.services.db.providerEvent.findFirstOrThrow({ where: { status: 'PARKED' } })
  await server.ask('admin', 'mutation ($id: ID!) { replayProviderEvent(input: { eventId: $id }) { event { status } } }', { id: String(id) })
  await server.settle()
  expect((await readAccount()).invoices.nodes).toMatchObject([{ status: 'PAID', amount: { minorUnits: 1500 } }])
})

describe('an event of an unknown user or plan', () => {
  test('is parked and listed, and processed when it is replayed', async () => {
    await deliverEvent('subscription_created', subscription(1, START, { user_email: 'new@example.com' }), {})
    await deliverEvent('subscription_created', subscription(2, START, { variant_id: 77 }))
    const list = '{ providerEvents(status: PARKED) { totalCount nodes { id name subject status attempts lastError body } } }'
    const { providerEvents } = (await server.ask('admin', list)).data
    expect(providerEvents).toMatchObject({
      totalCount: 2,
      nodes: [
        { subject: 'subscription:2', lastError: 'no plan has the providerVariantId 77', attempts: 1 },
        { subject: 'subscription:1', lastError: 'no user for new@example.com', body: { meta: { event_name: 'subscription_created' } } },
      ],
    })
    await server.services.db.user.create({ data: { id: '11', email: 'New@example.com' } })
    const replay = 'mutation ($id: ID!) { replayProviderEvent(input: { eventId: $id }) { event { status } } }'
    expect((await server.ask('admin', replay, { id: providerEvents.nodes[1].id })).data.replayProviderEvent.event).toEqual({
      status: 'RECEIVED',
    })
    await server.settle()
    expect((await readAccount(11)).me.currentPlan.slug).toBe('pro')
    expect([codeOf(await server.ask(10, list)), codeOf(await server.ask(10, replay, { id: '1' }))]).toEqual(['FORBIDDEN', 'FORBIDDEN'])
    expect((await server.ask('admin', replay, { id: '999' })).errors?.[0]?.extensions.field).toBe('input.eventId')
  })
  test('cannot replace a paid subscription by naming its customer as the buyer', async () => {
    await deliverEvent('subscription_created', subscription(1, START))
    await deliverEvent('subscription_created', subscription(2, '2026-05-02T00:00:00.000Z', { variant_id: 1002 }))
    expect((await listEvents())[1]).toMatchObject({
      status: 'PARKED',
      lastError: 'user:10 has a paid subscription already, and this one was not bought through createCheckout',
    })
    expect((await readAccount()).me.currentPlan.slug).toBe('pro')
  })
  test('cannot replace a plan that is paid by invoice by naming its customer as the buyer', async () => {
    await buy(server, 10, plans.pro)
    await deliverEvent('subscription_created', subscription(1, '2026-05-02T00:00:00.000Z', { variant_id: 1002 }))
    expect(await listEvents()).toMatchObject([
      {
        status: 'PARKED',
        lastError: 'user:10 has a paid subscription already, and this one was not bought through createCheckout',
      },
    ])
    expect((await readAccount()).me.currentPlan.slug).toBe('pro')
  })
  test('is parked when the buyer does not manage the organisation', async () => {
    await deliverEvent('subscription_created', subscription(1, START), { user_id: '10', organisation_id: '70' })
    expect(await listEvents()).toMatchObject([{ status: 'PARKED' }])
  })
})

test('stores events while billing is off, and processes them when it is on again', async () => {
  const switchTo = (enabled: boolean) =>
    server.ask('admin', 'mutation ($enabled: Boolean!) { setBillingEnabled(input: { enabled: $enabled }) { enabled } }', { enabled })
  await switchTo(false)
  expect((await deliver(server.url, event('subscription_created', subscription(1, START), CUSTOM))).status).toBe(200)
  await server.runJobs()
  expect(await listEvents()).toMatchObject([{ status: 'RECEIVED' }])
  await switchTo(true)
  await server.settle()
  expect((await readAccount()).me.currentPlan.slug).toBe('pro')
})
