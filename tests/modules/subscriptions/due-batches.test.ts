import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listEndedPeriods, storePeriods } from '../../../src/modules/subscriptions/due-subscription.queries.js'
import { advancePeriods, expirePendingOrders } from '../../../src/modules/subscriptions/scheduled-transitions.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { insertRows } from '../../support/rows.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

/** More than two batches of 500. */
const CUSTOMERS = 1200
const TIMEOUT = { timeout: 60_000 }

let server: TestServer
let plans: Catalog

beforeEach(async () => {
  server = await startServer({ now: '2026-01-31T10:00:00.000Z' })
  plans = await createCatalog(server)
  await server.owner.query(`INSERT INTO users (id) SELECT n FROM generate_series(1000, ${1000 + CUSTOMERS - 1}) AS n`)
})
afterEach(() => server.close())

const query = async <R extends object>(sql: string, values: unknown[] = []) => (await server.owner.query<R>(sql, values)).rows
const grantPlans = () => {
  const start = "'2026-01-31T10:00:00Z'"
  const period = { anchor: start, current_period_start: start, current_period_end: "'2026-02-28T10:00:00Z'" }
  return query(insertRows('subscriptions', { user_id: 'id', plan_id: '$1', ...period }, "users WHERE id >= '1000'"), [Number(plans.pro)])
}
const countPeriods = () => query('SELECT period_number AS period, count(*)::int FROM subscriptions GROUP BY 1 ORDER BY 1')

test('advances the periods of all subscriptions with a read and a write per batch', async () => {
  await grantPlans()
  server.clock.set('2026-03-31T10:00:00.000Z')
  const statements = await countStatements(() => advancePeriods(server.services))
  expect(statements).toHaveLength(6)
  expect(await countPeriods()).toEqual([{ period: 3, count: CUSTOMERS }])
  expect(await query('SELECT DISTINCT current_period_start AS start, current_period_end AS end FROM subscriptions')).toEqual([
    { start: new Date('2026-03-31T10:00:00.000Z'), end: new Date('2026-04-30T10:00:00.000Z') },
  ])
})

test('advances each period once when several processes do it at the same time', async () => {
  await grantPlans()
  server.clock.set('2026-03-31T10:00:00.000Z')
  await Promise.all([1, 2, 3].map(() => advancePeriods(server.services)))
  expect(await countPeriods()).toEqual([{ period: 3, count: CUSTOMERS }])
})

test('skips a subscription that another transaction has locked, and ends', async () => {
  await grantPlans()
  server.clock.set('2026-03-31T10:00:00.000Z')
  const client = await server.connections.pool.connect()
  await client.query('BEGIN')
  await client.query("SELECT FROM subscriptions WHERE user_id = '1700' FOR UPDATE")
  await advancePeriods(server.services)
  await client.query('COMMIT')
  client.release()
  expect(await countPeriods()).toEqual([
    { period: 1, count: 1 },
    { period: 3, count: CUSTOMERS - 1 },
  ])
})

test('ends although a subscription stays due', async () => {
  await grantPlans()
  server.clock.set('2026-03-31T10:00:00.000Z')
  await query('CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$')
  await query("CREATE TRIGGER refuses_one BEFORE UPDATE ON subscriptions FOR EACH ROW WHEN (OLD.user_id = '1001') EXECUTE FUNCTION pass()")
  await advancePeriods(server.services)
  expect(await countPeriods()).toEqual([
    { period: 1, count: 1 },
    { period: 3, count: CUSTOMERS - 1 },
  ])
})

describe('a subscription that has changed since it was read', () => {
  const CHANGES = [
    ['period', 'period_number = 2'],
    ['plan', 'plan_id = (SELECT id FROM plans WHERE slug = $$starter$$)'],
    ['status', 'status = $$CANCELLED$$'],
  ]
  const SELECT_CHANGED = "SELECT plan_id, status, period_number, current_period_end FROM subscriptions WHERE user_id = '1001'"
  const readChanged = () => query(SELECT_CHANGED)

  beforeEach(async () => {
    await grantPlans()
    server.clock.set('2026-03-31T10:00:00.000Z')
  })

  test.each(CHANGES)('is left out of its batch after a change of its %s', async (_what, change) => {
    const at = server.clock.now()
    const batch = await listEndedPeriods(server.services.db, { at, subscriptionId: undefined }, undefined)
    await query(`UPDATE subscriptions SET ${change} WHERE user_id = '1001'`)
    const changed = await readChanged()
    const next = { number: 3, start: new Date('2026-03-31T10:00:00.000Z'), end: new Date('2026-04-30T10:00:00.000Z') }
    const periods = batch.map((ended) => ({ ...ended, next }))
    expect(await storePeriods(server.services.db, periods, { at, waitsForLocks: false })).toBe(batch.length - 1)
    expect(await readChanged()).toEqual(changed)
  })

  test.each(CHANGES)('is not advanced by a request that has waited for the change of its %s', async (_what, change) => {
    const [{ id } = { id: '' }] = await query<{ id: string }>("SELECT id FROM subscriptions WHERE user_id = '1001'")
    const other = await server.connections.pool.connect()
    await other.query('BEGIN')
    await other.query(`UPDATE subscriptions SET ${change} WHERE id = $1`, [id])
    const advanced = advancePeriods(server.services, BigInt(id))
    await expect
      .poll(() => query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"), TIMEOUT)
      .toHaveLength(1)
    const { rows: changed } = await other.query(SELECT_CHANGED)
    await other.query('COMMIT')
    other.release()
    await advanced
    expect(await readChanged()).toEqual(changed)
  })
})

test('ends overdue subscriptions although one of them cannot be ended', async () => {
  await grantPlans()
  await query("UPDATE subscriptions SET ends_at = '2026-02-01T00:00:00Z' WHERE user_id < '1010'")
  await query("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$")
  await query("CREATE TRIGGER refuses_one BEFORE UPDATE ON subscriptions FOR EACH ROW WHEN (OLD.user_id = '1000') EXECUTE FUNCTION fail()")
  server.clock.set('2026-02-02T10:00:00.000Z')
  await expect(server.tick()).rejects.toThrow('1 subscriptions could not be ended')
  expect(await query("SELECT user_id FROM subscriptions WHERE status <> 'EXPIRED' AND ends_at IS NOT NULL")).toEqual([{ user_id: '1000' }])
})

test('expires pending orders and publishes their events with five statements per batch', async () => {
  const columns = { user_id: 'id', status: "'PENDING'", expires_at: "'2026-02-01T00:00:00Z'" }
  await query(insertRows('orders', columns, "users WHERE id >= '1000'"))
  server.clock.set('2026-02-02T10:00:00.000Z')
  const statements = await countStatements(() => expirePendingOrders(server.services))
  // One more reads the orders that are paid in part. There are none.
  expect(statements).toHaveLength(16)
  const events = await query("SELECT DISTINCT holder FROM outbox_events WHERE type = 'order.expired'")
  expect(events).toHaveLength(CUSTOMERS)
})
