// A handwritten receiver of webhooks: it checks the signature, stores the event once, and processes it afterwards in a
// transaction. Four events are processed at the same time.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { serve } from './bare-server.mjs'

const CONCURRENCY = 4
const INSERT = {
  name: 'insert',
  text: 'INSERT INTO bench_events (body) VALUES ($1) ON CONFLICT DO NOTHING',
}
const TAKE = {
  name: 'take',
  text: `UPDATE bench_events SET processed_at = now()
         WHERE id = (SELECT id FROM bench_events WHERE processed_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING body`,
}
const FIND_USER = { name: 'user', text: 'SELECT id FROM users WHERE email = $1' }
const SUBSCRIBE = {
  name: 'subscribe',
  text: `INSERT INTO bench_subscriptions VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET plan = excluded.plan, status = excluded.status`,
}
let running = 0

async function receive(pool, _event, body, headers) {
  const expected = createHmac('sha256', process.env.WEBHOOK_SECRET).update(body).digest()
  if (!timingSafeEqual(expected, Buffer.from(headers['x-signature'], 'hex'))) throw new Error('wrong signature')
  await pool.query({ ...INSERT, values: [body] })
  if (running < CONCURRENCY) void processAll(pool)
  return { received: true }
}

async function processAll(pool) {
  running += 1
  while (await processNext(pool));
  running -= 1
}

/** @returns whether there was an event */
async function processNext(pool) {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const { rows } = await client.query(TAKE)
    if (rows.length > 0) {
      const { subscription_id: id, plan, customer_email: email } = rows[0].body.data
      const { rows: users } = await client.query({ ...FIND_USER, values: [email] })
      await client.query({ ...SUBSCRIBE, values: [id, users[0].id, plan, 'ACTIVE'] })
    }
    await client.query('COMMIT')
    return rows.length > 0
  } finally {
    client.release()
  }
}

serve({ '/webhooks': receive })
