UPDATE "invoices" AS invoice SET "credited_total" = credited.total, "credited_tax" = credited.tax
FROM (
  SELECT "credited_invoice_id" AS id, sum("total") AS total, sum("tax") AS tax FROM "invoices"
  WHERE "credited_invoice_id" IS NOT NULL GROUP BY "credited_invoice_id") AS credited
WHERE invoice."id" = credited.id;

UPDATE "invoices" AS invoice SET "refunded_total" = refunded.total
FROM (SELECT "order_id", sum("amount") AS total FROM "refunds" GROUP BY "order_id") AS refunded
WHERE invoice."order_id" = refunded."order_id" AND invoice."kind" <> 'CREDIT_NOTE';
