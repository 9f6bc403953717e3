// Creates users, and orders of every age and status, with SQL.
import { SingleBar } from 'cli-progress'
import { openClient } from './database.mjs'

const BATCH = 50_000
const ORDERS_PER_USER = 10
const FIRST_USER = 1000
/** The user with a hundredth of all orders. */
export const BUSIEST_USER = 1000

/**
 * Adds orders until the database contains the given number.
 * @param connection  to a migrated database
 * @param orders  the number of orders; the number of users is a tenth of it
 */
export async function seedOrders(connection, orders) {
  const db = await openClient(connection)
  const { rows } = await db.query('SELECT count(*)::int AS existing FROM orders')
  const bar = new SingleBar({
    format: 'orders {bar} {value} of {total}, {duration_formatted}',
    stream: process.stderr,
    clearOnComplete: false,
  })
  bar.start(orders, rows[0].existing)
  await addPlans(db)
  await addUsers(db, Math.max(1, Math.floor(orders / ORDERS_PER_USER)))
  for (let existing = rows[0].existing; existing < orders; existing += BATCH) {
    const count = Math.min(BATCH, orders - existing)
    await addOrders(db, existing, count, orders)
    bar.update(existing + count)
  }
  await db.query('VACUUM ANALYZE users, orders, order_items')
  bar.stop()
  await db.end()
}

function addPlans(db) {
  return db.query(`
    INSERT INTO plans (slug, name, type, price, currency, rank, is_default, memory, disk, cpu, server_limit, features, created_at, updated_at)
    SELECT 'plan-' || n, 'Plan ' || n, CASE n WHEN 1 THEN 'FREE' ELSE 'PAID' END, (n - 1) * 500, 'USD', n, n = 1, 1024 * n, 10240, 100, n,
      '{"backups": true}', now(), now()
    FROM generate_series(1, 12) AS n ON CONFLICT DO NOTHING`)
}

function addUsers(db, count) {
  return db.query(
    `INSERT INTO users (id, email, name) SELECT n, 'user' || n || '@example.com', 'User ' || n
     FROM generate_series($1::int, $1::int + $2::int - 1) AS n ON CONFLICT DO NOTHING`,
    [FIRST_USER, count],
  )
}

/** Adds orders of paid plans, each one minute after the previous one. */
async function addOrders(db, from, count, all) {
  await db.query('BEGIN')
  await db.query(
    `WITH numbers AS (
       SELECT n, CASE WHEN n % 100 = 0 THEN $3::int ELSE $3::int + (n::bigint * 7919 % $4::int)::int END AS user_id FROM generate_series($1::int, $1::int + $2::int - 1) AS n
     ), paid AS (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM plans WHERE type = 'PAID'), written AS (
       INSERT INTO orders (user_id, plan_id, status, reason, currency, amount, net, period_amount, plan_name, plan_type, plan_interval, plan_price,
         plan_limits, plan_features, placed_at, activated_at, cancelled_at, expires_at)
       SELECT user_id, paid.id, CASE n % 4 WHEN 0 THEN 'EXPIRED' ELSE 'CANCELLED' END, 'PURCHASE', 'USD', price, price, price, paid.name,
         paid.type, paid.interval, price, jsonb_build_object('memory', memory, 'disk', disk, 'cpu', cpu, 'serverLimit', server_limit), features,
         moment, moment, CASE n % 4 WHEN 0 THEN NULL ELSE moment + interval '20 days' END, moment + interval '30 days'
       FROM numbers CROSS JOIN LATERAL (SELECT timestamptz '2023-01-01' + n * interval '1 minute' AS moment) AS time
         JOIN paid ON place = n % (SELECT count(*) FROM paid)
       RETURNING id, plan_name, plan_interval, amount)
     INSERT INTO order_items (order_id, position, kind, parameters, quantity, unit_price, amount)
     SELECT id, 0, 'PLAN', jsonb_build_object('plan', plan_name, 'interval', plan_interval), 1, amount, amount FROM written`,
    [from, count, FIRST_USER, Math.max(1, Math.floor(all / ORDERS_PER_USER))],
  )
  await db.query('COMMIT')
}
