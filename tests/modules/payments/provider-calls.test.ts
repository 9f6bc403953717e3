import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addMeasurementObserver } from '../../../src/core/instrumentation.js'
import type { Catalog } from '../../support/catalog.js'
import { deliver, event, type FakeLemonSqueezy, payment, subscription } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { countOpenTransactions } from '../../support/open-transactions.js'
import { requestRefund } from '../../support/refunds.js'
import { cancelPlan, codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const CHANGED = '2026-05-16T10:00:00.000Z'
let api: FakeLemonSqueezy
let server: TestServer
let plans: Catalog

beforeEach(async () => {
  ;({ api, server, plans } = await startWithLemonSqueezy(START, { CHECKOUT_ORIGINS: 'https://panel.example.com' }))
  const initial = payment(1, 1, START, { billing_reason: 'initial', total: 500, subtotal: 500 })
  api.subscriptions.set('1', subscription(1, START, { variant_id: 1002 }))
  api.payments.set('1', initial)
  await deliver(server.url, event('subscription_created', subscription(1, START, { variant_id: 1002 }), { user_id: '10' }))
  await deliver(server.url, event('subscription_payment_success', initial))
  await server.settle()
  server.clock.set(CHANGED)
})
afterEach(async () => {
  await server.close()
  await api.close()
})

const startOther = () =>
  startServer({
    now: CHANGED,
    database: server.database,
    environment: {
      AUTH_JWT_SECRET: server.config.auth.secret ?? '',
      LEMONSQUEEZY_API_KEY: 'key',
      LEMONSQUEEZY_STORE_ID: '1',
      LEMONSQUEEZY_API_URL: api.url,
      LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret',
    },
  })
const change = (planId = plans.pro, when?: string) =>
  server.ask(
    10,
    `mutation ($planId: ID!, $when: ChangeTime) { changePlan(input: { planId: $planId, when: $when }) {
      change { effectiveAt credit { minorUnits } charge { minorUnits } dueNow { minorUnits } } subscription { plan { slug } } } }`,
    { planId, when },
  )
const changeRequests = () => api.requests.filter(({ method }) => method === 'PATCH').length
const refundRequests = () => api.requests.filter(({ path }) => path.endsWith('/refund')).length
const planChanges = () => server.services.db.planChange.findMany({ select: { status: true, failure: true } })
const currentPlan = async () => (await server.ask(10, '{ me { currentPlan { slug } } }')).data.me.currentPlan.slug
const sql = (text: string) => server.owner.query(text)
const refund = async () => {
  const { id } = await server.services.db.order.findFirstOrThrow({ where: { userId: '10' } })
  const query = 'mutation ($id: ID!) { requestRefund(input: { orderId: $id }) { refund { status amount { minorUnits } } } }'
  return server.ask(10, query, { id: String(id) })
}
const claimServer = (externalId: string) =>
  server.ask('admin', 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { externalId } } }', {
    input: { userId: '10', externalId, memory: 1, disk: 1, cpu: 1 },
  })
/** Makes the commit fail that stores the outcome, as when the connection is lost at that moment. */
const failCommits = async (table: string) => {
  await sql(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planned'; END $$`)
  await sql(`CREATE CONSTRAINT TRIGGER fail AFTER UPDATE ON ${table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 'DONE') EXECUTE FUNCTION fail()`)
}
/** Waits for a statement of the server, such as "UPDATE orders". */
const nextStatement = (wanted: string) =>
  new Promise<void>((found) => {
    const stop = addMeasurementObserver((_kind, { statement }) => {
      if (statement !== wanted) return undefined
      stop()
      found()
      return undefined
    })
  })
const runJobsNow = async () => {
  await sql('UPDATE graphile_worker._private_jobs SET run_at = now()')
  await server.settle()
}

describe('while the provider responds slowly', () => {
  test.each([
    ['changePlan', 'PATCH', '/subscriptions/1', () => change()],
    ['requestRefund', 'POST', '/refund', () => refund()],
  ])('%s holds no transaction and does not lock the customer', async (_name, method, path, request) => {
    const held = api.hold(method, path)
    const response = request()
    await held.arrived
    expect(await countOpenTransactions(server)).toBe(0)
    expect(codeOf(await claimServer('meanwhile'))).toBe('none')
    held.release()
    expect(codeOf(await response)).toBe('none')
  })
})

describe('a plan change', () => {
  test('that is requested twice at once is charged once, and both requests return it', async () => {
    const held = api.hold('PATCH', '/subscriptions/1')
    const first = change()
    await held.arrived
    const claims = nextStatement('UPDATE plan_changes')
    const second = change()
    await claims
    const other = await change(plans.pro, 'PERIOD_END')
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'PAYMENT_IN_PROGRESS', retryAfter: 5 })
    held.release()
    expect((await first).data.changePlan).toMatchObject({ subscription: { plan: { slug: 'pro' } } })
    expect((await second).data).toEqual((await first).data)
    expect([changeRequests(), await planChanges()]).toEqual([1, [{ status: 'DONE', failure: null }]])
  })

  test('that the provider refuses has failed and changes nothing', async () => {
    api.failures.push({ status: 200, pass: true }, { status: 422 })
    const { errors } = await change()
    expect(errors?.[0]).toMatchObject({
      message: 'The payment provider rejected the request: in trouble',
      extensions: { code: 'PAYMENT_PROVIDER_UNAVAILABLE' },
    })
    await runJobsNow()
    expect([changeRequests(), await currentPlan()]).toEqual([1, 'starter'])
    expect(await planChanges()).toEqual([{ status: 'FAILED', failure: 'The payment provider rejected the request: in trouble' }])
    expect(codeOf(await change())).toBe('none')
  })

  test('is completed by the job when the provider did not respond, and is not requested again if it was made', async () => {
    api.failures.push({ status: 200, pass: true }, { status: 500 })
    expect(codeOf(await change())).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    expect(await planChanges()).toEqual([{ status: 'REQUESTED', failure: null }])
    Object.assign(api.subscriptions.get('1')?.attributes ?? {}, { variant_id: 1001, updated_at: '2026-05-16T10:00:01.000000Z' })
    await runJobsNow()
    expect([changeRequests(), await currentPlan(), await planChanges()]).toEqual([1, 'pro', [{ status: 'DONE', failure: null }]])
  })

  test('is completed by the job when the process has ended before its call, once the claim has expired', async () => {
    api.failures.push({ status: 500 }, { status: 500 }, { status: 500 })
    expect(codeOf(await change())).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    await sql(`UPDATE plan_changes SET claimed_until = clock_timestamp() + interval '1 minute'`)
    await sql(`UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key LIKE 'finishPlanChange:%'`)
    await server.runJobs()
    expect([changeRequests(), await planChanges()]).toEqual([0, [{ status: 'REQUESTED', failure: null }]])
    await sql(`UPDATE plan_changes SET claimed_until = clock_timestamp() - interval '1 second'`)
    await runJobsNow()
    expect([changeRequests(), await currentPlan(), await planChanges()]).toEqual([1, 'pro', [{ status: 'DONE', failure: null }]])
  })

  test('is completed by the job when its commit failed, and the payment that arrived before pays for it', async () => {
    await failCommits('plan_changes')
    expect(codeOf(await change())).toBe('INTERNAL_SERVER_ERROR')
    const { credit, charge } = await server.services.db.planChange.findFirstOrThrow()
    const total = Number(credit + charge)
    await deliver(server.url, event('subscription_payment_success', payment(2, 1, CHANGED, { billing_reason: 'updated', total })))
    await server.settle()
    await sql('DROP TRIGGER fail ON plan_changes')
    await runJobsNow()
    expect([changeRequests(), await currentPlan(), await planChanges()]).toEqual([1, 'pro', [{ status: 'DONE', failure: null }]])
    const order = await server.services.db.order.findFirstOrThrow({
      where: { payments: { some: { providerPaymentId: '2' } } },
      include: { items: true },
    })
    // The provider is the seller, so the order says what it has charged.
    const items = [{ kind: 'PLAN_CHANGE', amount: charge + credit }]
    expect(order).toMatchObject({ planName: 'Pro', reason: 'PLAN_CHANGE', items })
  })

  test('is requested once when two processes run the job at the same time', async () => {
    api.failures.push({ status: 500 }, { status: 500 }, { status: 500 })
    await change()
    const other = await startOther()
    const { id } = await server.services.db.planChange.findFirstOrThrow()
    const held = api.hold('PATCH', '/subscriptions/1')
    const first = server.runTask('finishPlanChange', { changeId: Number(id) })
    await held.arrived
    const requests = api.requests.length
    await other.runTask('finishPlanChange', { changeId: Number(id) })
    expect(api.requests).toHaveLength(requests)
    held.release()
    await first
    expect([changeRequests(), await planChanges()]).toEqual([1, [{ status: 'DONE', failure: null }]])
    await other.close()
  })

  test('that two processes have requested, because the claim of the first one expired, is recorded once', async () => {
    api.failures.push({ status: 200, pass: true }, { status: 422 }, { status: 200, pass: true }, { status: 422 })
    const held = api.hold('PATCH', '/subscriptions/1')
    const first = change()
    await held.arrived
    await sql(`UPDATE plan_changes SET claimed_until = clock_timestamp() - interval '1 second'`)
    const { id } = await server.services.db.planChange.findFirstOrThrow()
    await server.runTask('finishPlanChange', { changeId: Number(id) })
    held.release()
    expect(codeOf(await first)).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    const { rows } = await sql("SELECT action FROM audit_entries WHERE action = 'planChangeFailed'")
    expect([changeRequests(), rows.length]).toEqual([2, 1])
  })

  test('is closed when its subscription ends before the provider has responded', async () => {
    api.failures.push({ status: 500 }, { status: 500 }, { status: 500 })
    await change()
    await cancelPlan(server, { userId: '10' })
    await runJobsNow()
    expect([changeRequests(), await planChanges()]).toEqual([0, [{ status: 'CLOSED', failure: 'The subscription has ended' }]])
  })
})

describe('a refund', () => {
  const refunds = () => server.services.db.refund.findMany({ select: { status: true } })

  test('is completed by the job when its commit failed, without being requested again', async () => {
    await failCommits('refunds')
    expect(codeOf(await refund())).toBe('INTERNAL_SERVER_ERROR')
    await sql('DROP TRIGGER fail ON refunds')
    await runJobsNow()
    expect([refundRequests(), await refunds(), await currentPlan()]).toEqual([1, [{ status: 'DONE' }], 'free'])
  })

  test('is requested once when two processes run the job at the same time', async () => {
    api.failures.push({ status: 500 }, { status: 500 }, { status: 500 })
    await refund()
    const other = await startOther()
    const { id } = await server.services.db.refundPart.findFirstOrThrow()
    const held = api.hold('GET', '/subscription-invoices/1')
    const first = server.runTask('finishRefund', { partId: Number(id) })
    await held.arrived
    const requests = api.requests.length
    await other.runTask('finishRefund', { partId: Number(id) })
    expect(api.requests).toHaveLength(requests)
    held.release()
    await first
    expect([refundRequests(), await refunds()]).toEqual([1, [{ status: 'DONE' }]])
    await other.close()
  })

  test('that two processes complete, because the claim of the first one expired, is completed once', async () => {
    const held = api.hold('POST', '/refund')
    const first = refund()
    await held.arrived
    await sql(`UPDATE refund_parts SET claimed_until = clock_timestamp() - interval '1 second'`)
    const { id } = await server.services.db.refundPart.findFirstOrThrow()
    await server.runTask('finishRefund', { partId: Number(id) })
    held.release()
    expect(codeOf(await first)).toBe('none')
    const { rows } = await sql("SELECT event_id FROM outbox_events WHERE type = 'refund.issued'")
    expect([refundRequests(), await refunds(), rows.length]).toEqual([1, [{ status: 'DONE' }], 1])
  })

  test('waits for an earlier refund of the same payment, so that both together return their sum', async () => {
    const order = await server.services.db.order.findFirstOrThrow({ where: { userId: '10' } })
    for (const amount of [100, 200]) {
      api.failures.push({ status: 200, pass: true }, { status: 422 })
      const input = { orderId: String(order.id), amount, reason: 'Settlement' }
      expect(codeOf(await requestRefund(server, 'admin', input))).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
    }
    const [first, second] = await server.services.db.refundPart.findMany({ orderBy: { id: 'asc' } })
    const held = api.hold('GET', '/subscription-invoices/1')
    const firstJob = server.runTask('finishRefund', { partId: Number(first?.id) })
    await held.arrived
    await server.runTask('finishRefund', { partId: Number(second?.id) })
    held.release()
    await firstJob
    await runJobsNow()
    expect([api.payments.get('1')?.attributes.refunded_amount, await refunds()]).toEqual([300, [{ status: 'DONE' }, { status: 'DONE' }]])
  })

  test('of the unused part cannot be requested a second time before it is completed', async () => {
    api.failures.push({ status: 500 }, { status: 500 }, { status: 500 })
    expect([codeOf(await refund()), codeOf(await refund())]).toEqual(['PAYMENT_PROVIDER_UNAVAILABLE', 'REFUND_NOT_ELIGIBLE'])
  })
})

test('a checkout that failed succeeds when it is repeated with the same idempotency key', async () => {
  const page = 'https://panel.example.com/'
  await server.ask(11, '{ me { id } }')
  const input = { plan: 'pro', successUrl: page, cancelUrl: page, idempotencyKey: 'k' }
  const checkout = () =>
    server.ask(11, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', { input })
  api.failures.push({ status: 422 })
  expect(codeOf(await checkout())).toBe('PAYMENT_PROVIDER_UNAVAILABLE')
  const held = api.hold('POST', '/checkouts')
  const succeeds = checkout()
  await held.arrived
  expect(await countOpenTransactions(server)).toBe(0)
  held.release()
  const { data } = await succeeds
  expect(data.createCheckout.checkoutUrl).toContain('/checkout/buy/')
  expect((await checkout()).data).toEqual(data)
})
