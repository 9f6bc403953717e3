-- Payments and postings of what earlier versions recorded: every paid invoice was paid by one payment, and what was
-- credited of it was paid out.

-- The former amount included tax if the prices of the catalog did, or if a provider collected it.
UPDATE "orders" AS placed SET "amount" = sale."total", "net" = sale."net", "period_amount" = sale."period_amount"
FROM (
  SELECT former."id", coalesce(invoice."total", former."amount") AS "total", coalesce(invoice."subtotal", former."amount") AS "net",
    CASE
      WHEN former."reason" <> 'PLAN_CHANGE' OR former."plan_price" IS NULL THEN coalesce(invoice."total", former."amount")
      WHEN invoice."total" = former."amount" OR coalesce(invoice."subtotal", 0) = 0 THEN former."plan_price"
      ELSE round(former."plan_price"::numeric * invoice."total" / invoice."subtotal")::bigint
    END AS "period_amount"
  FROM "orders" AS former LEFT JOIN "invoices" AS invoice ON invoice."order_id" = former."id" AND invoice."kind" <> 'CREDIT_NOTE') AS sale
WHERE sale."id" = placed."id";

-- The orders of plans that were approved or granted by hand did not name their subscription.
UPDATE "orders" SET "subscription_id" = subscription."id" FROM "subscriptions" AS subscription
WHERE subscription."order_id" = "orders"."id" AND "orders"."subscription_id" IS NULL;

INSERT INTO "payments" ("user_id", "organisation_id", "kind", "currency", "amount", "received_at", "created_at", "recorded_by",
  "provider", "provider_payment_id", "order_id", "invoice_id", "subscription_id")
SELECT invoice."user_id", invoice."organisation_id", CASE WHEN placed."provider_payment_id" IS NULL THEN 'OTHER' ELSE 'PROVIDER' END,
  invoice."currency", invoice."total",
  CASE WHEN placed."provider_payment_id" IS NULL THEN invoice."issued_at" ELSE placed."placed_at" END, invoice."issued_at", 'migration',
  CASE WHEN placed."provider_payment_id" IS NULL THEN NULL ELSE placed."provider" END, placed."provider_payment_id", placed."id",
  invoice."id", placed."subscription_id"
FROM "invoices" AS invoice JOIN "orders" AS placed ON placed."id" = invoice."order_id"
WHERE invoice."kind" <> 'CREDIT_NOTE' AND (invoice."total" > 0 OR placed."provider_payment_id" IS NOT NULL)
ORDER BY invoice."issued_at", invoice."id";

INSERT INTO "payment_allocations" ("payment_id", "invoice_id", "amount", "created_at")
SELECT "id", "invoice_id", "amount", "received_at" FROM "payments" WHERE "amount" > 0 ORDER BY "id";

INSERT INTO "payment_allocations" ("payment_id", "invoice_id", "amount", "created_at")
SELECT payment."id", payment."invoice_id", - note."total", note."issued_at"
FROM "invoices" AS note JOIN "payments" AS payment ON payment."invoice_id" = note."credited_invoice_id"
WHERE note."kind" = 'CREDIT_NOTE' AND note."total" > 0 ORDER BY note."id";

UPDATE "invoices" SET "paid_total" = "total" - "credited_total", "paid_at" = "issued_at", "first_paid_at" = "issued_at"
WHERE "kind" <> 'CREDIT_NOTE';

-- Refunds name their customer, and have one part for the payment of their order.
UPDATE "refunds" SET "user_id" = placed."user_id", "organisation_id" = placed."organisation_id"
FROM "orders" AS placed WHERE placed."id" = "refunds"."order_id";

UPDATE "invoices" SET "refund_id" = refund."id" FROM "refunds" AS refund WHERE refund."credit_note_id" = "invoices"."id";

-- A credit note without a refund counts as paid out.
INSERT INTO "refunds" ("order_id", "user_id", "organisation_id", "type", "status", "currency", "amount", "tax", "days", "reason", "created_at")
SELECT invoice."order_id", invoice."user_id", invoice."organisation_id", NULL, 'DONE', invoice."currency",
  invoice."credited_total" - refunded."total", LEAST(GREATEST(invoice."credited_tax" - refunded."tax", 0), invoice."credited_total" - refunded."total"),
  0, 'Credited before credit notes had refunds', (SELECT max("issued_at") FROM "invoices" WHERE "credited_invoice_id" = invoice."id")
FROM "invoices" AS invoice
CROSS JOIN LATERAL (
  SELECT coalesce(sum("amount"), 0) AS "total", coalesce(sum("tax"), 0) AS "tax" FROM "refunds"
  WHERE "order_id" = invoice."order_id" AND "status" = 'DONE') AS refunded
WHERE invoice."kind" <> 'CREDIT_NOTE' AND invoice."credited_total" > refunded."total" ORDER BY invoice."id";

UPDATE "invoices" AS note SET "refund_id" = refund."id"
FROM "invoices" AS invoice JOIN "refunds" AS refund ON refund."order_id" = invoice."order_id" AND refund."type" IS NULL
WHERE note."credited_invoice_id" = invoice."id" AND note."refund_id" IS NULL;

INSERT INTO "refund_parts" ("refund_id", "payment_id", "destination", "amount", "status", "done_at", "claimed_until")
SELECT refund."id", payment."id", 'ORIGINAL', refund."amount", refund."status",
  CASE WHEN refund."status" = 'DONE' THEN refund."created_at" END, refund."claimed_until"
FROM "refunds" AS refund JOIN "payments" AS payment ON payment."order_id" = refund."order_id" ORDER BY refund."id";

INSERT INTO "ledger_postings" ("user_id", "organisation_id", "currency", "kind", "receivable", "cash", "revenue", "tax", "at",
  "invoice_id", "payment_id")
SELECT CASE WHEN "organisation_id" IS NULL THEN "user_id" END, "organisation_id", "currency", "kind", "receivable", "cash", "revenue", "tax",
  "at", "invoice_id", "payment_id"
FROM (
  SELECT "user_id", "organisation_id", "currency", 'INVOICE' AS "kind", "total" AS "receivable", 0 AS "cash", - "subtotal" AS "revenue",
    - "tax" AS "tax", "issued_at" AS "at", "id" AS "invoice_id", NULL::bigint AS "payment_id", 1 AS "position"
  FROM "invoices" WHERE "kind" <> 'CREDIT_NOTE' AND "total" > 0
  UNION ALL
  SELECT "user_id", "organisation_id", "currency", 'PAYMENT', - "amount", "amount", 0, 0, "created_at", "invoice_id", "id", 2 FROM "payments"
  WHERE "amount" > 0
  UNION ALL
  SELECT "user_id", "organisation_id", "currency", 'CREDIT_NOTE', 0, - "total", "subtotal", "tax", "issued_at", "id", NULL, 3
  FROM "invoices" WHERE "kind" = 'CREDIT_NOTE' AND "total" > 0) AS posting
ORDER BY "at", "invoice_id", "position";

-- A subscription keeps the price of its latest purchase, grant or plan change; a renewal had the catalog's price of its day.
UPDATE "subscriptions" SET "bought_at" = "subscriptions"."created_at", "price" = sold."price", "currency" = sold."currency", "plan_name" = sold."plan_name",
  "plan_interval" = sold."plan_interval", "collection" = CASE WHEN "provider" IS NULL THEN 'NONE' ELSE 'PROVIDER' END
FROM (
  SELECT subscription."id",
    CASE WHEN placed."id" IS NULL THEN plan."price"
      WHEN placed."reason" = 'PLAN_CHANGE' OR placed."provider_payment_id" IS NOT NULL THEN placed."plan_price"
      ELSE (SELECT sum("amount")::bigint FROM "order_items" WHERE "order_id" = placed."id") END AS "price",
    coalesce(CASE WHEN placed."provider_payment_id" IS NULL THEN placed."currency" END, plan."currency") AS "currency",
    coalesce(placed."plan_name", plan."name") AS "plan_name", coalesce(placed."plan_interval", plan."interval") AS "plan_interval"
  FROM "subscriptions" AS subscription JOIN "plans" AS plan ON plan."id" = subscription."plan_id"
  LEFT JOIN LATERAL (
    SELECT * FROM "orders" WHERE "subscription_id" = subscription."id" AND "reason" <> 'RENEWAL' AND "plan_id" = subscription."plan_id"
    ORDER BY "placed_at" DESC, "id" DESC LIMIT 1) AS placed ON true) AS sold
WHERE sold."id" = "subscriptions"."id";

UPDATE "plan_changes" SET "due" = GREATEST("credit" + "charge", 0);

-- The credit that the sandbox held becomes granted credit.
INSERT INTO "credit_grants" ("user_id", "organisation_id", "currency", "amount", "remaining", "reason", "granted_by", "created_at")
SELECT CASE WHEN subscription."organisation_id" IS NULL THEN subscription."user_id" END, subscription."organisation_id",
  record."internals" ->> 'currency', (record."internals" ->> 'credit')::bigint, 0, 'Unused credit of earlier plan changes', 'migration',
  subscription."updated_at"
FROM "sandbox_records" AS record
JOIN "subscriptions" AS subscription ON subscription."provider" = 'sandbox' AND subscription."provider_subscription_id" = record."id"::text
WHERE record."type" = 'subscriptions' AND subscription."status" <> 'EXPIRED' AND (record."internals" ->> 'credit')::bigint > 0
ORDER BY record."id";

INSERT INTO "ledger_postings" ("user_id", "organisation_id", "currency", "kind", "balance", "revenue", "at", "grant_id")
SELECT "user_id", "organisation_id", "currency", 'GRANT', - "amount", "amount", "created_at", "id" FROM "credit_grants" ORDER BY "id";

UPDATE "credit_grants" SET "remaining" = "amount";

INSERT INTO "ledger_accounts" ("user_id", "organisation_id", "currency", "receivable", "balance", "cash", "revenue", "tax", "granted")
SELECT "user_id", "organisation_id", "currency", sum("receivable"), sum("balance"), sum("cash"), sum("revenue"), sum("tax"),
  (SELECT coalesce(sum("remaining"), 0) FROM "credit_grants" AS granted
    WHERE granted."currency" = posting."currency" AND granted."user_id" IS NOT DISTINCT FROM posting."user_id"
      AND granted."organisation_id" IS NOT DISTINCT FROM posting."organisation_id")
FROM "ledger_postings" AS posting GROUP BY "user_id", "organisation_id", "currency" ORDER BY "user_id", "organisation_id", "currency";

UPDATE "sandbox_records" SET "internals" = "internals" || '{"credit": "0"}' WHERE "type" = 'subscriptions' AND "internals" ->> 'credit' <> '0';
