import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { event, order, payment, sign, subscription, wireTime } from '../support/lemon-squeezy.js'
import { type RunningServer, startProgram } from './program.js'

const SUBSCRIPTIONS = 200
const SECRET = 'a secret that only this test knows, long enough'
/** The test takes one minute on an idle machine. */
const TEST_TIMEOUT_MS = 900_000
// In the future, so that no period ends while the test runs.
const at = (month: number, day: number, hour = 10) =>
  `2040-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T${hour}:00:00.000Z`

let databases: pg.PoolConfig[]

beforeAll(async () => {
  databases = await Promise.all([cloneDatabase(), cloneDatabase()])
})

function start(connection: pg.PoolConfig): Promise<RunningServer> {
  return startProgram({
    DATABASE_URL: databaseUrl(connection),
    DEMO: 'true',
    AUTH_JWT_SECRET: SECRET,
    LEMONSQUEEZY_API_KEY: 'key',
    LEMONSQUEEZY_STORE_ID: '1',
    LEMONSQUEEZY_API_URL: 'http://127.0.0.1:1',
    LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret',
    LOG_LEVEL: 'error',
  })
}

/** Returns ten events of a subscription in chronological order. */
function lifecycle(id: number): string[] {
  const custom = { user_id: String(1000 + id) }
  const state = (updated: string, changes: object = {}) => subscription(id, at(1, 5), { updated_at: wireTime(updated), ...changes })
  const renewsIn = (month: number) => ({ renews_at: wireTime(at(month, 5)) })
  const paid = (number: number, month: number, changes: object = {}) =>
    payment(id * 10 + number, id, at(month, 5), { total: 1500 + id, ...changes })
  const endings = [
    ['subscription_cancelled', { status: 'cancelled', cancelled: true, renews_at: null, ends_at: wireTime(at(5, 5)) }],
    ['subscription_expired', { status: 'expired', renews_at: null, ends_at: wireTime(at(4, 20)) }],
    ['subscription_paused', { status: 'paused', pause: { mode: 'void' }, ...renewsIn(5) }],
    ['subscription_updated', { ...renewsIn(5) }],
    ['subscription_updated', { variant_id: 1002, ...renewsIn(5) }],
  ] as const
  const [lastEvent, lastState] = endings[id % endings.length] ?? endings[0]
  const refund = (sum: number) => paid(1, 1, { billing_reason: 'initial', refunded_amount: sum, updated_at: wireTime(at(4, 2)) })
  return [
    event('order_created', order(9000 + id, at(1, 5)), custom),
    event('subscription_created', state(at(1, 5)), custom),
    event('subscription_payment_success', paid(1, 1, { billing_reason: 'initial' }), custom),
    event('subscription_updated', state(at(2, 5, 11), renewsIn(3)), custom),
    event('subscription_payment_success', paid(2, 2), custom),
    event('subscription_updated', state(at(3, 5, 11), { status: 'past_due', ...renewsIn(3) }), custom),
    event('subscription_updated', state(at(3, 8, 11), renewsIn(4)), custom),
    event('subscription_payment_recovered', paid(3, 3), custom),
    event('subscription_payment_refunded', refund(id % 3 === 0 ? 400 : 900), custom),
    event(lastEvent, state(at(4, 20, 11), lastState), custom),
  ]
}

async function prepare(connection: pg.PoolConfig): Promise<pg.Client> {
  const db = new pg.Client(connection)
  await db.connect()
  const plan = `INSERT INTO plans (slug, name, type, price, currency, rank, is_default, provider_variant_id, created_at, updated_at) VALUES`
  await db.query(`${plan} ('free', 'Free', 'FREE', 0, 'USD', 0, true, NULL, now(), now()), ('pro', 'Pro', 'PAID', 1500, 'USD', 2, false, '1001', now(), now()),
    ('starter', 'Starter', 'PAID', 500, 'USD', 1, false, '1002', now(), now())`)
  await db.query(`INSERT INTO users (id, email) SELECT 1000 + n, 'u' || n || '@example.com' FROM generate_series(1, ${SUBSCRIPTIONS}) AS n`)
  return db
}

async function deliver(server: () => RunningServer, body: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${server().url}/webhooks/lemonsqueezy`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-signature': sign(body) },
      body,
    }).catch(() => undefined)
    if (response?.status === 200) return
    await new Promise((done) => setTimeout(done, 100))
  }
}

/** Queries whose results are reported when processing is stuck. */
const DIAGNOSTIC_QUERIES = [
  `SELECT name, status, subject, last_error FROM webhook_events WHERE status <> 'PROCESSED' LIMIT 3`,
  'SELECT key, attempts, last_error, run_at, locked_by FROM graphile_worker._private_jobs LIMIT 3',
  'SELECT queue_name, locked_by FROM graphile_worker._private_job_queues WHERE locked_by IS NOT NULL LIMIT 3',
  'SELECT application_name, state FROM pg_stat_activity WHERE datname = current_database()',
]

/** Processing is stuck when it makes no progress for this long, however slow the machine is. */
const STUCK_TIMEOUT_MS = 60_000

async function waitUntilProcessed(db: pg.Client, count: number): Promise<void> {
  let progress = { done: -1, at: Date.now() }
  for (;;) {
    const { rows } = await db.query(
      `SELECT count(*) FILTER (WHERE status = 'PROCESSED')::int AS done, count(*)::int AS all FROM webhook_events`,
    )
    if (rows[0].done === count && rows[0].all === count) return
    if (rows[0].done > progress.done) progress = { done: rows[0].done, at: Date.now() }
    if (Date.now() - progress.at > STUCK_TIMEOUT_MS)
      throw new Error(JSON.stringify([rows[0], ...(await Promise.all(DIAGNOSTIC_QUERIES.map(async (sql) => (await db.query(sql)).rows)))]))
    await new Promise((done) => setTimeout(done, 100))
  }
}

/**
 * Reads the final state, except what depends on the order of arrival: ids, document numbers and processing
 * times.
 */
async function readFinalState(db: pg.Client): Promise<unknown> {
  const rows = async (sql: string) => (await db.query(sql)).rows
  return {
    users: await rows('SELECT id, portal_tier FROM users ORDER BY id'),
    subscriptions:
      await rows(`SELECT provider_subscription_id, user_id, plan_id, status, anchor, period_number, current_period_start, current_period_end,
      cancel_at_period_end, ends_at, past_due_since, ended_at, provider_updated_at, plan_limits FROM subscriptions ORDER BY user_id`),
    payments:
      await rows(`SELECT p.provider_payment_id, p.amount AS received, o.user_id, o.status, o.reason, o.currency, o.amount, o.period_start, o.period_end, s.provider_subscription_id,
      i.kind, i.total, i.tax, i.status AS paid, (SELECT sum(total) FROM invoices c WHERE c.credited_invoice_id = i.id) AS credited,
      (SELECT sum(amount) FROM refunds r WHERE r.order_id = o.id) AS refunded
      FROM orders o JOIN subscriptions s ON s.id = o.subscription_id JOIN invoices i ON i.order_id = o.id AND i.kind <> 'CREDIT_NOTE'
      JOIN payments p ON p.order_id = o.id AND p.kind = 'PROVIDER' ORDER BY p.provider_payment_id`),
    current: await rows(
      'SELECT s.user_id, p.provider_payment_id FROM subscriptions s JOIN payments p ON p.order_id = s.order_id ORDER BY s.user_id',
    ),
    numbers: await rows(`SELECT count(*), min(sequence), max(sequence), count(DISTINCT sequence) AS different FROM invoices`),
  }
}

test(
  'processes 2,000 events, each delivered three times, shuffled and through crashes, as if delivered once in order',
  async () => {
    const events = Array.from({ length: SUBSCRIPTIONS }, (_, index) => lifecycle(index + 1))
    const [inOrder, shuffled] = await Promise.all(databases.map(prepare))
    if (!inOrder || !shuffled) throw new Error('no databases')

    const firstServer = await start(databases[0] ?? {})
    // The events of a subscription are sent in order, several subscriptions concurrently.
    await Promise.all(
      Array.from({ length: 8 }, async (_, lane) => {
        for (const bodies of events.filter((_events, index) => index % 8 === lane))
          for (const body of bodies) await deliver(() => firstServer, body)
      }),
    )
    await waitUntilProcessed(inOrder, 2000)
    firstServer.child.kill('SIGTERM')
    await firstServer.exit

    let secondServer = await start(databases[1] ?? {})
    const deliveries = shuffle([...events.flat(), ...events.flat(), ...events.flat()])
    const queue = deliveries.values()
    let delivered = 0
    let crashes = 0
    const lanes = Array.from({ length: 8 }, async () => {
      for (const body of queue) {
        await deliver(() => secondServer, body)
        delivered += 1
        if (delivered === 2000 || delivered === 4500) {
          crashes += 1
          secondServer.child.kill('SIGKILL')
          await secondServer.exit
          secondServer = await start(databases[1] ?? {})
        }
      }
    })
    await Promise.all(lanes)
    await waitUntilProcessed(shuffled, 2000)
    expect(crashes).toBe(2)
    expect(await readFinalState(shuffled)).toEqual(await readFinalState(inOrder))
    secondServer.child.kill('SIGTERM')
    await secondServer.exit
    await Promise.all([inOrder.end(), shuffled.end()])
  },
  TEST_TIMEOUT_MS,
)

/** Shuffles with a fixed seed. */
function shuffle<T>(values: T[]): T[] {
  let seed = 42
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  return values
    .map((value) => ({ value, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value)
}
