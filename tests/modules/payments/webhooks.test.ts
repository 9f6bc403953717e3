import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deliverEscluse, escluseEvent } from '../../support/escluse.js'
import { deliver, event, type FakeLemonSqueezy, order, payment, sign, subscription, wireTime } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { codeOf } from '../../support/requests.js'
import type { TestServer } from '../../support/server.js'

let api: FakeLemonSqueezy
let server: TestServer
const CUSTOM = { user_id: '10' }
const START = '2026-05-01T10:00:00.000Z'
const ESCLUSE_SECRET = 'the secret of Escluse'

beforeEach(async () => {
  ;({ api, server } = await startWithLemonSqueezy(START, {
    LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret, the secret from before',
    ESCLUSE_WEBHOOK_SECRET: ESCLUSE_SECRET,
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
    ['full of emptiness', ' '.repeat(64)],
  ])('a signature that is %s is refused', async (_name, signature) => {
    const headers = { 'content-type': 'application/json', ...(signature !== undefined && { 'x-signature': signature }) }
    const { status } = await fetch(`${server.url}/webhooks/lemonsqueezy`, { method: 'POST', headers, body })
    expect(status).toBe(401)
    expect(await stored()).toEqual([])
  })
  test('two secrets are good while they are being changed', async () => {
    const old = event('order_created', order(2, START))
    expect((await deliver(server.url, old, { 'x-signature': sign(old, 'the secret from before') })).status).toBe(200)
    expect((await deliver(server.url, body)).status).toBe(200)
  })
  test('the name in the header is not signed, and does not count', async () => {
    await deliver(server.url, event('subscription_created', subscription(1, START), CUSTOM), { 'x-event-name': 'order_refunded' })
    expect(await stored()).toMatchObject([{ name: 'subscription_created' }])
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
  ])('%s is 400 on both routes, and nothing is stored', async (body) => {
    expect((await deliver(server.url, body)).status).toBe(400)
    expect((await deliverEscluse(server.url, body, ESCLUSE_SECRET)).status).toBe(400)
    expect(await stored()).toEqual([])
  })
  test('an event on the route of the other sender is 400, says where it belongs, and is not stored', async () => {
    const plain = escluseEvent('subscription_created', { subscription_id: 'sub_1', plan: 'pro', customer_email: 'ada@example.com' })
    const atLemonSqueezy = await deliver(server.url, plain)
    expect([atLemonSqueezy.status, await atLemonSqueezy.json()]).toEqual([
      400,
      { error: 'This is an event of Escluse: POST it to /webhooks/escluse, signed with the secret of that route' },
    ])
    const theirs = event('subscription_created', subscription(1, START), CUSTOM)
    const atEscluse = await deliverEscluse(server.url, theirs, ESCLUSE_SECRET)
    expect([atEscluse.status, await atEscluse.json()]).toEqual([
      400,
      { error: 'This is an event of Lemon Squeezy: POST it to /webhooks/lemonsqueezy, signed with the secret of that route' },
    ])
    expect((await deliverEscluse(server.url, plain)).status).toBe(401)
    expect(await stored()).toEqual([])
  })
  const provider = (content: string) => `{"meta":{"event_name":"x"},"data":{"type":"x","id":"1","content":${content}}}`
  const escluse = (content: string) => `{"event":"x","data":{"content":${content}}}`
  test.each([
    ['U+0000', '"a\\u0000b"'],
    ['half of a surrogate pair', '"\\ud800"'],
    ['a nesting without end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('%s is 400', async (_name, content) => {
    expect((await deliver(server.url, provider(content))).status).toBe(400)
    expect((await deliverEscluse(server.url, escluse(content), ESCLUSE_SECRET)).status).toBe(400)
  })
  test('an escaped backslash before u0000 is accepted, and ids of any length are stored', async () => {
    const statusOf = async (body: string) => (await deliverEscluse(server.url, body, ESCLUSE_SECRET)).status
    expect(await statusOf(escluse('"C:\\\\u0000"'))).toBe(200)
    expect(await statusOf(escluseEvent('x', { subscription_id: 'x'.repeat(5000), refund_id: 'x'.repeat(5000) }))).toBe(200)
    expect(await statusOf(escluseEvent('x', { refund_id: 'x'.repeat(5000) }))).toBe(200)
    const long = payment(1, 1, START)
    expect(
      (await deliver(server.url, event('x', { ...long, attributes: { ...long.attributes, subscription_id: '9'.repeat(5000) } }))).status,
    ).toBe(200)
  })
  test('more than a megabyte is 413', async () => {
    const long = `"${'x'.repeat(1_048_576)}"`
    expect((await deliver(server.url, provider(long))).status).toBe(413)
    expect((await deliverEscluse(server.url, escluse(long), ESCLUSE_SECRET)).status).toBe(413)
  })
  test('the response is never 5xx, and whatever is stored is processed or parked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.string(), async (json, junk) => {
        for (const body of [json, junk, `{"meta":{"event_name":"a"},"data":${json}}`]) {
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
    const escluse = (await stored()).filter(({ source }) => source === 'escluse')
    expect(escluse.every(({ status, lastError }) => status === 'PARKED' && lastError?.startsWith('data.'))).toBe(true)
  })
})

test.each([
  [true, { status: 'PARKED', lastError: 'it is an event of the test mode, which is not applied in production' }, 'free'],
  [false, { status: 'PROCESSED', lastError: null }, 'pro'],
])('an event of the test mode in production (%s) has this effect: %j', async (production, outcome, plan) => {
  server.config.production = production
  const { meta, data } = JSON.parse(event('subscription_created', subscription(1, START), CUSTOM))
  expect((await deliver(server.url, JSON.stringify({ meta: { ...meta, test_mode: true }, data }))).status).toBe(200)
  await server.settle()
  expect(await stored()).toMatchObject([outcome])
  expect((await mine()).me.currentPlan.slug).toBe(plan)
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
