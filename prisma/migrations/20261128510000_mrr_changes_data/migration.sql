-- The history of the MRR as far as the orders tell it: from the start of each paid plan, its price per month without tax, and
-- nothing after the end of the subscription. An order has the price as it was paid, so a discount counts.
INSERT INTO "mrr_changes" ("user_id", "organisation_id", "currency", "subscription_id", "at", "amount", "delta")
WITH sold AS (
  SELECT "id", CASE WHEN "organisation_id" IS NULL THEN "user_id" END AS "user_id", "organisation_id", "currency", "status", "price",
    "plan_interval", "bought_at", CASE WHEN "status" = 'EXPIRED' THEN coalesce("ended_at", "updated_at")
      WHEN "status" IN ('PAUSED', 'TRIALING') THEN "updated_at" END AS "until"
  FROM "subscriptions" WHERE "collection" <> 'NONE'),
priced AS (
  SELECT sold."id", placed."activated_at" AS "at", placed."id" AS "position", coalesce(placed."plan_interval", sold."plan_interval") AS "interval",
    CASE
      WHEN placed."currency" <> sold."currency" THEN coalesce(placed."plan_price", sold."price", 0)
      WHEN placed."amount" = 0 THEN placed."period_amount"
      ELSE round(placed."period_amount"::numeric * placed."net" / placed."amount")
    END AS "net"
  FROM sold JOIN "orders" AS placed ON placed."subscription_id" = sold."id"
  WHERE placed."plan_id" IS NOT NULL AND placed."status" <> 'PENDING' AND placed."activated_at" IS NOT NULL
    AND (sold."until" IS NULL OR placed."activated_at" < sold."until")
  UNION ALL
  -- The provider has not reported a payment yet.
  SELECT "id", "bought_at", 0, "plan_interval", "price" FROM sold
  WHERE "until" IS NULL AND "status" <> 'CANCELLED' AND "price" IS NOT NULL
    AND NOT EXISTS (SELECT FROM "orders" AS placed WHERE placed."subscription_id" = sold."id" AND placed."activated_at" IS NOT NULL)),
monthly AS (
  SELECT "id", "at", "position", CASE "interval" WHEN 'YEAR' THEN round("net"::numeric / 12) ELSE "net" END AS "amount" FROM priced
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
