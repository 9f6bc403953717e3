import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deliver, event, type FakeLemonSqueezy, order, payment, subscription } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { Receiver } from '../../support/receiver.js'
import { listSequentialScans, type RecordedStatement, recordStatements } from '../../support/recorded-statements.js'
import { insertRows } from '../../support/rows.js'
import type { TestServer } from '../../support/server.js'

const ROWS = 100_000
const NOW = '2026-05-01T10:00:00.000Z'
/** A hundred rows fit on a page or two, which PostgreSQL reads as a whole. */
const MAX_ROWS_OF_A_SMALL_TABLE = 1000

let api: FakeLemonSqueezy
let server: TestServer
let receiver: Receiver
let client: pg.Client
let largeTables: Set<string>

beforeAll(async () => {
  const started = await startWithLemonSqueezy(NOW)
  ;({ api, server } = started)
  receiver = await Receiver.start()
  client = new pg.Client(server.database)
  await client.connect()
  // As sessions of the server have it.
  await client.query('SET search_path = public, graphile_worker')
  await server.ask('admin', 'mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { secret } }', {
    input: { url: receiver.url, types: [] },
  })
  await seed(Number(started.plans.starter))
  const { rows } = await client.query("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > $1", [MAX_ROWS_OF_A_SMALL_TABLE])
  largeTables = new Set(rows.map(({ relname }) => relname))
})
afterAll(async () => {
  await client.end()
  await receiver.close()
  await server.close()
  await api.close()
})

async function seed(planId: number): Promise<void> {
  const everyUser = "users WHERE id >= '1000'"
  const order = { status: "'EXPIRED'", placed_at: "'2026-01-01'", expires_at: "'2026-01-08'" }
  const number = { series: "'OLD'", year: '2026', sequence: 'id', number: "'OLD-' || id" }
  const ofProvider = (value: string) => `CASE WHEN id::int % 2 = 0 THEN ${value} END`
  const subscription = {
    user_id: 'id',
    plan_id: String(planId),
    anchor: "'2026-04-20'",
    current_period_start: "'2026-04-20'",
    current_period_end: "'2026-05-20'",
    collection: "CASE WHEN id::int % 2 = 0 THEN 'PROVIDER' ELSE 'NONE' END",
    provider: ofProvider("'lemonsqueezy'"),
    provider_subscription_id: ofProvider("'old' || id"),
    provider_order_id: ofProvider("'old' || id"),
  }
  await client.query(`
    INSERT INTO users (id, email) SELECT n, 'user' || n || '@example.com' FROM generate_series(1000, ${1000 + ROWS}) AS n;
    ${insertRows('orders', { ...order, user_id: 'id' }, everyUser)};
    ${insertRows('invoices', { ...number, order_id: 'id', user_id: 'user_id', issued_at: 'placed_at', due_at: 'placed_at' }, 'orders')};
    ${insertRows('subscriptions', subscription, everyUser)};
    INSERT INTO entitlements (user_id, limits, features, changes_at, updated_at)
      SELECT id, '{}', '{}', CASE WHEN id::int % 2 = 0 THEN '2026-06-01'::timestamptz END, now() FROM users WHERE id >= '1000';
    INSERT INTO webhook_events (source, body_hash, name, subject, body, status, received_at)
      SELECT 'lemonsqueezy', sha256(n::text::bytea), 'x', 'subscription:' || n + 1000000, '{}', 'PROCESSED', now() FROM generate_series(1, ${ROWS}) AS n;
    INSERT INTO outbox_events (event_id, type, holder, payload, created_at)
      SELECT gen_random_uuid(), 'plan.applied', 'user:' || id, '{}', '2026-04-20' FROM users WHERE id >= '1000';
    INSERT INTO event_deliveries (endpoint_id, event_id, holder, status, created_at, next_attempt_at)
      SELECT endpoint.id, event.id, event.holder, 'DELIVERED', event.created_at, event.created_at FROM outbox_events AS event, event_endpoints AS endpoint;
    INSERT INTO resource_counters (user_id, resource, day, used) SELECT id, 'EMAILS_PER_DAY', '2026-05-01', 1 FROM users WHERE id >= '1000';
    INSERT INTO consumptions (counter_id, user_id, resource, key, amount, created_at) SELECT id, user_id, resource, 'key', 1, now() FROM resource_counters;
    INSERT INTO caller_budgets (caller, points, taken, refilled_at) SELECT 'user:' || id, 1, 1, now() FROM users WHERE id >= '1000'`)
  // One row that is due for every step.
  await client.query(`
    UPDATE subscriptions SET ends_at = '2026-05-01' WHERE user_id = '1001';
    UPDATE subscriptions SET status = 'CANCELLED', current_period_end = '2026-04-30' WHERE user_id = '1003';
    UPDATE subscriptions SET status = 'PAST_DUE', past_due_since = '2026-04-01' WHERE user_id = '1005';
    UPDATE subscriptions SET current_period_end = '2026-04-30' WHERE user_id = '1007';
    UPDATE entitlements SET changes_at = '2026-04-30' WHERE user_id = '1009';
    UPDATE outbox_events SET created_at = '2026-01-01' WHERE holder = 'user:1001';
    UPDATE resource_counters SET day = '2026-04-01' WHERE user_id = '1001';
    ${insertRows('orders', { ...order, user_id: 'id', status: "'PENDING'" }, "users WHERE id = '1001'")}`)
  await client.query('VACUUM ANALYZE')
}

/** The statements of `work` that read a large table sequentially, with the tables. */
async function listSlowStatements(work: () => Promise<unknown>): Promise<{ tables: string[]; text: string }[]> {
  const statements = await recordStatements(work)
  expect(statements.length).toBeGreaterThan(3)
  const slow = []
  for (const statement of statements) {
    const tables = (await scansOf(statement)).filter((table) => largeTables.has(table))
    if (tables.length > 0) slow.push({ tables: [...new Set(tables)], text: statement.text.replace(/\s+/g, ' ').slice(0, 500) })
  }
  return slow
}

async function scansOf(statement: RecordedStatement): Promise<string[]> {
  return listSequentialScans(client, statement)
}

test('the check finds a sequential scan', async () => {
  const scan = () => client.query('SELECT user_id FROM subscriptions WHERE period_number = $1', [7])
  expect(await listSequentialScans(client, { text: 'SELECT user_id FROM subscriptions WHERE period_number = $1', values: [7] })).toContain(
    'subscriptions',
  )
  // Polls of the server may be among them.
  expect((await recordStatements(scan)).map(({ text }) => text)).toContain('SELECT user_id FROM subscriptions WHERE period_number = $1')
})

test.each(['tick', 'reconcile', 'sweep'])('the job %s reads no large table sequentially', async (job) => {
  api.subscriptions.set('1', subscription(1, NOW))
  expect(await listSlowStatements(() => server.runTask(job))).toEqual([])
})

test('received webhooks are processed without reading a large table sequentially', async () => {
  const send = async (name: string, data: Parameters<typeof event>[1], custom?: object) => {
    expect((await deliver(server.url, event(name, data, custom))).status).toBe(200)
    await server.settle()
  }
  const statements = () =>
    listSlowStatements(async () => {
      await send('subscription_payment_success', payment(1, 1, NOW, { billing_reason: 'initial' }))
      await send('subscription_created', subscription(1, NOW), { user_id: '10' })
      await send('subscription_payment_refunded', payment(1, 1, NOW, { billing_reason: 'initial', refunded_amount: 500 }))
      await send('order_refunded', order(9001, NOW, { refunded: true, refunded_amount: 1500 }))
      await send('subscription_created', subscription(2, NOW, { user_email: 'USER1011@example.com' }), {})
    })
  expect(await statements()).toEqual([])
  const { rows } = await client.query("SELECT count(*)::int AS processed FROM webhook_events WHERE status = 'PROCESSED' AND name <> 'x'")
  expect(rows).toEqual([{ processed: 5 }])
})

test('events are delivered without reading a large table sequentially', async () => {
  await client.query('ANALYZE event_deliveries')
  expect(await listSlowStatements(() => server.deliver())).toEqual([])
  expect(receiver.received.length).toBeGreaterThan(0)
})
