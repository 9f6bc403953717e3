import { LEDGER_RULES } from './ledger-rules.mjs'

/** Rules for the database after the load. Each query returns the violations. */
export const RULES = {
  ...LEDGER_RULES,
  'invoice numbers are 1 to n in every series': `
    SELECT series || '-' || year || ': ' || count(*) || ' of ' || max(sequence) AS wrong FROM invoices GROUP BY series, year HAVING count(*) <> max(sequence)`,
  'one active plan per customer': `
    SELECT 'user ' || user_id AS wrong FROM orders WHERE status = 'ACTIVE' AND organisation_id IS NULL GROUP BY user_id HAVING count(*) > 1`,
  'one order per provider payment': `
    SELECT 'order ' || order_id AS wrong FROM payments WHERE kind = 'PROVIDER' GROUP BY order_id HAVING order_id IS NOT NULL AND count(*) > 1 UNION ALL
    SELECT 'payment ' || id || ' without an order' FROM payments WHERE kind = 'PROVIDER' AND order_id IS NULL
      AND EXISTS (SELECT FROM payment_allocations WHERE payment_id = payments.id)`,
  'one invoice or payment statement per paid order': `
    SELECT 'order ' || o.id AS wrong FROM orders o LEFT JOIN invoices i ON i.order_id = o.id AND i.kind <> 'CREDIT_NOTE'
    WHERE o.activated_at IS NOT NULL GROUP BY o.id HAVING count(i.id) <> 1`,
  'every inbound webhook is processed': `SELECT name || ' ' || COALESCE(last_error, status::text) AS wrong FROM webhook_events WHERE status <> 'PROCESSED'`,
  'no job is pending': `
    SELECT j.task_identifier || ' ' || COALESCE(j.last_error, 'waiting') || COALESCE(', locked by ' || COALESCE(p.locked_by, q.locked_by), '') AS wrong
    FROM graphile_worker.jobs j JOIN graphile_worker._private_jobs p USING (id) LEFT JOIN graphile_worker._private_job_queues q ON q.id = p.job_queue_id
    WHERE j.task_identifier NOT IN ('tick', 'reconcile', 'sweep')`,
  'every event is delivered': `SELECT 'delivery ' || id || ' ' || status AS wrong FROM event_deliveries WHERE status <> 'DELIVERED'`,
  'one audit entry per approved order': `
    SELECT subject AS wrong FROM audit_entries WHERE action = 'applyPlan' GROUP BY subject, details ->> 'orderId' HAVING count(*) <> 1`,
  'dates of invoices ascend with their numbers': `
    SELECT number AS wrong FROM (
      SELECT number, issued_at, lag(issued_at) OVER (PARTITION BY series, year ORDER BY sequence) AS previous FROM invoices) AS numbered
    WHERE issued_at < previous`,
  'counters are the last numbers': `
    SELECT c.series || '-' || c.year || ': ' || last_sequence AS wrong FROM invoice_counters c LEFT JOIN invoices i USING (series, year)
    GROUP BY c.series, c.year HAVING c.last_sequence IS DISTINCT FROM max(i.sequence)`,
  'refunds do not exceed what was paid': `
    SELECT 'payment ' || p.id AS wrong FROM refund_parts r JOIN payments p ON p.id = r.payment_id GROUP BY p.id HAVING sum(r.amount) > p.amount`,
  'credit notes do not exceed their invoice': `
    SELECT i.number AS wrong FROM invoices i JOIN invoices c ON c.credited_invoice_id = i.id GROUP BY i.id HAVING sum(c.total) > i.total OR sum(c.tax) > i.tax`,
  'invoices know what was credited': `
    SELECT i.number AS wrong FROM invoices i
    WHERE credited_total <> (SELECT coalesce(sum(total), 0) FROM invoices WHERE credited_invoice_id = i.id)
      OR credited_tax <> (SELECT coalesce(sum(tax), 0) FROM invoices WHERE credited_invoice_id = i.id)`,
  'no plan change or refund waits for the provider': `
    SELECT 'plan change ' || id AS wrong FROM plan_changes WHERE status = 'REQUESTED' UNION ALL
    SELECT 'part ' || r.id || ' of a refund' FROM refund_parts r JOIN payments p ON p.id = r.payment_id WHERE r.status = 'REQUESTED' AND p.kind = 'PROVIDER'`,
  'every active order belongs to a live subscription and the reverse': `
    SELECT 'order ' || o.id || ', subscription ' || s.id AS wrong FROM (SELECT * FROM orders WHERE status = 'ACTIVE') AS o
    FULL JOIN (SELECT * FROM subscriptions WHERE status <> 'EXPIRED') AS s ON s.order_id = o.id WHERE o.id IS NULL OR s.id IS NULL`,
  'entitlements are those of the live subscription or of the default plan': `
    SELECT 'user ' || e.user_id AS wrong FROM entitlements e LEFT JOIN subscriptions s ON s.user_id = e.user_id AND s.status <> 'EXPIRED'
    WHERE e.plan_id IS DISTINCT FROM coalesce(s.plan_id, (SELECT id FROM plans WHERE is_default))`,
  'every live subscription has an entitlement': `
    SELECT 'user ' || user_id AS wrong FROM subscriptions WHERE status <> 'EXPIRED' AND user_id NOT IN (SELECT user_id FROM entitlements)`,
}
