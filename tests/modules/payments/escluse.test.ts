import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { processWebhook } from '../../../src/modules/payments/inbound-webhooks/process-webhook.js'
import { createCatalog } from '../../support/catalog.js'
import { deliverEscluse, escluseEvent } from '../../support/escluse.js'
import { rowId } from '../../support/ids.js'
import { deliver, event, sign, subscription } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { applyPlan, cancelPlan, codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
const START = '2026-05-01T10:00:00.000Z'

async function start(now: string): Promise<void> {
  server = await startServer({ now, environment: { PAYMENT_PROVIDER: 'none', ESCLUSE_WEBHOOK_SECRET: 'whsec_test_secret' } })
  await createCatalog(server)
  await server.services.db.user.create({ data: { id: '10', email: 'ada@example.com' } })
}
const send = async (name: string, data: object) => {
  expect((await deliverEscluse(server.url, escluseEvent(name, data))).status).toBe(200)
  await server.settle()
}
const create = (id = 'sub_abc123', plan = 'pro') =>
  send('subscription_created', { subscription_id: id, plan, customer_email: 'ada@example.com' })
const update = (status: string, plan = 'pro') => send('subscription_updated', { subscription_id: 'sub_abc123', plan, status })
const cancel = (effective_date: string) => send('subscription_canceled', { subscription_id: 'sub_abc123', effective_date })
const SUBSCRIPTION = 'status plan { slug } currentPeriodStart currentPeriodEnd cancelAtPeriodEnd endsAt provider providerId'
const readAccount = async (userId = 10) =>
  (await server.ask(userId, `{ me { portalTier currentPlan { slug } } subscription { id ${SUBSCRIPTION} } }`)).data
const listEvents = () =>
  server.services.db.providerEvent.findMany({ orderBy: { id: 'asc' }, select: { name: true, status: true, lastError: true, source: true } })
const advanceTo = async (now: string) => {
  server.clock.set(now)
  await server.tick()
}

afterEach(() => server.close())

describe('without a payment provider', () => {
  beforeEach(() => start(START))

  test('accepts and processes the documented body with the documented digest', async () => {
    const body = '{"event":"subscription_created","data":{"subscription_id":"sub_abc123","plan":"pro","customer_email":"user@example.com"}}'
    expect(sign(body, 'whsec_test_secret')).toBe('04948e0ec7bd3b2e785679f0b281cf2be6f6c855cd9b68ba20f932cc7889ba7c')
    await server.services.db.user.create({ data: { id: '11', email: 'user@example.com' } })
    expect((await deliverEscluse(server.url, body, 'whsec_test_secret')).status).toBe(200)
    expect((await deliverEscluse(server.url, body, 'whsec_test_secret')).status).toBe(200)
    await server.settle()
    expect(await listEvents()).toEqual([{ name: 'subscription_created', status: 'PROCESSED', lastError: null, source: 'escluse' }])
    expect(await readAccount(11)).toMatchObject({
      me: { portalTier: 'PAID' },
      subscription: { provider: 'escluse', providerId: 'sub_abc123' },
    })
  })

  test('changes plan, status and access by created, updated and cancelled events', async () => {
    await create('sub_abc123', 'starter')
    expect(await readAccount()).toMatchObject({
      me: { currentPlan: { slug: 'starter' } },
      subscription: {
        status: 'ACTIVE',
        currentPeriodStart: START,
        currentPeriodEnd: '2026-06-01T10:00:00.000Z',
        endsAt: null,
      },
    })
    await update('active', 'pro')
    expect((await readAccount()).me.currentPlan.slug).toBe('pro')
    await update('past_due')
    expect((await readAccount()).subscription.status).toBe('PAST_DUE')
    await cancel('2026-05-20T00:00:00Z')
    expect(await readAccount()).toMatchObject({
      me: { currentPlan: { slug: 'pro' } },
      subscription: {
        status: 'CANCELLED',
        cancelAtPeriodEnd: true,
        currentPeriodEnd: '2026-06-01T10:00:00.000Z',
        endsAt: '2026-05-20T00:00:00.000Z',
      },
    })
    server.clock.set('2026-05-19T23:59:59.999Z')
    expect((await readAccount()).me.currentPlan.slug).toBe('pro')
    server.clock.set('2026-05-20T00:00:00.000Z')
    expect((await readAccount()).me.currentPlan.slug).toBe('free')
    await server.tick()
    expect(await readAccount()).toMatchObject({ me: { portalTier: 'FREE' }, subscription: null })
  })

  test('keeps access until an effective date beyond the period', async () => {
    await create()
    await cancel('2026-08-01T00:00:00+02:00')
    expect((await readAccount()).subscription).toMatchObject({ endsAt: '2026-07-31T22:00:00.000Z', currentPeriodStart: START })
    await advanceTo('2026-07-31T21:59:59.999Z')
    expect(await readAccount()).toMatchObject({
      me: { currentPlan: { slug: 'pro' } },
      subscription: { currentPeriodStart: '2026-07-01T10:00:00.000Z' },
    })
    await advanceTo('2026-07-31T22:00:00.000Z')
    expect(await readAccount()).toMatchObject({ me: { portalTier: 'FREE' }, subscription: null })
  })

  test('ends a cancellation without an effective date with the period, and keeps a stored date', async () => {
    await create()
    await update('canceled')
    expect((await readAccount()).subscription).toMatchObject({ status: 'CANCELLED', endsAt: '2026-06-01T10:00:00.000Z' })
    await cancel('2026-05-20T00:00:00Z')
    await update('canceled')
    expect((await readAccount()).subscription.endsAt).toBe('2026-05-20T00:00:00.000Z')
    await update('active')
    expect((await readAccount()).subscription).toMatchObject({ status: 'ACTIVE', endsAt: null })
  })

  test('parks an event until its subscription arrives', async () => {
    await cancel('2026-06-01T00:00:00Z')
    expect(await listEvents()).toMatchObject([{ status: 'PARKED', lastError: 'data.subscription_id: unknown subscription' }])
    await create()
    expect((await listEvents()).map(({ status }) => status)).toEqual(['PROCESSED', 'PROCESSED'])
    expect((await readAccount()).subscription.status).toBe('CANCELLED')
  })

  test('parks an event of an unknown customer or plan, and processes it when it is replayed', async () => {
    await send('subscription_created', { subscription_id: 'sub_2', plan: 'pro', customer_email: 'nobody@example.com' })
    await send('subscription_created', { subscription_id: 'sub_3', plan: 'gold', customer_email: 'ada@example.com' })
    await send('subscription_created', { subscription_id: 'sub_4', plan: 'gold' })
    expect((await listEvents()).map(({ lastError }) => lastError)).toEqual([
      'data.customer_email: unknown user nobody@example.com',
      'data.plan: unknown plan gold',
      'data.customer_email: Invalid input: expected string, received undefined',
    ])
    await server.services.db.user.create({ data: { id: '11', email: 'nobody@example.com' } })
    const [first] = (await server.ask('admin', '{ providerEvents(status: PARKED, last: 1) { nodes { id source } } }')).data.providerEvents
      .nodes
    await server.ask('admin', 'mutation ($id: ID!) { replayProviderEvent(input: { eventId: $id }) { event { status } } }', { id: first.id })
    await server.settle()
    expect((await readAccount(11)).me.currentPlan.slug).toBe('pro')
  })

  test('matches e-mail addresses case-insensitively and without wildcards', async () => {
    await server.services.db.user.create({ data: { id: '11', email: 'a_b@example.com' } })
    for (const customer_email of ['%', 'ad_@example.com', 'a%@example.com', 'a\\_b@example.com']) {
      await send('subscription_created', { subscription_id: `sub_${customer_email}`, plan: 'pro', customer_email })
      expect((await listEvents()).at(-1)).toMatchObject({
        status: 'PARKED',
        lastError: `data.customer_email: unknown user ${customer_email}`,
      })
    }
    await send('subscription_created', { subscription_id: 'sub_7', plan: 'pro', customer_email: 'A_B@Example.com' })
    expect((await readAccount(11)).me.currentPlan.slug).toBe('pro')
    expect((await readAccount(10)).me.currentPlan.slug).toBe('free')
  })

  test('returns a subscription over REST by both of its ids, and only to its customer', async () => {
    await create()
    const { id } = (await readAccount()).subscription
    const get = async (path: string, userId = 10) => {
      const response = await fetch(`${server.url}/api/v1/billing/${path}`, {
        headers: { authorization: `Bearer ${await server.token(userId)}` },
      })
      return { status: response.status, body: await response.json() }
    }
    const { body } = await get('subscription')
    expect(body.data).toMatchObject({ id: 'sub_abc123', plan: 'pro', status: 'active' })
    expect(await get('subscriptions/sub_abc123')).toEqual({ status: 200, body })
    expect(await get(`subscriptions/${id}`)).toEqual({ status: 200, body })
    expect((await get('subscriptions/sub_999')).status).toBe(404)
    expect((await get('subscriptions/sub_abc123', 11)).status).toBe(404)
    await cancelPlan(server, { userId: '10' })
    const plan = await server.services.db.plan.findUniqueOrThrow({ where: { slug: 'pro' } })
    await applyPlan(server, { userId: '10', planId: String(plan.id) })
    const own = (await readAccount()).subscription
    expect(own).toMatchObject({ provider: null, providerId: null })
    expect((await get('subscription')).body.data.id).toBe(own.id)
  })

  test('rejects the cancellation of a subscription billed by Escluse', async () => {
    await create()
    const response = await server.ask(10, 'mutation { cancelSubscription { subscription { status } } }')
    expect([codeOf(response), response.errors?.[0]?.message]).toEqual([
      'PAYMENT_PROVIDER_UNAVAILABLE',
      expect.stringMatching(/^Subscription \d+ is billed by Escluse; change it there$/),
    ])
    expect((await readAccount()).subscription.status).toBe('ACTIVE')
  })
})

describe('the periods of a subscription', () => {
  test('advance for fourteen months, counted from 31 January', async () => {
    await start('2026-01-31T10:00:00.000Z')
    await create()
    const ends = '2026-02-28 2026-03-31 2026-04-30 2026-05-31 2026-06-30 2026-07-31 2026-08-31 2026-09-30 2026-10-31 2026-11-30 2026-12-31'
    for (const end of [...ends.split(' '), '2027-01-31', '2027-02-28', '2027-03-31']) {
      const { currentPeriodEnd } = (await readAccount()).subscription
      expect(currentPeriodEnd).toBe(`${end}T10:00:00.000Z`)
      await advanceTo(`${end}T09:59:59.999Z`)
      expect((await readAccount()).subscription.currentPeriodEnd).toBe(currentPeriodEnd)
      server.clock.set(currentPeriodEnd)
      await Promise.all([server.tick(), server.tick(), server.tick()])
      expect(await readAccount()).toMatchObject({
        me: { currentPlan: { slug: 'pro' } },
        subscription: { status: 'ACTIVE', currentPeriodStart: currentPeriodEnd },
      })
    }
  })

  test('follow a clock that jumps fourteen months, and later events keep the anchor', async () => {
    await start('2026-01-31T10:00:00.000Z')
    await create()
    await advanceTo('2027-03-31T10:00:00.000Z')
    const period = { currentPeriodStart: '2027-03-31T10:00:00.000Z', currentPeriodEnd: '2027-04-30T10:00:00.000Z' }
    expect((await readAccount()).subscription).toMatchObject(period)
    await update('active', 'starter')
    expect((await readAccount()).subscription).toMatchObject({ ...period, plan: { slug: 'starter' } })
    server.clock.set('2027-04-30T10:00:00.000Z')
    await update('active', 'starter')
    expect((await readAccount()).subscription).toMatchObject({
      currentPeriodStart: '2027-04-30T10:00:00.000Z',
      currentPeriodEnd: '2027-05-31T10:00:00.000Z',
    })
  })

  test.each([
    ['trialing', '2026-07-01T10:00:00.000Z'],
    ['past_due', START],
    ['paused', START],
    ['unpaid', START],
  ])('of a subscription that is %s start at %s after two months', async (status, expected) => {
    await start(START)
    await create()
    await update(status)
    await advanceTo('2026-07-02T00:00:00.000Z')
    expect((await readAccount()).subscription.currentPeriodStart).toBe(expected)
  })
})

describe('an event of a new subscription', () => {
  const CREATED = { subscription_id: 'sub_new', plan: 'starter', customer_email: 'ada@example.com' }

  test('is parked while a payment provider bills the customer', async () => {
    server = await startServer({ now: START, environment: { ESCLUSE_WEBHOOK_SECRET: 'whsec_test_secret' } })
    await createCatalog(server)
    await server.services.db.user.create({ data: { id: '10', email: 'ada@example.com' } })
    const input = { plan: 'pro', successUrl: server.url, cancelUrl: server.url }
    const checkout = 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }'
    const { data } = await server.ask(10, checkout, { input })
    await fetch(`${data.createCheckout.checkoutUrl}/pay`, { method: 'POST', redirect: 'manual' })
    await server.settle()
    await deliverEscluse(server.url, escluseEvent('subscription_created', CREATED), 'whsec_test_secret')
    await server.settle()
    expect((await listEvents()).at(-1)).toMatchObject({
      status: 'PARKED',
      lastError: 'user:10 has a subscription of sandbox: cancel it, then replay the event',
    })
    expect(await readAccount()).toMatchObject({ subscription: { status: 'ACTIVE', provider: 'sandbox', plan: { slug: 'pro' } } })
  })

  test('replaces an approved plan and cancels its order', async () => {
    await start(START)
    const { data } = await applyPlan(server, { userId: '10', planId: '3' })
    await send('subscription_created', CREATED)
    expect(await readAccount()).toMatchObject({ subscription: { provider: 'escluse', plan: { slug: 'starter' } } })
    const order = await server.services.db.order.findUniqueOrThrow({ where: { id: rowId(data.applyPlan.order.id) } })
    expect(order.status).toBe('CANCELLED')
  })
})

test('an event that is retried does not override a later one', async () => {
  await start(START)
  await create()
  await cancel('2026-06-20T00:00:00Z')
  const { id } = await server.services.db.providerEvent.findFirstOrThrow({ where: { name: 'subscription_canceled' } })
  await cancel('2026-05-20T00:00:00Z')
  await server.services.db.providerEvent.update({ where: { id }, data: { status: 'FAILED' } })
  await processWebhook(server.services, id)
  expect((await readAccount()).subscription.endsAt).toBe('2026-05-20T00:00:00.000Z')
  expect((await listEvents()).map(({ status }) => status)).toEqual(['PROCESSED', 'PROCESSED', 'PROCESSED'])
})

test.each(['9999-12-31T23:59:59-14:00', '1999-12-31T23:59:59Z'])('an effective date of %s is parked', async (date) => {
  await start(START)
  await create()
  await cancel(date)
  expect((await listEvents()).at(-1)).toMatchObject({
    status: 'PARKED',
    lastError: 'data.effective_date: must be in the years 2000 to 9999',
  })
  expect((await readAccount()).subscription).toMatchObject({ status: 'ACTIVE', endsAt: null })
})

test.each(['constructor', '__proto__', 'frozen'])('an unknown status, %s, is parked', async (status) => {
  await start(START)
  await create()
  await update(status)
  expect((await listEvents()).at(-1)).toMatchObject({ status: 'PARKED', lastError: `data.status: ${status} is not a known status` })
})

test('a cancelled subscription passes through its periods until its effective date, which the REST API returns', async () => {
  await start(START)
  await create()
  await cancel('2026-08-10T00:00:00Z')
  await advanceTo('2026-07-02T00:00:00.000Z')
  const headers = { authorization: `Bearer ${await server.token(10)}` }
  const { data } = (await (await fetch(`${server.url}/api/v1/billing/subscription`, { headers })).json()) as any
  expect(data).toMatchObject({
    status: 'cancelled',
    current_period_start: '2026-07-01T10:00:00Z',
    current_period_end: '2026-08-01T10:00:00Z',
    ends_at: '2026-08-10T00:00:00Z',
  })
})

test('never overrides a state of the payment provider by an Escluse event', async () => {
  const { api, ...started } = await startWithLemonSqueezy(START, { ESCLUSE_WEBHOOK_SECRET: 'the secret of Escluse' })
  server = started.server
  await deliver(server.url, event('subscription_created', subscription(1, START), { user_id: '10' }))
  await server.settle()
  const body = escluseEvent('subscription_updated', { subscription_id: '1', plan: 'starter', status: 'expired' })
  expect((await deliverEscluse(server.url, body, 'the secret of Escluse')).status).toBe(200)
  await server.settle()
  expect(await readAccount()).toMatchObject({
    me: { currentPlan: { slug: 'pro' } },
    subscription: { status: 'ACTIVE', provider: 'lemonsqueezy', providerId: '1' },
  })
  await api.close()
})
