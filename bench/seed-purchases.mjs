// Customers that have paid the first period of a plan, with SQL.
import { parseConfig } from '../dist/config/config.js'
import { SECRET, SELLER } from './programs.mjs'

/**
 * @param pool  of an empty database. ANALYZE gives the planner the statistics of a database in use.
 * @param times  `bought`, `periodEnd` and `collectAt`: when their renewals are due
 */
export function seedPurchases(pool, customers, { bought, periodEnd, collectAt }) {
  return pool.query(`
  INSERT INTO users (id) SELECT generate_series(1, ${customers});
  INSERT INTO plans (slug, name, type, price, currency, is_default, created_at, updated_at)
  VALUES ('free', 'Free', 'FREE', 0, 'USD', true, now(), now()), ('pro', 'Pro', 'PAID', 1500, 'USD', false, now(), now());
  INSERT INTO subscriptions (user_id, plan_id, plan_name, plan_interval, plan_limits, plan_features, price, currency, collection, status,
    anchor, period_number, current_period_start, current_period_end, collect_at, bought_at, created_at, updated_at)
  SELECT users.id, plans.id, plans.name, plans.interval, '{}', '{}', plans.price, plans.currency, 'INVOICE', 'ACTIVE',
    '${bought}', 1, '${bought}', '${periodEnd}', '${collectAt}', '${bought}', now(), now()
  FROM users, plans WHERE plans.slug = 'pro';
  INSERT INTO orders (user_id, plan_id, status, reason, currency, amount, net, period_amount, plan_name, plan_type, plan_interval, plan_price,
    plan_limits, plan_features, placed_at, activated_at, period_start, period_end, subscription_id)
  SELECT user_id, plan_id, 'ACTIVE', 'PURCHASE', currency, price, price, price, plan_name, 'PAID', plan_interval, price,
    plan_limits, plan_features, '${bought}', '${bought}', current_period_start, current_period_end, id FROM subscriptions;
  UPDATE subscriptions SET order_id = orders.id FROM orders WHERE orders.subscription_id = subscriptions.id;
  INSERT INTO invoices (series, year, sequence, number, order_id, user_id, currency, subtotal, tax, total, status, issued_at, due_at, snapshot,
    paid_total, first_paid_at, paid_at)
  SELECT 'OLD', 2026, id, 'OLD-' || id, id, user_id, currency, amount, 0, amount, 'PAID', '${bought}', '${bought}', '{}',
    amount, '${bought}', '${bought}' FROM orders;
  INSERT INTO ledger_accounts (user_id, currency, cash, revenue) SELECT user_id, currency, amount, -amount FROM orders;
  INSERT INTO mrr_changes (user_id, currency, subscription_id, at, amount, delta)
  SELECT user_id, currency, subscription_id, '${bought}', amount, amount FROM orders;
  INSERT INTO entitlements (user_id, plan_id, limits, features, updated_at) SELECT user_id, plan_id, '{}', '{}', now() FROM orders;
  ANALYZE`)
}

/** What the renewals need, at a time. */
export function servicesAt(db, time) {
  return {
    db,
    config: parseConfig({ DEMO: 'false', AUTH_JWT_SECRET: SECRET, ...SELLER }),
    clock: { now: () => new Date(time) },
    providers: { all: [], find: () => undefined },
    findMissingGlyph: async () => undefined,
  }
}
