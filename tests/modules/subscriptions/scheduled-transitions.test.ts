import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeId } from '../../../src/core/ids.js'
import { endOverdueSubscriptions } from '../../../src/modules/subscriptions/scheduled-transitions.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { requestRefund } from '../../support/refunds.js'
import { applyPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog

beforeEach(async () => {
  server = await startServer({ now: '2026-01-31T10:00:00.000Z' })
  plans = await createCatalog(server)
  await server.ask(10, '{ me { id } }')
})
afterEach(() => server.close())

const mine = async () =>
  (
    await server.ask(
      10,
      '{ me { portalTier currentPlan { slug } } subscription { status currentPeriodStart currentPeriodEnd cancelAtPeriodEnd } orders { nodes { status } } }',
    )
  ).data
/** Runs the scheduled jobs three times at once, as several processes would. */
const tick = async (now: string) => {
  server.clock.set(now)
  await Promise.all([server.tick(), server.tick(), server.tick()])
}

test('a pending order expires once, after seven days', async () => {
  await placeOrder(server, 10, { planId: plans.pro })
  await tick('2026-02-07T09:59:59.999Z')
  expect((await mine()).orders.nodes).toEqual([{ status: 'PENDING' }])
  await tick('2026-02-07T10:00:00.000Z')
  expect((await mine()).orders.nodes).toEqual([{ status: 'EXPIRED' }])
  expect(await server.services.db.outboxEvent.count({ where: { type: 'order.expired' } })).toBe(1)
})

test('a granted plan advances from period to period, counted from its first day', async () => {
  await applyPlan(server, { userId: '10', planId: plans.pro })
  await tick('2026-03-31T10:00:00.000Z')
  expect((await mine()).subscription).toMatchObject({
    currentPeriodStart: '2026-03-31T10:00:00.000Z',
    currentPeriodEnd: '2026-04-30T10:00:00.000Z',
  })
  expect((await mine()).orders.nodes).toEqual([{ status: 'ACTIVE' }])
})

test('a plan with an agreed end expires then', async () => {
  await applyPlan(server, { userId: '10', planId: plans.pro, expiresAt: '2026-02-10T00:00:00.000Z' })
  await tick('2026-02-09T23:59:59.999Z')
  expect((await mine()).me).toEqual({ portalTier: 'PAID', currentPlan: { slug: 'pro' } })
  server.clock.set('2026-02-10T00:00:00.000Z')
  expect((await mine()).me.currentPlan.slug).toBe('free')
  await tick('2026-02-10T00:00:00.000Z')
  expect(await mine()).toEqual({
    me: { portalTier: 'FREE', currentPlan: { slug: 'free' } },
    subscription: null,
    orders: { nodes: [{ status: 'EXPIRED' }] },
  })
  expect(await server.services.db.outboxEvent.count({ where: { type: 'plan.expired' } })).toBe(1)
})

test('a suspended plan whose agreed end is moved at the moment when it ends continues', async () => {
  await applyPlan(server, { userId: '10', planId: plans.pro, expiresAt: '2026-02-10T00:00:00.000Z' })
  await server.owner.query(`UPDATE subscriptions SET suspended_by = 'ADMIN'`)
  server.clock.set('2026-02-10T00:00:00.000Z')
  const client = await server.owner.connect()
  await client.query('BEGIN')
  await client.query(`SELECT FROM users WHERE id = '10' FOR NO KEY UPDATE`)
  const end = endOverdueSubscriptions(server.services)
  await waitUntilBlocked()
  await client.query(`UPDATE subscriptions SET ends_at = '2026-03-10', current_period_end = '2026-03-10'`)
  await client.query('COMMIT')
  client.release()
  await end
  expect(await server.services.db.subscription.findMany()).toMatchObject([{ status: 'ACTIVE', suspendedBy: 'ADMIN' }])
})

/** Waits until another connection waits for a lock. */
async function waitUntilBlocked(): Promise<void> {
  const query = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await expect.poll(async () => (await server.owner.query(query)).rowCount).toBe(1)
}

test('a granted plan can be cancelled to the end of its period and resumed before', async () => {
  await applyPlan(server, { userId: '10', planId: plans.pro })
  const cancel = () => server.ask(10, 'mutation { cancelSubscription { subscription { status cancelAtPeriodEnd } } }')
  expect((await cancel()).data.cancelSubscription.subscription).toEqual({ status: 'CANCELLED', cancelAtPeriodEnd: true })
  expect(
    (await server.ask(10, 'mutation { resumeSubscription { subscription { status } } }')).data.resumeSubscription.subscription,
  ).toEqual({ status: 'ACTIVE' })
  expect(codeOf(await server.ask(10, 'mutation { resumeSubscription { subscription { status } } }'))).toBe('INVALID_TRANSITION')
  await cancel()
  await tick('2026-02-28T10:00:00.000Z')
  expect(await mine()).toMatchObject({ me: { portalTier: 'FREE' }, subscription: null })
})

test('only administrators can advance the clock, and not in production', async () => {
  const move = (who: number | 'admin', to: string) =>
    server.ask(who, 'mutation ($to: DateTime!) { advanceClock(input: { to: $to }) { now } }', { to })
  expect((await move('admin', '2026-03-01T00:00:00.000Z')).data.advanceClock.now).toBe('2026-03-01T00:00:00.000Z')
  expect((await server.ask(10, '{ now }')).data.now).toBe('2026-03-01T00:00:00.000Z')
  expect((await move('admin', '2026-02-01T00:00:00.000Z')).errors?.[0]?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'input.to',
  })
  expect(codeOf(await move(10, '2027-01-01T00:00:00.000Z'))).toBe('FORBIDDEN')
  server.config.production = true
  expect(codeOf(await move('admin', '2027-01-01T00:00:00.000Z'))).toBe('FORBIDDEN')
})

test('refunds above the paid amount are refused, also by the database', async () => {
  await applyPlan(server, { userId: '10', planId: plans.pro })
  const [{ id: orderId } = { id: 0n }] = await server.services.db.order.findMany()
  const refund = (amount: number) =>
    requestRefund(server, 'admin', { orderId: encodeId('Order', orderId), amount, reason: 'Test', to: 'BALANCE' })
  expect(codeOf(await refund(1000))).toBe('none')
  const { errors } = await refund(501)
  expect(errors?.[0]?.message).toBe('input.amount: must be at most 500 minor units, which is what was paid for the period')
  await expect(server.owner.query('UPDATE invoices SET credited_total = 1501 WHERE id = 1')).rejects.toThrow(/within_total/)
  await expect(server.owner.query('UPDATE ledger_accounts SET held = 1001')).rejects.toThrow(/ledger_accounts_balance_covers_its_parts/)
  expect(codeOf(await refund(500))).toBe('none')
  expect(await server.services.db.refund.count()).toBe(2)
  await expect(server.owner.query('UPDATE invoices SET credited_total = 1499 WHERE id = 1')).rejects.toThrow(/never decreases/)
})
