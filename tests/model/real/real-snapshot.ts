import type pg from 'pg'

// What the real system has of one customer, in the form of the model's snapshot: ids are positions, from 1, in the
// order of creation. Amounts are minor units.

const READ = `
  WITH o AS (SELECT orders.*, row_number() OVER (ORDER BY id) AS n FROM orders WHERE user_id = $1 AND plan_id IS NOT NULL),
  s AS (SELECT subscriptions.*, row_number() OVER (ORDER BY id) AS n FROM subscriptions WHERE user_id = $1),
  i AS (SELECT invoices.*, row_number() OVER (ORDER BY id) AS n FROM invoices WHERE user_id = $1 AND kind <> 'CREDIT_NOTE'),
  c AS (SELECT invoices.*, row_number() OVER (ORDER BY id) AS n FROM invoices WHERE user_id = $1 AND kind = 'CREDIT_NOTE'),
  p AS (SELECT payments.*, row_number() OVER (ORDER BY id) AS n FROM payments WHERE user_id = $1 AND amount > 0),
  g AS (SELECT credit_grants.*, row_number() OVER (ORDER BY id) AS n FROM credit_grants WHERE user_id = $1),
  r AS (SELECT refunds.*, row_number() OVER (ORDER BY id) AS n FROM refunds WHERE user_id = $1 AND order_id IS NOT NULL),
  rp AS (
    SELECT refund_parts.*, r.n AS refund, row_number() OVER (ORDER BY refund_parts.id) AS n
    FROM refund_parts JOIN r ON r.id = refund_parts.refund_id),
  pa AS (
    SELECT payment_id, invoice_id, sum(amount)::bigint AS amount FROM payment_allocations
    WHERE payment_id IN (SELECT id FROM p) GROUP BY payment_id, invoice_id HAVING sum(amount) <> 0)
  SELECT json_build_object(
    'subscriptions', (SELECT json_agg(json_build_object('realId', s.id, 'id', s.n, 'plan', plans.slug, 'status', s.status,
      'collection', s.collection, 'order', (SELECT n FROM o WHERE o.id = s.order_id), 'periodStart', s.current_period_start,
      'periodEnd', s.current_period_end, 'boughtAt', s.bought_at, 'pendingPlan', pending.slug, 'provider', s.provider_subscription_id, 'suspendedBy', s.suspended_by) ORDER BY s.id)
      FROM s JOIN plans ON plans.id = s.plan_id LEFT JOIN plans AS pending ON pending.id = s.pending_plan_id),
    'orders', (SELECT json_agg(json_build_object('realId', o.id, 'realPlanId', o.plan_id, 'id', o.n, 'kind', o.reason, 'status', o.status, 'plan', plans.slug,
      'amount', o.amount, 'fullAmount', o.period_amount, 'subscription', (SELECT n FROM s WHERE s.id = o.subscription_id)) ORDER BY o.id)
      FROM o JOIN plans ON plans.id = o.plan_id),
    'invoices', (SELECT json_agg(json_build_object('realId', i.id, 'id', i.n, 'order', (SELECT n FROM o WHERE o.id = i.order_id),
      'status', i.status, 'total', i.total, 'tax', i.tax, 'credited', i.credited_total, 'paid', i.paid_total,
      'due', i.total - i.credited_total - i.paid_total, 'dueAt', i.due_at) ORDER BY i.id) FROM i),
    'creditNotes', (SELECT json_agg(json_build_object('invoice', (SELECT n FROM i WHERE i.id = c.credited_invoice_id),
      'amount', c.total, 'tax', c.tax) ORDER BY c.id) FROM c),
    'payments', (SELECT json_agg(json_build_object('realId', p.id, 'id', p.n, 'kind', p.kind, 'amount', p.amount, 'held', p.held,
      'grant', (SELECT n FROM g WHERE g.id = p.grant_id), 'isReversed', p.reversed_at IS NOT NULL,
      'allocations', (SELECT json_agg(json_build_object('invoice', i.n, 'amount', pa.amount) ORDER BY i.n)
        FROM pa JOIN i ON i.id = pa.invoice_id WHERE pa.payment_id = p.id)) ORDER BY p.id) FROM p),
    'grants', (SELECT json_agg(json_build_object('id', g.n, 'amount', g.amount, 'remaining', g.remaining) ORDER BY g.id) FROM g),
    'refunds', (SELECT json_agg(json_build_object('id', r.n, 'order', (SELECT n FROM o WHERE o.id = r.order_id), 'amount', r.amount,
      'parts', (SELECT json_agg(json_build_object('realId', rp.id, 'id', rp.n, 'payment', (SELECT n FROM p WHERE p.id = rp.payment_id),
        'amount', rp.amount, 'destination', rp.destination, 'status', rp.status) ORDER BY rp.id) FROM rp WHERE rp.refund = r.n)) ORDER BY r.id) FROM r),
    'payouts', (SELECT json_agg(amount ORDER BY id) FROM refunds WHERE user_id = $1 AND order_id IS NULL),
    'forfeited', (SELECT sum(forfeited) FROM o),
    'mrr', (SELECT amount FROM mrr_changes WHERE user_id = $1 AND currency = $2 ORDER BY id DESC LIMIT 1),
    'account', (SELECT row_to_json(ledger_accounts) FROM ledger_accounts WHERE user_id = $1 AND currency = $2)) AS data`

interface Row {
  readonly realId: number
  readonly id: number
}

/** Lists are null if they are empty. Times are ISO 8601. */
export interface RealData {
  readonly subscriptions:
    | (Row & {
        plan: string
        status: string
        collection: string
        order: number | null
        periodStart: string
        periodEnd: string
        boughtAt: string
        pendingPlan: string | null
        provider: string | null
        suspendedBy: string | null
      })[]
    | null
  readonly orders:
    | (Row & {
        realPlanId: number
        kind: string
        status: string
        plan: string
        amount: number
        fullAmount: number
        subscription: number | null
      })[]
    | null
  readonly invoices:
    | (Row & {
        order: number
        status: string
        total: number
        tax: number
        credited: number
        paid: number
        due: number
        dueAt: string
      })[]
    | null
  readonly creditNotes: { invoice: number; amount: number; tax: number }[] | null
  readonly payments:
    | (Row & {
        kind: string
        amount: number
        held: number
        grant: number | null
        isReversed: boolean
        allocations: { invoice: number; amount: number }[] | null
      })[]
    | null
  readonly grants: { id: number; amount: number; remaining: number }[] | null
  readonly refunds:
    | {
        id: number
        order: number
        amount: number
        parts: (Row & { payment: number | null; amount: number; destination: string; status: string })[] | null
      }[]
    | null
  readonly payouts: number[] | null
  readonly forfeited: number | null
  /** What was recorded last. */
  readonly mrr: number | null
  readonly account: Record<'receivable' | 'balance' | 'cash' | 'revenue' | 'tax' | 'provider_tax' | 'held' | 'granted', number> | null
}

/** Reads everything of a user in one statement, so that it is of one moment. */
export async function readRealData(database: pg.Pool, user: string, currency: string): Promise<RealData> {
  const { rows } = await database.query({ name: 'read-customer', text: READ, values: [user, currency] })
  return rows[0].data
}
