/**
 * The MRR that was recorded last for every customer and currency is the price per month of the live paid subscription, in SQL: the
 * query returns the violations as the column `wrong`. Only for prices without tax. A trial does not count, nor does one
 * that was cancelled.
 */
export const MRR_LAW = `
  WITH sold AS (
    SELECT organisation_id IS NOT NULL AS is_organisation, coalesce(organisation_id, user_id) AS customer, currency,
      sum(CASE plan_interval WHEN 'YEAR' THEN round(price / 12.0) ELSE price END) AS amount
    FROM subscriptions
    WHERE status IN ('ACTIVE', 'PAST_DUE', 'UNPAID', 'CANCELLED') AND collection <> 'NONE' AND (status <> 'CANCELLED' OR anchor <= updated_at)
    GROUP BY 1, 2, 3),
  recorded AS (
    SELECT DISTINCT ON (1, 2, 3) organisation_id IS NOT NULL AS is_organisation, coalesce(organisation_id, user_id) AS customer, currency, amount
    FROM mrr_changes ORDER BY 1, 2, 3, id DESC)
  SELECT customer || ' ' || currency || ': the MRR is ' || coalesce(sold.amount, 0) || ', but recorded is ' || coalesce(recorded.amount, 0) AS wrong
  FROM sold FULL JOIN recorded USING (is_organisation, customer, currency)
  WHERE coalesce(sold.amount, 0) <> coalesce(recorded.amount, 0)`
