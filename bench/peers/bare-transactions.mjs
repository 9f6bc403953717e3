// What a handwritten shop does in SQL: an order, a grant with an invoice, a payment. No events, no audit log, no ledger, no
// tax, no limits, no retries, no idempotency keys.

export const TABLES = `
  CREATE TABLE plans (id bigint PRIMARY KEY, name text NOT NULL, price bigint NOT NULL);
  INSERT INTO plans VALUES (1, 'Pro', 1500);
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id text NOT NULL, plan_id bigint NOT NULL REFERENCES plans,
    status text NOT NULL, amount bigint NOT NULL, placed_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX ON orders (user_id, placed_at);
  CREATE TABLE subscriptions (user_id text PRIMARY KEY, plan_id bigint NOT NULL REFERENCES plans, order_id bigint NOT NULL REFERENCES orders,
    period_start timestamptz NOT NULL, period_end timestamptz NOT NULL);
  CREATE TABLE counters (series text PRIMARY KEY, value bigint NOT NULL);
  INSERT INTO counters VALUES ('INV', 0);
  CREATE TABLE invoices (number text PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, user_id text NOT NULL, total bigint NOT NULL,
    paid bigint NOT NULL, status text NOT NULL, issued_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX ON invoices (order_id);
  CREATE TABLE payments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, invoice_number text NOT NULL REFERENCES invoices,
    amount bigint NOT NULL, reference text NOT NULL, received_at timestamptz NOT NULL DEFAULT now(), UNIQUE (invoice_number, reference))`

const prepared = (name, text) => (values) => ({ name, text, values })
const INSERT_ORDER = prepared(
  'order',
  'INSERT INTO orders (user_id, plan_id, status, amount) SELECT $1, id, $3, price FROM plans WHERE id = $2 RETURNING id, amount',
)
const UPSERT_SUBSCRIPTION = prepared(
  'subscription',
  `INSERT INTO subscriptions VALUES ($1, $2, $3, now(), now() + interval '1 month')
   ON CONFLICT (user_id) DO UPDATE SET plan_id = excluded.plan_id, order_id = excluded.order_id, period_start = excluded.period_start,
     period_end = excluded.period_end`,
)
const EXTEND_SUBSCRIPTION = prepared(
  'extend',
  "UPDATE subscriptions SET period_end = period_end + interval '1 month', order_id = $2 WHERE user_id = $1",
)
const NEXT_NUMBER = prepared('number', "UPDATE counters SET value = value + 1 WHERE series = 'INV' RETURNING value")
const INSERT_INVOICE = prepared('invoice', 'INSERT INTO invoices VALUES ($1, $2, $3, $4, $5, $6)')
const LOCK_INVOICE = prepared('lock', 'SELECT total, paid FROM invoices WHERE number = $1 FOR UPDATE')
const INSERT_PAYMENT = prepared('payment', 'INSERT INTO payments (invoice_number, amount, reference) VALUES ($1, $2, $3)')
const PAY_INVOICE = prepared(
  'pay',
  "UPDATE invoices SET paid = paid + $2, status = CASE WHEN paid + $2 >= total THEN 'PAID' ELSE status END WHERE number = $1",
)

/** An order, in one statement. */
export async function placeOrder(pool, { userId, planId }) {
  const { rows } = await pool.query(INSERT_ORDER([userId, planId, 'PENDING']))
  return { order: { id: rows[0].id, amount: rows[0].amount } }
}

/** An active order with its subscription and a paid invoice. The number comes last, because it blocks all others. */
export function applyPlan(pool, { userId, planId }) {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query(INSERT_ORDER([userId, planId, 'ACTIVE']))
    const [order] = rows
    await client.query(UPSERT_SUBSCRIPTION([userId, planId, order.id]))
    return { order, invoice: { number: await issueInvoice(client, userId, order, order.amount, 'PAID') } }
  })
}

/** The order of the next period with an open invoice. */
export function renew(pool, { userId, planId }) {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query(INSERT_ORDER([userId, planId, 'PENDING']))
    const [order] = rows
    await client.query(EXTEND_SUBSCRIPTION([userId, order.id]))
    return { order, invoice: { number: await issueInvoice(client, userId, order, 0, 'OPEN') } }
  })
}

export function recordPayment(pool, { invoice, amount, reference }) {
  return inTransaction(pool, async (client) => {
    await client.query(LOCK_INVOICE([invoice]))
    await client.query(INSERT_PAYMENT([invoice, amount, reference]))
    await client.query(PAY_INVOICE([invoice, amount]))
    return { payment: { invoice, amount } }
  })
}

async function issueInvoice(client, userId, { id, amount }, paid, status) {
  const { rows } = await client.query(NEXT_NUMBER([]))
  const number = `INV-${String(rows[0].value).padStart(6, '0')}`
  await client.query(INSERT_INVOICE([number, id, userId, amount, paid, status]))
  return number
}

async function inTransaction(pool, work) {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}
