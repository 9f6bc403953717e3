import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Catalogue, createCatalogue } from '../../support/catalogue.js'
import { deliver, event, subscription, wireTime } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { applyPlan, codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const BOUGHT = '2026-01-31T10:00:00.000Z'
const RENEWAL = '2026-02-28T10:00:00.000Z'
let server: TestServer
let plans: Catalogue

afterEach(() => server.close())

const cancel = () => server.ask(10, 'mutation { cancelSubscription { status cancelAtPeriodEnd endsAt } }')
const cancelled = async () => {
  const { data, errors } = await cancel()
  expect(errors).toBeUndefined()
  return data.cancelSubscription
}
const mine = async () =>
  (await server.ask(10, '{ me { portalTier currentPlan { slug } } subscription { status endsAt } orders { nodes { status } } }')).data
const webhooks = async () =>
  (await server.services.db.webhookEvent.findMany({ orderBy: { id: 'asc' }, select: { name: true, status: true } })).map(
    ({ name, status }) => `${name} ${status}`,
  )
const passTo = async (now: string) => {
  server.clock.set(now)
  await server.tick()
  await server.settle()
}
const OVER = { me: { portalTier: 'FREE', currentPlan: { slug: 'free' } }, subscription: null, orders: { nodes: [{ status: 'EXPIRED' }] } }

describe('in the sandbox', () => {
  beforeEach(async () => {
    server = await startServer({ now: BOUGHT })
    plans = await createCatalogue(server)
    await server.ask(10, '{ me { id } }')
  })
  const buy = async (button = 'pay') => {
    const input = { plan: 'pro', successUrl: server.url, cancelUrl: server.url }
    const { data } = await server.ask(10, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
      input,
    })
    await fetch(`${data.createCheckout.checkoutUrl}/${button}`, { method: 'POST', redirect: 'manual' })
    await server.settle()
  }
  /** Sets what the sandbox cannot do by itself, as a provider's own staff would, and lets the server read it. */
  const changeAtProvider = async (attributes: object) => {
    const record = await server.services.db.sandboxRecord.findFirstOrThrow({ where: { type: 'subscriptions' } })
    const at = server.clock.now()
    const changed = { ...(record.attributes as object), updated_at: wireTime(at.toISOString()), ...attributes }
    await server.services.db.sandboxRecord.update({ where: { id: record.id }, data: { attributes: changed, updatedAt: at } })
    await server.tasks.reconcile?.({}, undefined as never)
  }

  test('an active subscription ends with its period, and its webhook changes nothing', async () => {
    await buy()
    expect(await cancelled()).toEqual({ status: 'CANCELLED', cancelAtPeriodEnd: true, endsAt: RENEWAL })
    await server.settle()
    expect((await webhooks()).at(-1)).toBe('subscription_cancelled PROCESSED')
    expect(await mine()).toMatchObject({ me: { portalTier: 'PAID' }, subscription: { status: 'CANCELLED', endsAt: RENEWAL } })
    expect(codeOf(await cancel())).toBe('INVALID_TRANSITION')
    await passTo(RENEWAL)
    expect(await mine()).toEqual(OVER)
    expect(codeOf(await cancel())).toBe('INVALID_TRANSITION')
  })

  test.each([
    ['past due', RENEWAL, 'PAST_DUE'],
    ['unpaid', '2026-03-08T10:00:00.000Z', 'UNPAID'],
  ])('a subscription that is %s ends at once', async (_name, at, status) => {
    await buy('pay-once')
    await passTo(RENEWAL)
    await passTo(at)
    expect((await mine()).subscription.status).toBe(status)
    const { customerPortalUrl } = (await server.ask(10, '{ customerPortalUrl }')).data
    expect(await cancelled()).toMatchObject({
      status: 'EXPIRED',
      cancelAtPeriodEnd: false,
      endsAt: expect.stringContaining(at.slice(0, 19)),
    })
    expect(await mine()).toEqual(OVER)
    await server.settle()
    expect((await webhooks()).at(-1)).toBe('subscription_expired PROCESSED')
    expect(await mine()).toEqual(OVER)
    expect(await (await fetch(customerPortalUrl)).text()).toContain('Nothing is due')
    await fetch(`${customerPortalUrl}/pay`, { method: 'POST', redirect: 'manual' })
    await passTo('2026-06-01T00:00:00.000Z')
    expect(await mine()).toEqual(OVER)
    expect(codeOf(await cancel())).toBe('INVALID_TRANSITION')
  })

  test.each([
    ['paused', 'PAUSED', { status: 'paused', pause: { mode: 'void' } }],
    ['in a trial', 'TRIALING', { status: 'on_trial', trial_ends_at: wireTime(RENEWAL) }],
  ])('a subscription that is %s ends with its period', async (_name, status, attributes) => {
    await buy()
    server.clock.set('2026-02-10T00:00:00.000Z')
    await changeAtProvider(attributes)
    expect((await mine()).subscription.status).toBe(status)
    expect(await cancelled()).toEqual({ status: 'CANCELLED', cancelAtPeriodEnd: true, endsAt: RENEWAL })
    await server.settle()
    expect((await webhooks()).at(-1)).toBe('subscription_cancelled PROCESSED')
    expect(await mine()).toMatchObject({ me: { currentPlan: { slug: 'pro' } }, subscription: { status: 'CANCELLED' } })
    await passTo(RENEWAL)
    expect(await mine()).toEqual(OVER)
  })

  test('a paused subscription whose period is over ends at once', async () => {
    await buy()
    server.clock.set('2026-02-10T00:00:00.000Z')
    await changeAtProvider({ status: 'paused', pause: { mode: 'void' } })
    await passTo('2026-03-10T00:00:00.000Z')
    expect((await cancelled()).status).toBe('EXPIRED')
    await server.settle()
    expect(await mine()).toEqual(OVER)
  })

  test('a subscription of a provider that is not configured is not changed', async () => {
    await buy()
    await server.services.db.subscription.updateMany({ data: { provider: 'lemonsqueezy' } })
    const answer = await cancel()
    expect(codeOf(answer)).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    expect(answer.errors?.[0]?.message).toMatch(/is billed by lemonsqueezy, which is not configured here$/)
    expect((await mine()).subscription.status).toBe('ACTIVE')
  })
})

describe('without a provider', () => {
  beforeEach(async () => {
    server = await startServer({ now: BOUGHT })
    plans = await createCatalogue(server)
    await server.ask(10, '{ me { id } }')
    await applyPlan(server, { userId: '10', planId: plans.pro })
  })
  const become = (state: object) => server.services.db.subscription.updateMany({ data: state })

  test.each([
    ['PAST_DUE', { pastDueSince: new Date(BOUGHT) }],
    ['UNPAID', { pastDueSince: new Date(BOUGHT) }],
  ])('a %s subscription ends at once, and what the customer has is published', async (status, state) => {
    await become({ status, ...state })
    const events = () => server.services.db.outboxEvent.findMany({ where: { type: 'plan.expired' }, select: { payload: true } })
    server.clock.set('2026-02-03T00:00:00.000Z')
    expect(await cancelled()).toEqual({ status: 'EXPIRED', cancelAtPeriodEnd: false, endsAt: '2026-02-03T00:00:00.000Z' })
    expect(await mine()).toEqual(OVER)
    expect(await events()).toMatchObject([{ payload: { status: 'EXPIRED' } }])
    expect(codeOf(await cancel())).toBe('INVALID_TRANSITION')
  })

  test('a paused subscription ends with its period, or at once when that is over', async () => {
    await become({ status: 'PAUSED' })
    expect(await cancelled()).toEqual({ status: 'CANCELLED', cancelAtPeriodEnd: true, endsAt: RENEWAL })
    expect(await mine()).toMatchObject({ me: { portalTier: 'PAID' } })
    await become({ status: 'PAUSED', endsAt: null })
    server.clock.set('2026-03-10T00:00:00.000Z')
    expect((await cancelled()).status).toBe('EXPIRED')
    expect(await mine()).toEqual(OVER)
  })

  test('an active subscription ends with the period that contains now, also before the job has begun it', async () => {
    server.clock.set(RENEWAL)
    expect(await cancelled()).toEqual({ status: 'CANCELLED', cancelAtPeriodEnd: true, endsAt: '2026-03-31T10:00:00.000Z' })
    await passTo('2026-03-31T09:59:59.999Z')
    expect((await mine()).me.currentPlan.slug).toBe('pro')
    await passTo('2026-03-31T10:00:00.000Z')
    expect(await mine()).toEqual(OVER)
  })

  test('a cancellation that comes twice at once is made once', async () => {
    const answers = await Promise.all([cancel(), cancel(), cancel()])
    expect(answers.map(codeOf).sort()).toEqual(['INVALID_TRANSITION', 'INVALID_TRANSITION', 'none'])
  })
})

test('a past due subscription at Lemon Squeezy becomes what the provider answers', async () => {
  const { api, ...started } = await startWithLemonSqueezy(BOUGHT)
  server = started.server
  const overdue = subscription(1, BOUGHT, { status: 'past_due', renews_at: wireTime('2026-03-31T10:00:00.000Z') })
  api.subscriptions.set('1', overdue)
  await deliver(server.url, event('subscription_created', overdue, { user_id: '10' }))
  await server.settle()
  expect((await mine()).subscription.status).toBe('PAST_DUE')
  expect(await cancelled()).toMatchObject({ status: 'CANCELLED', endsAt: '2026-03-31T10:00:00.000Z' })
  await api.close()
})
