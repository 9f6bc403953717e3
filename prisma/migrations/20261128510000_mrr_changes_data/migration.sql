-- The history of the MRR as far as the orders tell it: from the start of each paid plan, its price per month without tax, and
-- nothing after the end of the subscription. The price is the one that the server records from now on: as the plan was sold,
-- without coupons. Subscriptions have that of the current plan; the order of a purchase or plan change has that of an earlier one.
INSERT INTO "mrr_changes" ("user_id", "organisation_id", "currency", "subscription_id", "at", "amount", "delta")
WITH sold AS (
  SELECT "id", CASE WHEN "organisation_id" IS NULL THEN "user_id" END AS "user_id", "organisation_id", "currency", "status", "plan_id", "price",
    "plan_interval", "bought_at", "current_period_start", CASE WHEN "status" = 'EXPIRED' THEN coalesce("ended_at", "updated_at")
      WHEN "status" IN ('PAUSED', 'TRIALING') THEN "updated_at" END AS "until"
  FROM "subscriptions" WHERE "collection" <> 'NONE'),
activated AS (
  SELECT sold."id", placed."activated_at" AS "at", placed."id" AS "position", placed."plan_id",
    coalesce(placed."plan_interval", sold."plan_interval") AS "interval", placed."plan_price", sold."price",
    NOT bool_or(placed."plan_id" <> sold."plan_id") OVER (
      PARTITION BY sold."id" ORDER BY placed."activated_at", placed."id" ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS "is_current",
    placed."reason" <> 'RENEWAL' OR placed."plan_id" IS DISTINCT FROM lag(placed."plan_id") OVER (
      PARTITION BY sold."id" ORDER BY placed."activated_at", placed."id") AS "is_sale"
  FROM sold JOIN "orders" AS placed ON placed."subscription_id" = sold."id"
  WHERE placed."plan_id" IS NOT NULL AND placed."status" <> 'PENDING' AND placed."activated_at" IS NOT NULL
    AND (sold."until" IS NULL OR placed."activated_at" < sold."until")),
sales AS (
  SELECT *, count(*) FILTER (WHERE "is_sale") OVER (PARTITION BY "id" ORDER BY "at", "position") AS "sale" FROM activated),
latest AS (
  SELECT DISTINCT ON ("id") "id", "at", "is_current" FROM activated ORDER BY "id", "at" DESC, "position" DESC),
priced AS (
  SELECT "id", "at", "position", "interval",
    coalesce(CASE WHEN "is_current" THEN "price" ELSE first_value("plan_price") OVER (PARTITION BY "id", "sale" ORDER BY "at", "position") END, 0)
      AS "price"
  FROM sales
  UNION ALL
  -- The provider has not reported a payment for the current plan yet.
  SELECT sold."id", CASE WHEN latest."at" IS NULL THEN sold."bought_at" ELSE GREATEST(sold."current_period_start", latest."at") END,
    9223372036854775806, sold."plan_interval", sold."price"
  FROM sold LEFT JOIN latest ON latest."id" = sold."id"
  WHERE sold."until" IS NULL AND sold."status" <> 'CANCELLED' AND sold."price" IS NOT NULL AND latest."is_current" IS NOT TRUE),
-- Whether the prices of the catalog include tax is a setting of the server. Sales without a coupon show it.
catalog AS (
  SELECT count(*) FILTER (WHERE placed."amount" = placed."plan_price") >= count(*) FILTER (WHERE placed."net" = placed."plan_price")
    AS "includes_tax"
  FROM "orders" AS placed JOIN "invoices" AS invoice ON invoice."order_id" = placed."id" AND invoice."kind" = 'INVOICE' AND invoice."tax" > 0
  WHERE placed."reason" <> 'PLAN_CHANGE'),
-- At the rate of the latest invoice until then, because nothing is invoiced if nothing is due.
taxed AS (
  SELECT priced."id", priced."at", priced."position", priced."interval",
    CASE WHEN catalog."includes_tax" THEN priced."price" - round(priced."price"::numeric * rate."basis_points" / (10000 + rate."basis_points"))
      ELSE priced."price" END AS "net"
  FROM priced CROSS JOIN catalog CROSS JOIN LATERAL (
    SELECT coalesce((
      SELECT (invoice."snapshot" #>> '{taxes,0,basisPoints}')::int
      FROM "orders" AS placed JOIN "invoices" AS invoice ON invoice."order_id" = placed."id" AND invoice."kind" <> 'CREDIT_NOTE'
      WHERE placed."subscription_id" = priced."id" AND placed."activated_at" <= priced."at"
      ORDER BY placed."activated_at" DESC, placed."id" DESC LIMIT 1), 0) AS "basis_points") AS rate),
monthly AS (
  SELECT "id", "at", "position", CASE "interval" WHEN 'YEAR' THEN round("net"::numeric / 12) ELSE "net" END AS "amount" FROM taxed
  UNION ALL
  SELECT "id", "until", 9223372036854775807, 0 FROM sold WHERE "until" IS NOT NULL),
changed AS (
  SELECT "id", "at", "position", "amount" - lag("amount", 1, 0) OVER (PARTITION BY "id" ORDER BY "at", "position") AS "delta" FROM monthly)
SELECT sold."user_id", sold."organisation_id", sold."currency", sold."id", changed."at",
  sum(changed."delta") OVER (PARTITION BY sold."user_id", sold."organisation_id", sold."currency"
    ORDER BY changed."at", sold."id", changed."position" ROWS UNBOUNDED PRECEDING),
  changed."delta"
FROM changed JOIN sold ON sold."id" = changed."id" WHERE changed."delta" <> 0
ORDER BY changed."at", sold."id", changed."position";
