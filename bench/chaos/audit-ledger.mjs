// Compares acknowledged payments, purchases, refunds, credit and reversals with the rows and postings of the database.

/** @returns rule -> its violations */
export async function auditLedger(db, acknowledged) {
  return {
    'every acknowledged order is placed once': await findLost(db, acknowledged.orders, ORDERS, ({ row, id }) => row.id === id),
    'every acknowledged purchase and plan change is active once': await findLostActivations(db, acknowledged),
    'every acknowledged payment is recorded and posted once': await findLost(db, acknowledged.payments, PAYMENTS, isSame),
    'every acknowledged reversal is posted once': await findLostReversals(db, acknowledged),
    'every acknowledged refund is stored once, with all its parts': await findLost(db, acknowledged.manualRefunds, REFUNDS, isSame),
    'every acknowledged payout is posted once': await findLostPayouts(db, acknowledged),
    'every acknowledged credit is granted and posted once': await findLost(db, acknowledged.grantedCredit, GRANTS, isSame),
    'every acknowledged cancellation is in the audit log': await findLostCancellations(db, acknowledged),
    'every paid checkout has one subscription and one first payment': await findLostCheckouts(db, acknowledged),
  }
}

const ORDERS = `SELECT notes AS key, min(id)::text AS id, count(*)::int AS rows, 1 AS postings FROM orders WHERE notes IS NOT NULL GROUP BY notes`
const PAYMENTS = `
  SELECT reference AS key, min(payment.id)::text AS id, min(amount)::int AS amount, count(DISTINCT payment.id)::int AS rows,
    count(posting.id) FILTER (WHERE cash = amount)::int AS postings
  FROM payments AS payment LEFT JOIN ledger_postings AS posting ON posting.payment_id = payment.id AND posting.kind = 'PAYMENT'
  WHERE reference IS NOT NULL GROUP BY reference`
const REFUNDS = `
  SELECT reason AS key, min(id)::text AS id, min(amount)::int AS amount, count(*)::int AS rows,
    count(*) FILTER (WHERE amount = (SELECT sum(amount) FROM refund_parts WHERE refund_id = refunds.id))::int AS postings
  FROM refunds WHERE reason IS NOT NULL GROUP BY reason`
const GRANTS = `
  SELECT reason AS key, min(g.id)::text AS id, min(amount)::int AS amount, count(DISTINCT g.id)::int AS rows,
    count(posting.id) FILTER (WHERE - balance = amount)::int AS postings
  FROM credit_grants AS g LEFT JOIN ledger_postings AS posting ON posting.grant_id = g.id AND posting.kind = 'GRANT' GROUP BY reason`

function isSame({ row, id, amount }) {
  return row.id === id && row.amount === amount
}

/** @param query  returns the id, the rows and the postings of each key */
async function findLost(db, acknowledged, query, isCorrect) {
  const { rows } = await db.query(query)
  const stored = new Map(rows.map((row) => [row.key, row]))
  return [...acknowledged].flatMap(([key, value]) => {
    const row = stored.get(key)
    const expected = typeof value === 'string' ? { id: value } : value
    if (row?.rows === 1 && row.postings === 1 && isCorrect({ row, ...expected })) return []
    return [`${key}: acknowledged ${JSON.stringify(expected)}, stored ${JSON.stringify(row)}`]
  })
}

/** Two orders that both activate the same plan are two acknowledged requests, so each has an invoice of its own. */
async function findLostActivations(db, { activations }) {
  const { rows } = await db.query(`
    SELECT placed.id::text AS id FROM orders AS placed JOIN invoices AS invoice ON invoice.order_id = placed.id AND invoice.kind <> 'CREDIT_NOTE'
      JOIN ledger_postings AS posting ON posting.invoice_id = invoice.id AND posting.kind = 'INVOICE'
    WHERE placed.activated_at IS NOT NULL GROUP BY placed.id HAVING count(*) = 1`)
  return withoutRow(activations, rows)
}

async function findLostReversals(db, { reversals }) {
  const { rows } = await db.query(`
    SELECT payment.id::text AS id FROM payments AS payment JOIN ledger_postings AS posting ON posting.payment_id = payment.id
    WHERE posting.kind = 'REVERSAL' AND payment.reversed_at IS NOT NULL GROUP BY payment.id HAVING count(*) = 1`)
  return withoutRow(reversals, rows)
}

async function findLostPayouts(db, { payouts }) {
  const { rows } = await db.query(`
    SELECT part.id::text AS id, min(part.reference) AS reference FROM refund_parts AS part JOIN ledger_postings AS posting ON posting.refund_part_id = part.id
    WHERE part.status = 'DONE' AND posting.cash = - part.amount GROUP BY part.id HAVING count(*) = 1`)
  const references = new Map(rows.map(({ id, reference }) => [id, reference]))
  return [...payouts].flatMap(([id, reference]) => (references.get(id) === reference ? [] : [`part ${id} with ${reference}`]))
}

async function findLostCancellations(db, { cancellations }) {
  const { rows } = await db.query("SELECT details ->> 'notes' AS id FROM audit_entries WHERE action = 'cancelPlan'")
  return withoutRow(cancellations, rows)
}

async function findLostCheckouts(db, { checkouts }) {
  const { rows } = await db.query(`
    SELECT checkout.key AS id FROM sandbox_records AS checkout
      JOIN sandbox_records AS invoice ON invoice.type = 'subscription-invoices'
        AND invoice.parent_id::text = checkout.internals ->> 'subscriptionId' AND invoice.attributes ->> 'billing_reason' = 'initial'
      JOIN payments AS payment ON payment.provider = 'sandbox' AND payment.provider_payment_id = invoice.id::text AND payment.kind = 'PROVIDER'
      JOIN subscriptions AS bought ON bought.provider = 'sandbox' AND bought.provider_subscription_id = invoice.parent_id::text
    WHERE checkout.type = 'checkouts' GROUP BY checkout.key HAVING count(*) = 1`)
  return withoutRow(checkouts, rows)
}

function withoutRow(acknowledged, rows) {
  const stored = new Set(rows.map(({ id }) => id))
  return [...acknowledged].filter((id) => !stored.has(id))
}
