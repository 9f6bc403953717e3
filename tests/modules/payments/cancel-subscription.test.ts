import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { deliver, event, subscription, wireTime } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { buy, buyUnpaid, dataOf, reversePayment } from '../../support/payments.js'
import { applyPlan, codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

const BOUGHT = '2026-01-31T10:00:00.000Z'
const RENEWAL = '2026-02-28T10:00:00.000Z'
let server: TestServer
let plans: Catalog

afterEach(() => server.close())

const cancel = (who = 10) =>
  server.ask(who, 'mutation { cancelSubscription { receivedAt subscription { status cancelAtPeriodEnd endsAt } } }')
const readCancellationEnd = async (who = 10) =>
  (await server.ask(who, '{ subscription { cancellationEndsAt } }')).data.subscription?.cancellationEndsAt ?? null
/** Cancels, and asserts that the API has stated the end before. @param isStated  whether it can know the end */
const cancelSuccessfully = async ({ who = 10, isStated = true } = {}) => {
  const stated = await readCancellationEnd(who)
  const { data, errors } = await cancel(who)
  expect(errors).toBeUndefined()
  const { subscription: cancelled, receivedAt } = data.cancelSubscription
  expect(receivedAt).toBe(server.clock.now().toISOString())
  // The sandbox states times in seconds.
  if (isStated) expect(Math.abs(Date.parse(cancelled.endsAt) - Date.parse(stated))).toBeLessThan(1000)
  else expect(stated).toBeNull()
  expect(await readCancellationEnd(who)).toBeNull()
  return cancelled
}
const readAccount = async () =>
  (await server.ask(10, '{ me { portalTier currentPlan { slug } } subscription { status endsAt } orders { nodes { status } } }')).data
const webhooks = async () =>
  (await server.services.db.providerEvent.findMany({ orderBy: { id: 'asc' }, select: { name: true, status: true } })).map(
    ({ name, status }) => `${name} ${status}`,
  )
const advanceTo = async (now: string) => {
  server.clock.set(now)
  await server.tick()
  await server.settle()
}
const ENDED = { me: { portalTier: 'FREE', currentPlan: { slug: 'free' } }, subscription: null, orders: { nodes: [{ status: 'EXPIRED' }] } }

describe('in the sandbox', () => {
  beforeEach(async () => {
    server = await startServer({ now: BOUGHT })
    plans = await createCatalog(server)
    await server.ask(10, '{ me { id } }')
  })
  const checkOut = async (button = 'pay') => {
    const input = { plan: 'pro', successUrl: server.url, cancelUrl: server.url }
    const { data } = await server.ask(10, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
      input,
    })
    await fetch(`${data.createCheckout.checkoutUrl}/${button}`, { method: 'POST', redirect: 'manual' })
    await server.settle()
  }
  /** Changes attributes as the provider's staff could, which the sandbox does not offer, and reconciles. */
  const changeAtProvider = async (attributes: object) => {
    const record = await server.services.db.sandboxRecord.findFirstOrThrow({ where: { type: 'subscriptions' } })
    const at = server.clock.now()
    const changed = { ...(record.attributes as object), updated_at: wireTime(at.toISOString()), ...attributes }
    await server.services.db.sandboxRecord.update({ where: { id: record.id }, data: { attributes: changed, updatedAt: at } })
    await server.runTask('reconcile')
  }

  test('ends an active subscription with its period; the webhook changes nothing', async () => {
    await checkOut()
    expect(await cancelSuccessfully()).toEqual({ status: 'CANCELLED', cancelAtPeriodEnd: true, endsAt: RENEWAL })
    await server.settle()
    expect((await webhooks()).at(-1)).toBe('subscription_cancelled PROCESSED')
    expect(await readAccount()).toMatchObject({ me: { portalTier: 'PAID' }, subscription: { status: 'CANCELLED', endsAt: RENEWAL } })
    expect(codeOf(await cancel())).toBe('INVALID_TRANSITION')
    await advanceTo(RENEWAL)
    expect(await readAccount()).toEqual(ENDED)
    expect(codeOf(await cancel())).toBe('INVALID_TRANSITION')
  })

  test.each([
    ['past due', RENEWAL, 'PAST_DUE'],
    ['unpaid', '2026-03-08T10:00:00.000Z', 'UNPAID'],
  ])('ends a subscription that is %s immediately', async (_name, at, status) => {
    await checkOut('pay-once')
    await advanceTo(RENEWAL)
    await advanceTo(at)
    expect((await readAccount()).subscription.status).toBe(status)
    const { customerPortalUrl } = (await server.ask(10, '{ customerPortalUrl }')).data
    expect(await cancelSuccessfully()).toMatchObject({
      status: 'EXPIRED',
      cancelAtPeriodEnd: false,
      endsAt: expect.stringContaining(at.slice(0, 19)),
    })
    expect(await readAccount()).toEqual(ENDED)
    await server.settle()
    expect((await webhooks()).at(-1)).toBe('subscription_expired PROCESSED')
    expect(await readAccount()).toEqual(ENDED)
    expect(await (await fetch(customerPortalUrl)).text()).toContain('Nothing is due')
    await fetch(`${customerPortalUrl}/pay`, { method: 'POST', redirect: 'manual' })
    await advanceTo('2026-06-01T00:00:00.000Z')
    expect(await readAccount()).toEqual(ENDED)
    expect(codeOf(await cancel())).toBe('INVALID_TRANSITION')
  })

  test.each([
    ['paused', 'PAUSED', { status: 'paused', pause: { mode: 'void' } }],
    ['in a trial', 'TRIALING', { status: 'on_trial', trial_ends_at: wireTime(RENEWAL) }],
  ])('ends a subscription that is %s with its period', async (_name, status, attributes) => {
    await checkOut()
    server.clock.set('2026-02-10T00:00:00.000Z')
    await changeAtProvider(attributes)
    expect((await readAccount()).subscription.status).toBe(status)
    expect(await cancelSuccessfully()).toEqual({ status: 'CANCELLED', cancelAtPeriodEnd: true, endsAt: RENEWAL })
    await server.settle()
    expect((await webhooks()).at(-1)).toBe('subscription_cancelled PROCESSED')
    expect(await readAccount()).toMatchObject({ me: { currentPlan: { slug: 'pro' } }, subscription: { status: 'CANCELLED' } })
    await advanceTo(RENEWAL)
    expect(await readAccount()).toEqual(ENDED)
  })

  test('ends a paused subscription immediately after its period', async () => {
    await checkOut()
    server.clock.set('2026-02-10T00:00:00.000Z')
    await changeAtProvider({ status: 'paused', pause: { mode: 'void' } })
    await advanceTo('2026-03-10T00:00:00.000Z')
    expect((await cancelSuccessfully()).status).toBe('EXPIRED')
    await server.settle()
    expect(await readAccount()).toEqual(ENDED)
  })

  test('rejects a subscription of a provider that is not configured', async () => {
    await checkOut()
    await server.services.db.subscription.updateMany({ data: { provider: 'lemonsqueezy' } })
    const response = await cancel()
    expect(codeOf(response)).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    expect(response.errors?.[0]?.message).toMatch(/is billed by lemonsqueezy, which is not a configured payment provider$/)
    expect((await readAccount()).subscription.status).toBe('ACTIVE')
  })

  test('such a subscription is not ended by a customer, whom its provider would still charge, but by an administrator', async () => {
    await checkOut()
    await server.services.db.subscription.updateMany({ data: { provider: 'lemonsqueezy' } })
    const orderId = (await server.ask(10, '{ orders { nodes { id } } }')).data.orders.nodes[0].id
    const CANCEL = 'mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { order { status } } }'
    const REFUND = 'mutation ($input: RequestRefundInput!) { requestRefund(input: $input) { refund { id } } }'
    for (const mutation of [CANCEL, REFUND]) {
      expect(codeOf(await server.ask(10, mutation, { input: { orderId } }))).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    }
    await server.settle()
    expect(await readAccount()).toMatchObject({ subscription: { status: 'ACTIVE' }, orders: { nodes: [{ status: 'ACTIVE' }] } })
    expect(await server.services.db.refund.count()).toBe(0)
    expect((await server.ask('admin', CANCEL, { input: { orderId } })).data.cancelOrder.order.status).toBe('CANCELLED')
    await server.settle()
    expect((await readAccount()).subscription).toBeNull()
    expect(server.logged.join()).toContain('cancel this subscription at its provider, which is not configured')
  })
})

describe('without a provider', () => {
  beforeEach(async () => {
    server = await startServer({ now: BOUGHT })
    plans = await createCatalog(server)
    await server.ask(10, '{ me { id } }')
    await applyPlan(server, { userId: '10', planId: plans.pro })
  })
  const setState = (state: object) => server.services.db.subscription.updateMany({ data: state })

  test.each([
    ['PAST_DUE', '2026-02-03T00:00:00.000Z'],
    ['UNPAID', '2026-02-20T00:00:00.000Z'],
  ])('ends a %s subscription immediately and publishes an event', async (status, at) => {
    const { id } = await server.services.db.payment.findFirstOrThrow()
    await dataOf(reversePayment(server, { paymentId: `pay_${id}` }))
    await advanceTo(at)
    expect((await readAccount()).subscription.status).toBe(status)
    const events = () => server.services.db.outboxEvent.findMany({ where: { type: 'plan.expired' }, select: { payload: true } })
    expect(await cancelSuccessfully()).toEqual({ status: 'EXPIRED', cancelAtPeriodEnd: false, endsAt: at })
    expect(await readAccount()).toEqual(ENDED)
    expect(await events()).toMatchObject([{ payload: { status: 'EXPIRED' } }])
    expect(codeOf(await cancel())).toBe('INVALID_TRANSITION')
  })

  test('ends a paused subscription with its period, or immediately after it', async () => {
    await setState({ status: 'PAUSED' })
    expect(await cancelSuccessfully()).toEqual({ status: 'CANCELLED', cancelAtPeriodEnd: true, endsAt: RENEWAL })
    expect(await readAccount()).toMatchObject({ me: { portalTier: 'PAID' } })
    await setState({ status: 'PAUSED', endsAt: null })
    server.clock.set('2026-03-10T00:00:00.000Z')
    expect((await cancelSuccessfully({ isStated: false })).status).toBe('EXPIRED')
    expect(await readAccount()).toEqual(ENDED)
  })

  test('ends an active subscription with the current period, even if the job has not started that period yet', async () => {
    server.clock.set(RENEWAL)
    expect(await cancelSuccessfully({ isStated: false })).toEqual({
      status: 'CANCELLED',
      cancelAtPeriodEnd: true,
      endsAt: '2026-03-31T10:00:00.000Z',
    })
    await advanceTo('2026-03-31T09:59:59.999Z')
    expect((await readAccount()).me.currentPlan.slug).toBe('pro')
    await advanceTo('2026-03-31T10:00:00.000Z')
    expect(await readAccount()).toEqual(ENDED)
  })

  test('ends a subscription with an open invoice immediately', async () => {
    await server.ask(12, '{ me { id } }')
    await buy(server, 12, plans.pro)
    expect(await readCancellationEnd(12)).toBe(RENEWAL)
    await advanceTo('2026-02-21T10:00:00.000Z')
    await advanceTo(RENEWAL)
    const at = '2026-03-01T08:00:00.000Z'
    server.clock.set(at)
    expect(await readCancellationEnd(12)).toBe(at)
    expect(await cancelSuccessfully({ who: 12 })).toEqual({ status: 'EXPIRED', cancelAtPeriodEnd: false, endsAt: at })
  })

  test('states the ends of many subscriptions in one list', async () => {
    const query = '{ allSubscriptions { nodes { cancellationEndsAt } } }'
    const ends = async () => {
      const { nodes }: { nodes: { cancellationEndsAt: string }[] } = (await server.ask('admin', query)).data.allSubscriptions
      return nodes.map(({ cancellationEndsAt }) => cancellationEndsAt)
    }
    expect(await ends()).toEqual([RENEWAL])
    const statements = await countStatements(ends)
    await server.ask(11, '{ me { id } }')
    await server.ask(12, '{ me { id } }')
    await applyPlan(server, { userId: '11', planId: plans.pro })
    await buyUnpaid(server, 12, plans.pro)
    await server.services.db.subscription.updateMany({ where: { userId: '12' }, data: { status: 'ACTIVE' } })
    expect((await ends()).sort()).toEqual([BOUGHT, RENEWAL, RENEWAL])
    expect(await countStatements(ends)).toEqual(statements)
  })

  describe('for a reason', () => {
    const SELECTION = '{ cancelSubscription(input: $input) { receivedAt subscription { status endsAt } } }'
    const cancelFor = (reason: string) => server.ask(10, `mutation ($input: CancelSubscriptionInput) ${SELECTION}`, { input: { reason } })
    const balanceOf = async () => (await server.ask(10, '{ balances { available { minorUnits } } }')).data.balances

    test('ends the plan immediately, and credits the unused share', async () => {
      server.clock.set('2026-02-14T10:00:00.000Z')
      const { data, errors } = await cancelFor(' The servers were down for a week.\nThree times. ')
      expect(errors).toBeUndefined()
      const at = '2026-02-14T10:00:00.000Z'
      expect(data.cancelSubscription).toEqual({ receivedAt: at, subscription: { status: 'EXPIRED', endsAt: at } })
      expect((await readAccount()).me).toEqual(ENDED.me)
      expect(await balanceOf()).toEqual([{ available: { minorUnits: 750 } }])
      const entries = await server.services.db.auditEntry.findMany({ where: { action: 'cancelSubscription' }, select: { details: true } })
      expect(entries).toMatchObject([{ details: { notes: 'The servers were down for a week.\nThree times.' } }])
    })

    test('ends a subscription that is cancelled already', async () => {
      await cancelSuccessfully()
      server.clock.set('2026-02-14T10:00:00.000Z')
      expect((await cancelFor('Down again')).data.cancelSubscription.subscription.status).toBe('EXPIRED')
      expect(codeOf(await cancelFor('Down again'))).toBe('INVALID_TRANSITION')
    })

    test('credits once for concurrent requests', async () => {
      server.clock.set('2026-02-14T10:00:00.000Z')
      const responses = await Promise.all(['One', 'Two', 'Three'].map(cancelFor))
      expect(responses.map(codeOf).sort()).toEqual(['INVALID_TRANSITION', 'INVALID_TRANSITION', 'none'])
      expect(await balanceOf()).toEqual([{ available: { minorUnits: 750 } }])
    })

    test('ends no other subscription than the one that the customer has seen', async () => {
      const input = { subscriptionId: 'sub_999', reason: 'Down' }
      for (const each of [input, { subscriptionId: input.subscriptionId }]) {
        const answer = await server.ask(10, `mutation ($input: CancelSubscriptionInput) ${SELECTION}`, { input: each })
        expect(codeOf(answer)).toBe('SUBSCRIPTION_NOT_FOUND')
      }
      expect((await readAccount()).subscription.status).toBe('ACTIVE')
    })

    test.each([
      ['an empty one', ' ', 'must not be empty'],
      ['one that is too long', 'x'.repeat(1001), 'must be at most 1000 characters long'],
      ['control characters', 'a\u0007b', 'must not contain control characters'],
    ])('refuses %s', async (_name, reason, problem) => {
      const { errors } = await cancelFor(reason)
      expect(errors?.[0]).toMatchObject({ message: expect.stringContaining(problem), extensions: { field: 'input.reason' } })
      expect((await readAccount()).subscription.status).toBe('ACTIVE')
    })
  })

  test('cancels once for concurrent requests', async () => {
    const responses = await Promise.all([cancel(), cancel(), cancel()])
    expect(responses.map(codeOf).sort()).toEqual(['INVALID_TRANSITION', 'INVALID_TRANSITION', 'none'])
  })
})

test('applies the response of Lemon Squeezy to the cancellation of a past due subscription', async () => {
  const { api, ...started } = await startWithLemonSqueezy(BOUGHT)
  server = started.server
  const overdue = subscription(1, BOUGHT, { status: 'past_due', renews_at: wireTime('2026-03-31T10:00:00.000Z') })
  api.subscriptions.set('1', overdue)
  await deliver(server.url, event('subscription_created', overdue, { user_id: '10' }))
  await server.settle()
  expect((await readAccount()).subscription.status).toBe('PAST_DUE')
  expect(await cancelSuccessfully()).toMatchObject({ status: 'CANCELLED', endsAt: '2026-03-31T10:00:00.000Z' })
  await api.close()
})
