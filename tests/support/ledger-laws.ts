/** Ids of users and of organisations can be equal. */
const CUSTOMER = `coalesce('organisation:' || organisation_id, 'user:' || user_id)`

/**
 * The totals of every customer and currency. `received` excludes payments from the balance, `refunded` excludes refunds to
 * the balance, and `due` is what the open invoices still claim.
 */
const TOTALS = `
  WITH facts AS (
    SELECT ${CUSTOMER} AS customer, currency, amount AS received, 0 AS refunded, 0 AS granted, 0 AS invoiced,
      0 AS credited, 0 AS due FROM payments WHERE kind <> 'BALANCE' AND reversed_at IS NULL
    UNION ALL
    SELECT ${CUSTOMER}, refund.currency, 0, part.amount, 0, 0, 0, 0
    FROM refund_parts AS part JOIN refunds AS refund ON refund.id = part.refund_id
    WHERE part.status = 'DONE' AND part.destination = 'ORIGINAL'
    UNION ALL
    SELECT ${CUSTOMER}, currency, 0, 0, revenue, 0, 0, 0 FROM ledger_postings WHERE kind IN ('GRANT', 'GRANT_EXPIRY')
    UNION ALL
    SELECT ${CUSTOMER}, currency, 0, 0, 0, CASE kind WHEN 'CREDIT_NOTE' THEN 0 ELSE total END,
      CASE kind WHEN 'CREDIT_NOTE' THEN total ELSE 0 END,
      CASE kind WHEN 'CREDIT_NOTE' THEN 0 ELSE total - credited_total - paid_total END FROM invoices
  ), sums AS (
    SELECT customer, currency, sum(received) AS received, sum(granted) AS granted, sum(refunded) AS refunded, sum(invoiced) AS invoiced,
      sum(credited) AS credited, sum(due) AS due FROM facts GROUP BY customer, currency
  ), accounts AS (
    SELECT ${CUSTOMER} AS customer, currency, - balance AS balance, receivable AS owed FROM ledger_accounts
  ), totals AS (
    SELECT customer, currency, coalesce(received + granted - refunded, 0) AS kept, coalesce(invoiced - credited, 0) AS sold,
      coalesce(balance, 0) AS balance, coalesce(owed, 0) AS owed, coalesce(due, 0) AS due
    FROM sums FULL JOIN accounts USING (customer, currency))`

/** What waits on the balance for an order, a charge of the provider or a payout, and what is left of granted credit. */
const PARTS = `
  WITH facts AS (
    SELECT ${CUSTOMER} AS customer, currency, held, 0 AS granted FROM payments
    UNION ALL
    SELECT ${CUSTOMER}, currency, part.amount, 0 FROM refund_parts AS part JOIN refunds AS refund ON refund.id = part.refund_id WHERE part.held
    UNION ALL
    SELECT ${CUSTOMER}, currency, 0, remaining FROM credit_grants
  ), sums AS (
    SELECT customer, currency, sum(held) AS held, sum(granted) AS granted FROM facts GROUP BY customer, currency
  ), accounts AS (
    SELECT ${CUSTOMER} AS customer, currency, held AS stored_held, granted AS stored_granted FROM ledger_accounts
  ), parts AS (
    SELECT customer, currency, coalesce(held, 0) AS held, coalesce(granted, 0) AS granted, coalesce(stored_held, 0) AS stored_held,
      coalesce(stored_granted, 0) AS stored_granted
    FROM sums FULL JOIN accounts USING (customer, currency))`

/**
 * The laws of the ledger in SQL: each query returns its violations as the column `wrong`. `npm run chaos` and the walks of
 * the model check them as well.
 */
export const LEDGER_LAWS = {
  'received + granted - refunded = invoiced - credited + balance - owed': `${TOTALS}
    SELECT customer || ' ' || currency || ': received + granted - refunded is ' || kept || ', the rest is ' || sold + balance - owed AS wrong
    FROM totals WHERE kept <> sold + balance - owed`,
  'a customer owes what the open invoices claim': `${TOTALS}
    SELECT customer || ' ' || currency || ': owes ' || owed || ', but the open invoices claim ' || due AS wrong FROM totals WHERE owed <> due`,
  'paid_total is the sum of the allocations': `
    SELECT 'invoice ' || invoice.id || ': paid_total is ' || paid_total || ', the allocations are ' || coalesce(allocated, 0) AS wrong
    FROM invoices AS invoice
      LEFT JOIN (SELECT invoice_id, sum(amount) AS allocated FROM payment_allocations GROUP BY invoice_id) AS paid ON invoice_id = invoice.id
    WHERE paid_total <> coalesce(allocated, 0)`,
  'held and granted of the account are the sums of what is held and granted': `${PARTS}
    SELECT customer || ' ' || currency || ': held and granted are ' || stored_held || ' and ' || stored_granted || ', the sums are ' || held
      || ' and ' || granted AS wrong
    FROM parts WHERE (held, granted) <> (stored_held, stored_granted)`,
}
