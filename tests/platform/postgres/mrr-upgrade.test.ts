import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { recordMrr } from '../../../src/modules/reports/index.js'
import { migrate } from '../../../src/platform/postgres/migrations.js'
import { environmentOf, readFixture, restoreDump, startLemonSqueezyOf } from '../../support/fixture.js'
import type { FakeLemonSqueezy } from '../../support/lemon-squeezy.js'
import { startServer, type TestServer } from '../../support/server.js'

// The upgrade fills the history of the MRR with the prices that the server records: as sold, without coupons and tax. Prices
// include 19% tax: Starter is 420 net, Pro 1261.

const COMMIT = '47ae39e'
let api: FakeLemonSqueezy
let server: TestServer

/** Sales that the dump does not hold. */
const MORE_SALES = `
  SET session_replication_role = replica;
  -- The renewal of user 22 and the purchase of user 49, at Lemon Squeezy, were paid with a coupon.
  UPDATE public.invoices SET total = 750, subtotal = 630, tax = 120 WHERE order_id = 13 AND kind = 'INVOICE';
  UPDATE public.invoices SET total = 750, subtotal = 750 WHERE order_id = 22 AND kind <> 'CREDIT_NOTE';
  UPDATE public.orders SET amount = 750 WHERE id IN (13, 22);
  UPDATE public.order_items SET amount = 750, unit_price = 750 WHERE order_id IN (13, 22);
  -- User 23 has changed to Starter. Nothing was due, so no invoice was issued.
  UPDATE public.orders SET status = 'CANCELLED', cancelled_at = '2026-04-15T10:00:00Z' WHERE id = 14;
  INSERT INTO public.orders (id, user_id, plan_id, status, reason, currency, amount, plan_name, plan_type, plan_interval, plan_price, plan_limits,
      plan_features, placed_at, activated_at, period_start, period_end, subscription_id)
    SELECT 900, 23, plan_id, 'ACTIVE', 'PLAN_CHANGE', currency, 0, plan_name, plan_type, plan_interval, plan_price, plan_limits, plan_features,
      '2026-04-15T10:00:00Z', '2026-04-15T10:00:00Z', '2026-04-15T10:00:00Z', '2026-05-01T10:00:00Z', 4
    FROM public.orders WHERE id = 10;
  UPDATE public.subscriptions SET plan_id = 2, order_id = 900 WHERE id = 4;
  -- The customers of Lemon Squeezy are in a country without tax.
  INSERT INTO public.billing_details (user_id, name, country, updated_at)
    SELECT DISTINCT user_id, 'Ada', 'CH', created_at FROM public.subscriptions WHERE provider <> 'sandbox';
  SET session_replication_role = DEFAULT`

/** Adds tax to the prices that include it. */
const TAX_ADDED = `
  SET session_replication_role = replica;
  UPDATE public.invoices SET subtotal = total, tax = round(total * 0.19), total = total + round(total * 0.19) WHERE tax > 0;
  SET session_replication_role = DEFAULT`

async function upgrade(changes: string, environment: Record<string, string> = {}): Promise<void> {
  const fixture = await readFixture(COMMIT)
  const database = await restoreDump(COMMIT)
  const client = new pg.Client(database)
  await client.connect()
  await client.query(changes)
  await client.end()
  await migrate(database)
  api = await startLemonSqueezyOf(fixture)
  server = await startServer({ now: fixture.now, database, environment: { ...environmentOf(api), ...environment } })
}

afterEach(async () => {
  await server.close()
  await api.close()
})

/** The changes of a user's MRR, by day. */
async function readHistory(userId: string): Promise<string[]> {
  const changes = await server.services.db.mrrChange.findMany({ where: { userId }, orderBy: { id: 'asc' } })
  return changes.map(({ at, amount }) => `${at.toISOString().slice(0, 10)} ${amount}`)
}

/** Records the MRR of every customer, as with the next change of its subscription. */
async function expectNoFurtherChange(): Promise<void> {
  const { db } = server.services
  const subscriptions = await db.subscription.findMany({ distinct: ['userId', 'organisationId'] })
  for (const { userId, organisationId } of subscriptions) {
    const before = await readHistory(userId)
    await db.$transaction((tx) => recordMrr(tx, server.services, { userId, organisationId }))
    expect([userId, await readHistory(userId)]).toEqual([userId, before])
  }
}

test('neither a coupon nor a plan change for which nothing was due distorts the history', async () => {
  await upgrade(MORE_SALES)
  expect(await readHistory('22')).toEqual(['2026-03-01 1261'])
  expect(await readHistory('49')).toEqual(['2026-04-05 1500'])
  expect(await readHistory('23')).toEqual(['2026-03-01 420', '2026-03-11 1261', '2026-04-15 420'])
  await expectNoFurtherChange()
})

test('prices to which tax is added count as they are', async () => {
  await upgrade(`${MORE_SALES};${TAX_ADDED}`, { PRICES_INCLUDE_TAX: 'false' })
  expect(await readHistory('22')).toEqual(['2026-03-01 1500'])
  expect(await readHistory('23')).toEqual(['2026-03-01 500', '2026-03-11 1500', '2026-04-15 500'])
  await expectNoFurtherChange()
})
