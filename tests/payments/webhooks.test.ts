import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deliver, event, type FakeLemonSqueezy, order, payment, sign, subscription, wireTime } from '../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../support/lemon-squeezy-server.js'
import { codeOf } from '../support/road.js'
import type { TestServer } from '../support/server.js'

let api: FakeLemonSqueezy
let server: TestServer
const CUSTOM = { user_id: '10' }
const START = '2026-05-01T10:00:00.000Z'

beforeEach(async () => {
  ;({ api, server } = await startWithLemonSqueezy(START, {
    LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret, the secret from before',
  }))
})
afterEach(async () => {
  await server.close()
  await api.close()
})

const tell = async (name: string, data: Parameters<typeof event>[1], custom: object | undefined = CUSTOM) => {
  const { status } = await deliver(server.url, event(name, data, custom))
  expect(status).toBe(200)
  await server.settle()
}
const mine = async (who = 10) =>
  (
    await server.ask(
      who,
      `{ me { portalTier currentPlan { slug } } subscription { status plan { slug } currentPeriodStart currentPeriodEnd cancelAtPeriodEnd }
        orders { nodes { status amount { minorUnits currency } description } }
        invoices { nodes { kind number status amount { minorUnits currency } tax { minorUnits } createdAt creditNotes { number amount { minorUnits } } } } }`,
    )
  ).data
const stored = () =>
  server.services.db.webhookEvent.findMany({ orderBy: { id: 'asc' }, select: { name: true, status: true, lastError: true, source: true } })

describe('who may send one', () => {
  const body = '{"event":"subscription_created","data":{"subscription_id":"sub_abc123","plan":"pro","customer_email":"user@example.com"}}'
  test('the body of the reference has the digest of the reference', () => {
    expect(sign(body)).toBe('04948e0ec7bd3b2e785679f0b281cf2be6f6c855cd9b68ba20f932cc7889ba7c')
  })
  test.each<[string, string | undefined]>([
    ['missing', undefined],
    ['empty', ''],
    ['too short', sign(body).slice(1)],
    ['too long', `${sign(body)}0`],
    ['of another alphabet', sign(body).replace(/./, 'g')],
    ['in capitals', sign(body).toUpperCase()],
    ['with a prefix', `sha256=${sign(body)}`],
    ['of another body', sign(`${body} `)],
    ['of another secret', sign(body, 'another secret')],
    ['full of emptiness', ' '.repeat(64)],
  ])('a signature that is %s is refused', async (_name, signature) => {
    const headers = { 'content-type': 'application/json', ...(signature !== undefined && { 'x-signature': signature }) }
    const { status } = await fetch(`${server.url}/webhooks/lemonsqueezy`, { method: 'POST', headers, body })
    expect(status).toBe(401)
    expect(await stored()).toEqual([])
  })
  test('two secrets are good while they are being changed', async () => {
    const old = event('order_created', order(1, START))
    expect((await deliver(server.url, old, { 'x-signature': sign(old, 'the secret from before') })).status).toBe(200)
    expect((await deliver(server.url, body)).status).toBe(200)
  })
  test('the name in the header is not signed, and does not count', async () => {
    await deliver(server.url, event('subscription_created', subscription(1, START), CUSTOM), { 'x-event-name': 'order_refunded' })
    expect(await stored()).toMatchObject([{ name: 'subscription_created' }])
  })
})

describe('what is no event', () => {
  test.each([
    ['{"event":"x","data":{},"meta":{"event_name":"x"}}'],
    ['{"data":{}}'],
    ['{}'],
    ['[]'],
    ['"text"'],
    ['null'],
    ['no json'],
    [''],
    ['{"meta":{"event_name":"x"},"data":[]}'],
    ['{"event":5,"data":{}}'],
  ])('%s is 400, and nothing is stored', async (body) => {
    expect((await deliver(server.url, body)).status).toBe(400)
    expect(await stored()).toEqual([])
  })
  test.each([
    ['U+0000', '{"event":"x","data":{"name":"a\\u0000b"}}'],
    ['half of a surrogate pair', '{"event":"x","data":{"name":"\\ud800"}}'],
    ['a nesting without end', `{"event":"x","data":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`],
  ])('%s is 400', async (_name, body) => {
    expect((await deliver(server.url, body)).status).toBe(400)
  })
  test('a backslash before u0000 is none, and numbers of any length are kept', async () => {
    expect((await deliver(server.url, '{"event":"x","data":{"path":"C:\\\\u0000"}}')).status).toBe(200)
    expect((await deliver(server.url, JSON.stringify({ event: 'x', data: { subscription_id: 'x'.repeat(5000) } }))).status).toBe(200)
    const long = payment(1, 1, START)
    expect(
      (await deliver(server.url, event('x', { ...long, attributes: { ...long.attributes, subscription_id: '9'.repeat(5000) } }))).status,
    ).toBe(200)
  })
  test('more than a megabyte is 413', async () => {
    expect((await deliver(server.url, JSON.stringify({ event: 'x', data: { long: 'x'.repeat(1_048_576) } }))).status).toBe(413)
  })
  test('whatever is sent, the answer is never 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.string(), async (json, junk) => {
        for (const body of [json, junk, `{"meta":{"event_name":"a"},"data":${json}}`, `{"event":"subscription_created","data":${json}}`]) {
          expect((await deliver(server.url, body)).status).toBeLessThan(500)
        }
      }),
      { numRuns: 40 },
    )
    await server.runJobs()
  })
})

test('a delivery that comes again changes nothing; an unknown event is kept', async () => {
  const body = event('subscription_created', subscription(1, START), CUSTOM)
  expect(
    (await Promise.all([deliver(server.url, body), deliver(server.url, body), deliver(server.url, body)])).map(({ status }) => status),
  ).toEqual([200, 200, 200])
  await server.settle()
  await tell('license_key_created', { type: 'license-keys', id: '5', attributes: { key: 'x' } })
  expect((await stored()).map(({ name, status }) => `${name} ${status}`)).toEqual([
    'subscription_created PROCESSED',
    'license_key_created PROCESSED',
  ])
  expect(await server.services.db.subscription.count()).toBe(1)
})

test('a purchase: subscription and payment make the plan active and issue a statement, for the provider is the seller', async () => {
  await tell('order_created', order(9001, START))
  await tell('subscription_created', subscription(1, START))
  await tell('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial', total: 1785, tax: 285, currency: 'EUR' }))
  expect(await mine()).toEqual({
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

test('a payment that arrives before its subscription waits for it', async () => {
  await tell('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial' }))
  expect(await stored()).toMatchObject([{ status: 'PARKED', lastError: 'its subscription is not known yet' }])
  await tell('subscription_created', subscription(1, START))
  expect((await stored()).map(({ status }) => status)).toEqual(['PROCESSED', 'PROCESSED'])
  expect((await mine()).invoices.nodes).toHaveLength(1)
})

test('an older state never overwrites a newer one; another one of the same moment is asked for', async () => {
  const later = '2026-05-05T00:00:00.000Z'
  await tell('subscription_updated', subscription(1, START, { status: 'past_due', updated_at: wireTime(later) }))
  await tell('subscription_updated', subscription(1, START, { updated_at: wireTime('2026-05-04T23:59:59.999Z') }))
  expect((await mine()).subscription.status).toBe('PAST_DUE')
  await tell('subscription_updated', subscription(1, START, { updated_at: '2026-05-05T00:00:00.000001Z' }))
  expect((await mine()).subscription.status).toBe('ACTIVE')
  api.subscriptions.set(
    '1',
    subscription(1, START, { status: 'paused', pause: { mode: 'void' }, updated_at: '2026-05-05T00:00:00.000002Z' }),
  )
  await tell('subscription_updated', subscription(1, START, { status: 'past_due', updated_at: '2026-05-05T00:00:00.000001Z' }))
  expect((await mine()).subscription.status).toBe('PAUSED')
})

test.each([
  ['on_trial', 'TRIALING', 'pro'],
  ['active', 'ACTIVE', 'pro'],
  ['paused', 'PAUSED', 'free'],
  ['past_due', 'PAST_DUE', 'pro'],
  ['unpaid', 'UNPAID', 'free'],
  ['cancelled', 'CANCELLED', 'pro'],
])('%s is %s, and gives %s', async (status, ours, plan) => {
  const trial =
    status === 'on_trial' ? { trial_ends_at: wireTime('2026-05-08T10:00:00Z'), renews_at: wireTime('2026-05-08T10:00:00Z') } : {}
  await tell(
    'subscription_created',
    subscription(1, START, { status, ends_at: status === 'cancelled' ? wireTime('2026-06-01T10:00:00Z') : null, ...trial }),
  )
  expect(await mine()).toMatchObject({ me: { currentPlan: { slug: plan } }, subscription: { status: ours } })
})

test('expired is over; paused for free goes on; an EXPIRED one that the provider revives is revived, and noted', async () => {
  await tell('subscription_created', subscription(1, START))
  await tell(
    'subscription_expired',
    subscription(1, START, { status: 'expired', ends_at: wireTime('2026-05-02T00:00:00Z'), updated_at: wireTime('2026-05-02T00:00:00Z') }),
  )
  expect(await mine()).toMatchObject({ me: { portalTier: 'FREE' }, subscription: null })
  await tell(
    'subscription_updated',
    subscription(1, START, { updated_at: wireTime('2026-05-03T00:00:00Z'), status: 'paused', pause: { mode: 'free' } }),
  )
  expect(await mine()).toMatchObject({ me: { currentPlan: { slug: 'pro' } }, subscription: { status: 'PAUSED' } })
  const audit = await server.services.db.auditEntry.findMany({ where: { action: 'unexpectedTransition' } })
  expect(audit).toMatchObject([{ actor: 'provider', subject: 'user:10', details: { from: 'EXPIRED', to: 'PAUSED' } }])
})

test('a payment that fails: grace, then the free plan, and back when it is paid', async () => {
  await tell('subscription_created', subscription(1, START))
  await tell('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial' }))
  const renewal = '2026-06-01T10:00:00.000Z'
  server.clock.set(renewal)
  await tell('subscription_payment_failed', payment(2, 1, renewal, { status: 'pending' }))
  await tell(
    'subscription_updated',
    subscription(1, START, { status: 'past_due', updated_at: wireTime(renewal), renews_at: wireTime(renewal) }),
  )
  expect((await mine()).me.currentPlan.slug).toBe('pro')
  server.clock.set('2026-06-08T09:59:59.999Z')
  await server.tick()
  expect((await mine()).me).toEqual({ portalTier: 'PAID', currentPlan: { slug: 'pro' } })
  server.clock.set('2026-06-08T10:00:00.000Z')
  await server.tick()
  expect(await mine()).toMatchObject({ me: { portalTier: 'FREE', currentPlan: { slug: 'free' } }, subscription: { status: 'UNPAID' } })
  const paid = '2026-06-09T00:00:00.000Z'
  server.clock.set(paid)
  await tell('subscription_updated', subscription(1, START, { updated_at: wireTime(paid), renews_at: wireTime('2026-07-01T10:00:00Z') }))
  await tell('subscription_payment_recovered', payment(2, 1, renewal))
  await tell('subscription_payment_success', payment(2, 1, renewal, { updated_at: wireTime(paid) }))
  expect(await mine()).toMatchObject({
    me: { portalTier: 'PAID', currentPlan: { slug: 'pro' } },
    subscription: { status: 'ACTIVE', currentPeriodStart: renewal, currentPeriodEnd: '2026-07-01T10:00:00.000Z' },
    orders: { nodes: [{ status: 'ACTIVE' }, { status: 'EXPIRED' }] },
  })
  expect((await mine()).invoices.nodes).toHaveLength(2)
})

test('refunds are told as a sum: the difference is booked, once, in the currency of the payment', async () => {
  await tell('subscription_created', subscription(1, START))
  await tell('subscription_payment_success', payment(1, 1, START, { billing_reason: 'initial', currency: 'EUR', total: 1400 }))
  api.subscriptions.set('1', subscription(1, START))
  const refunded = (amount: number, changes = {}) =>
    payment(1, 1, START, { billing_reason: 'initial', currency: 'EUR', total: 1400, refunded_amount: amount, ...changes })
  await tell('subscription_payment_refunded', refunded(400))
  await tell('subscription_payment_refunded', refunded(1000))
  await tell('subscription_payment_refunded', refunded(400, { card_brand: 'late' }))
  await tell('order_refunded', order(9001, START, { refunded_amount: 1000, currency: 'EUR' }))
  expect((await mine()).invoices.nodes[0]).toMatchObject({
    status: 'PARTIALLY_REFUNDED',
    creditNotes: [
      { number: 'ST-2026-000002', amount: { minorUnits: 400 } },
      { number: 'ST-2026-000003', amount: { minorUnits: 600 } },
    ],
  })
  expect((await mine()).me.currentPlan.slug).toBe('pro')
  await tell('order_refunded', order(9001, START, { refunded_amount: 1400, refunded: true, status: 'refunded' }))
  expect(await mine()).toMatchObject({ me: { portalTier: 'FREE' }, subscription: null, invoices: { nodes: [{ status: 'REFUNDED' }] } })
  expect(api.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1)
})

describe('an event for whom or what nobody knows', () => {
  test('is parked and shown, and processed when it is replayed', async () => {
    await tell('subscription_created', subscription(1, START, { user_email: 'new@example.com' }), {})
    await tell('subscription_created', subscription(2, START, { variant_id: 77 }))
    const list = '{ webhookEvents(status: PARKED) { totalCount nodes { id name subject status attempts lastError body } } }'
    const { webhookEvents } = (await server.ask('admin', list)).data
    expect(webhookEvents).toMatchObject({
      totalCount: 2,
      nodes: [
        { subject: 'subscription:2', lastError: 'no plan has the variant 77', attempts: 1 },
        { subject: 'subscription:1', lastError: 'no user for new@example.com', body: { meta: { event_name: 'subscription_created' } } },
      ],
    })
    await server.services.db.user.create({ data: { id: 11, email: 'New@example.com' } })
    const replay = 'mutation ($id: ID!) { replayWebhookEvent(id: $id) { status } }'
    expect((await server.ask('admin', replay, { id: webhookEvents.nodes[1].id })).data.replayWebhookEvent).toEqual({ status: 'RECEIVED' })
    await server.settle()
    expect((await mine(11)).me.currentPlan.slug).toBe('pro')
    expect([codeOf(await server.ask(10, list)), codeOf(await server.ask(10, replay, { id: '1' }))]).toEqual(['FORBIDDEN', 'FORBIDDEN'])
    expect((await server.ask('admin', replay, { id: '999' })).errors?.[0]?.extensions.field).toBe('id')
  })
  test('nobody can take the place of a paid subscription by naming its holder as the buyer', async () => {
    await tell('subscription_created', subscription(1, START))
    await tell('subscription_created', subscription(2, '2026-05-02T00:00:00.000Z', { variant_id: 1002 }))
    expect((await stored())[1]).toMatchObject({
      status: 'PARKED',
      lastError: 'user:10 has a paid subscription, and this one was not bought from a checkout of ours',
    })
    expect((await mine()).me.currentPlan.slug).toBe('pro')
  })
  test('an organisation that its buyer does not manage is nobody’s', async () => {
    await tell('subscription_created', subscription(1, START), { user_id: '10', organisation_id: '70' })
    expect(await stored()).toMatchObject([{ status: 'PARKED' }])
  })
})

test('while billing is off they are taken in, and processed when it is on again', async () => {
  const switchTo = (enabled: boolean) =>
    server.ask('admin', 'mutation ($enabled: Boolean!) { setBillingEnabled(enabled: $enabled) }', { enabled })
  await switchTo(false)
  expect((await deliver(server.url, event('subscription_created', subscription(1, START), CUSTOM))).status).toBe(200)
  await server.runJobs()
  expect(await stored()).toMatchObject([{ status: 'RECEIVED' }])
  await switchTo(true)
  await server.settle()
  expect((await mine()).me.currentPlan.slug).toBe('pro')
})

describe('the plain events of the reference', () => {
  const plain = async (name: string, data: object) => {
    const body = JSON.stringify({ event: name, data, at: Math.random() })
    expect((await deliver(server.url, body)).status).toBe(200)
    await server.settle()
  }
  test('created, updated, cancelled', async () => {
    await plain('subscription_created', { subscription_id: 'sub_abc123', plan: 'starter', customer_email: 'ada@example.com' })
    expect(await mine()).toMatchObject({ me: { currentPlan: { slug: 'starter' } }, subscription: { status: 'ACTIVE' } })
    await plain('subscription_updated', { subscription_id: 'sub_abc123', plan: 'pro', status: 'active' })
    expect((await mine()).me.currentPlan.slug).toBe('pro')
    await plain('subscription_updated', { subscription_id: 'sub_abc123', plan: 'pro', status: 'past_due' })
    expect((await mine()).subscription.status).toBe('PAST_DUE')
    await plain('subscription_canceled', { subscription_id: 'sub_abc123', effective_date: '2026-06-01T00:00:00Z' })
    expect(await mine()).toMatchObject({
      me: { currentPlan: { slug: 'pro' } },
      subscription: { status: 'CANCELLED', cancelAtPeriodEnd: true },
    })
    server.clock.set('2026-06-01T00:00:00.000Z')
    await server.tick()
    expect(await mine()).toMatchObject({ me: { portalTier: 'FREE' }, subscription: null })
  })
  test('one that comes too early waits', async () => {
    await plain('subscription_canceled', { subscription_id: 'sub_9', effective_date: '2026-06-01T00:00:00Z' })
    expect((await stored()).map(({ status }) => status)).toEqual(['PARKED'])
    await plain('subscription_created', { subscription_id: 'sub_9', plan: 'pro', customer_email: 'ada@example.com' })
    expect((await stored()).map(({ status }) => status)).toEqual(['PROCESSED', 'PROCESSED'])
    expect((await mine()).subscription.status).toBe('CANCELLED')
  })
  test('never go over a state that has a clock, and what they lack is parked', async () => {
    await tell('subscription_created', subscription(1, START))
    await plain('subscription_updated', { subscription_id: '1', plan: 'starter', status: 'expired' })
    expect(await mine()).toMatchObject({ me: { currentPlan: { slug: 'pro' } }, subscription: { status: 'ACTIVE' } })
    await plain('refund_processed', {
      refund_id: 'ref_xyz',
      amount: 1500,
      reason: 'customer_request',
      eligibility: { type: 'full', days_since_subscription: 3 },
    })
    await plain('subscription_created', { subscription_id: 'sub_2', plan: 'pro', customer_email: 'nobody@example.com' })
    await plain('subscription_created', { subscription_id: 'sub_3', plan: 'gold', customer_email: 'ada@example.com' })
    expect((await stored()).filter(({ source }) => source === 'reference').map(({ status }) => status)).toEqual([
      'PROCESSED',
      'PARKED',
      'PARKED',
      'PARKED',
    ])
  })
})
