// The time to issue renewal invoices that are all due at the same time, and then to begin their periods.
import { parseConfig } from '../dist/config/config.js'
import { collectDueSubscriptions } from '../dist/modules/subscriptions/renewals/collect.js'
import { connectDirectly, SECRET, SELLER } from './programs.mjs'

const SUBSCRIPTIONS = Number(process.env.RENEWALS ?? 10_000)
const BOUGHT = '2026-01-15T10:00:00.000Z'
const PERIOD_END = '2026-02-15T10:00:00.000Z'
const ISSUE_AT = '2026-02-08T10:00:00.000Z'

/** Customers that have paid the first period of a plan. ANALYZE gives the planner the statistics of a database in use. */
const PURCHASES = `
  INSERT INTO users (id) SELECT generate_series(1, ${SUBSCRIPTIONS});
  INSERT INTO plans (slug, name, type, price, currency, is_default, created_at, updated_at)
  VALUES ('free', 'Free', 'FREE', 0, 'USD', true, now(), now()), ('pro', 'Pro', 'PAID', 1500, 'USD', false, now(), now());
  INSERT INTO subscriptions (user_id, plan_id, plan_name, plan_interval, plan_limits, plan_features, price, currency, collection, status,
    anchor, period_number, current_period_start, current_period_end, collect_at, bought_at, created_at, updated_at)
  SELECT users.id, plans.id, plans.name, plans.interval, '{}', '{}', plans.price, plans.currency, 'INVOICE', 'ACTIVE',
    '${BOUGHT}', 1, '${BOUGHT}', '${PERIOD_END}', '${ISSUE_AT}', '${BOUGHT}', now(), now()
  FROM users, plans WHERE plans.slug = 'pro';
  INSERT INTO orders (user_id, plan_id, status, reason, currency, amount, net, period_amount, plan_name, plan_type, plan_interval, plan_price,
    plan_limits, plan_features, placed_at, activated_at, period_start, period_end, subscription_id)
  SELECT user_id, plan_id, 'ACTIVE', 'PURCHASE', currency, price, price, price, plan_name, 'PAID', plan_interval, price,
    plan_limits, plan_features, '${BOUGHT}', '${BOUGHT}', current_period_start, current_period_end, id FROM subscriptions;
  UPDATE subscriptions SET order_id = orders.id FROM orders WHERE orders.subscription_id = subscriptions.id;
  INSERT INTO invoices (series, year, sequence, number, order_id, user_id, currency, subtotal, tax, total, status, issued_at, due_at, snapshot,
    paid_total, first_paid_at, paid_at)
  SELECT 'OLD', 2026, id, 'OLD-' || id, id, user_id, currency, amount, 0, amount, 'PAID', '${BOUGHT}', '${BOUGHT}', '{}',
    amount, '${BOUGHT}', '${BOUGHT}' FROM orders;
  INSERT INTO ledger_accounts (user_id, currency, cash, revenue) SELECT user_id, currency, amount, -amount FROM orders;
  INSERT INTO mrr_changes (user_id, currency, subscription_id, at, amount, delta)
  SELECT user_id, currency, subscription_id, '${BOUGHT}', amount, amount FROM orders;
  INSERT INTO entitlements (user_id, plan_id, limits, features, updated_at) SELECT user_id, plan_id, '{}', '{}', now() FROM orders;
  ANALYZE`

/**
 * @param connection  to an empty database
 * @returns the number of subscriptions, and the times to issue their renewals and to begin their periods, seconds
 */
export async function benchRenewals(connection) {
  const { db, pool, close } = connectDirectly(connection, 4)
  await pool.query(PURCHASES)
  const config = parseConfig({ DEMO: 'false', AUTH_JWT_SECRET: SECRET, ...SELLER })
  const collectAt = async (time) => {
    const services = {
      db,
      config,
      clock: { now: () => new Date(time) },
      providers: { all: [], find: () => undefined },
      findMissingGlyph: async () => undefined,
    }
    const started = performance.now()
    await collectDueSubscriptions(services)
    return (performance.now() - started) / 1000
  }
  const issueSeconds = await collectAt(ISSUE_AT)
  await expectCount(pool, "SELECT count(*)::int AS count FROM invoices WHERE due_at = '2026-02-15T10:00:00Z'")
  const beginSeconds = await collectAt(PERIOD_END)
  await expectCount(pool, "SELECT count(*)::int AS count FROM subscriptions WHERE period_number = 2 AND status = 'PAST_DUE'")
  await close()
  return { subscriptions: SUBSCRIPTIONS, issueSeconds, beginSeconds }
}

async function expectCount(pool, query) {
  const { rows } = await pool.query(query)
  if (rows[0].count !== SUBSCRIPTIONS) throw new Error(`${rows[0].count} of ${SUBSCRIPTIONS}: ${query}`)
}
