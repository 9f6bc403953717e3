import { auditLedger } from './audit-ledger.mjs'
import { RULES } from './rules.mjs'

/** @returns rule -> its violations. The rules include that acknowledged work is in the database. */
export async function audit(db, acknowledged, received) {
  const findings = {}
  for (const [rule, query] of Object.entries(RULES)) findings[rule] = (await db.query(query)).rows.map(({ wrong }) => wrong)
  findings['every acknowledged grant is stored once'] = await findLostGrants(db, acknowledged)
  findings['every acknowledged claim is stored, within the limit'] = await findLostClaims(db, acknowledged)
  findings['every acknowledged webhook is stored once'] = await findLostWebhooks(db, acknowledged)
  findings['both payments of every subscription are recorded'] = await findLostPayments(db, acknowledged)
  findings['every acknowledged credit note is stored'] = await findLostCredits(db, acknowledged)
  findings['every acknowledged plan change and refund is stored'] = await findLostChanges(db, acknowledged)
  Object.assign(findings, await auditLedger(db, acknowledged))
  findings['every event is received, in order per customer'] = await findLostEvents(db, received)
  return findings
}

async function findLostGrants(db, { grants, cancelled }) {
  const { rows } = await db.query(`
    SELECT o.user_id, o.id::text AS id, o.status, i.number FROM orders o JOIN invoices i ON i.order_id = o.id AND i.kind = 'INVOICE'
    WHERE o.user_id::int BETWEEN 10000 AND 499999`)
  const orders = new Map()
  for (const row of rows) orders.set(row.user_id, [...(orders.get(row.user_id) ?? []), row])
  return [...grants].flatMap(([userId, { orderId, number }]) => {
    const mine = orders.get(userId) ?? []
    const [order] = mine
    const isCorrect =
      mine.length === 1 &&
      order.id === orderId &&
      order.number === number &&
      order.status === (cancelled.has(userId) ? 'CANCELLED' : 'ACTIVE')
    return isCorrect ? [] : [`user ${userId}: acknowledged ${orderId} ${number}, stored ${JSON.stringify(mine)}`]
  })
}

async function findLostClaims(db, { claims }) {
  const { rows } = await db.query('SELECT external_id FROM server_claims')
  const stored = new Set(rows.map(({ external_id }) => external_id))
  const { rows: over } = await db.query(`
    SELECT c.user_id FROM server_claims c JOIN plans p ON p.slug = 'chaos' GROUP BY c.user_id, p.server_limit HAVING count(*) > p.server_limit`)
  const lost = [...claims.values()].flatMap((mine) => [...mine].filter((externalId) => !stored.has(externalId)))
  return [...lost, ...over.map(({ user_id }) => `user ${user_id} exceeds the limit`)]
}

async function findLostWebhooks(db, { webhooks }) {
  const { rows } = await db.query('SELECT body FROM webhook_events')
  const storedIds = rows.map(({ body }) => body.meta.webhook_id)
  const acknowledged = [...webhooks].map((body) => JSON.parse(body).meta.webhook_id)
  const stored = new Set(storedIds)
  return [...acknowledged.filter((id) => !stored.has(id)), ...(stored.size === storedIds.length ? [] : ['stored twice'])]
}

async function findLostPayments(db, { subscriptions }) {
  const { rows } = await db.query("SELECT provider_payment_id AS id FROM payments WHERE kind = 'PROVIDER' AND provider = 'lemonsqueezy'")
  const recorded = new Set(rows.map(({ id }) => id))
  return [...subscriptions].flatMap((id) => [`${id}1`, `${id}2`]).filter((id) => !recorded.has(id))
}

async function findLostCredits(db, { credits }) {
  const { rows } = await db.query('SELECT c.number, i.number AS invoice FROM invoices c JOIN invoices i ON i.id = c.credited_invoice_id')
  const stored = new Map(rows.map(({ number, invoice }) => [number, invoice]))
  return [...credits].flatMap(([number, invoice]) => (stored.get(number) === invoice ? [] : [`${number} of ${invoice}`]))
}

/** A refund ends the subscription, whose plan stays the one after the change. */
async function findLostChanges(db, { changes, refunds }) {
  const { rows: changed } = await db.query(
    "SELECT user_id::text AS user FROM subscriptions s JOIN plans p ON p.id = s.plan_id WHERE p.slug = 'max'",
  )
  const { rows: refunded } = await db.query(
    "SELECT order_id::text AS order FROM refunds WHERE status = 'DONE' GROUP BY order_id HAVING count(*) = 1",
  )
  const users = new Set(changed.map(({ user }) => user))
  const orders = new Set(refunded.map(({ order }) => order))
  return [
    ...[...changes].filter((user) => !users.has(user)).map((user) => `plan change of user ${user}`),
    ...[...refunds].filter((order) => !orders.has(order)).map((order) => `refund of order ${order}`),
  ]
}

async function findLostEvents(db, received) {
  const { rows } = await db.query('SELECT event_id, holder FROM outbox_events ORDER BY id')
  const first = new Map()
  for (const [place, id] of received.entries()) if (!first.has(id)) first.set(id, place)
  const last = new Map()
  return rows.flatMap(({ event_id, holder: customer }) => {
    const place = first.get(event_id)
    if (place === undefined) return [`event ${event_id} was never received`]
    const before = last.get(customer) ?? -1
    last.set(customer, place)
    return place < before ? [`event ${event_id} of ${customer} arrived too early`] : []
  })
}
