/**
 * The laws of the ledger for every customer and currency, in SQL: each query returns its violations as the column
 * `wrong`. `npm run chaos` checks them as well. `received` excludes payments from the balance, `refunded` excludes refunds
 * to the balance, and `due` is what the open invoices still claim.
 */
const TOTALS = `
  WITH facts AS (
    SELECT coalesce(organisation_id, user_id) AS customer, currency, amount AS received, 0 AS refunded, 0 AS granted, 0 AS invoiced,
      0 AS credited, 0 AS due FROM payments WHERE kind <> 'BALANCE' AND reversed_at IS NULL
    UNION ALL
    SELECT coalesce(refund.organisation_id, refund.user_id), refund.currency, 0, part.amount, 0, 0, 0, 0
    FROM refund_parts AS part JOIN refunds AS refund ON refund.id = part.refund_id
    WHERE part.status = 'DONE' AND part.destination = 'ORIGINAL'
    UNION ALL
    SELECT coalesce(organisation_id, user_id), currency, 0, 0, revenue, 0, 0, 0 FROM ledger_postings WHERE kind IN ('GRANT', 'GRANT_EXPIRY')
    UNION ALL
    SELECT coalesce(organisation_id, user_id), currency, 0, 0, 0, CASE kind WHEN 'CREDIT_NOTE' THEN 0 ELSE total END,
      CASE kind WHEN 'CREDIT_NOTE' THEN total ELSE 0 END,
      CASE kind WHEN 'CREDIT_NOTE' THEN 0 ELSE total - credited_total - paid_total END FROM invoices
  ), sums AS (
    SELECT customer, currency, sum(received) AS received, sum(granted) AS granted, sum(refunded) AS refunded, sum(invoiced) AS invoiced,
      sum(credited) AS credited, sum(due) AS due FROM facts GROUP BY customer, currency
  ), accounts AS (
    SELECT coalesce(organisation_id, user_id) AS customer, currency, - balance AS balance, receivable AS owed FROM ledger_accounts
  ), totals AS (
    SELECT customer, currency, coalesce(received + granted - refunded, 0) AS kept, coalesce(invoiced - credited, 0) AS sold,
      coalesce(balance, 0) AS balance, coalesce(owed, 0) AS owed, coalesce(due, 0) AS due
    FROM sums FULL JOIN accounts USING (customer, currency))`

export const LEDGER_LAWS = {
  'received + granted - refunded = invoiced - credited + balance - owed': `${TOTALS}
    SELECT customer || ' ' || currency || ': received + granted - refunded is ' || kept || ', the rest is ' || sold + balance - owed AS wrong
    FROM totals WHERE kept <> sold + balance - owed`,
  'a customer owes what the open invoices claim': `${TOTALS}
    SELECT customer || ' ' || currency || ': owes ' || owed || ', but the open invoices claim ' || due AS wrong FROM totals WHERE owed <> due`,
}
