-- The job calculates the next step of every subscription that is collected by invoice.
UPDATE "subscriptions" SET "collect_at" = "current_period_start" WHERE "collection" = 'INVOICE' AND "status" <> 'EXPIRED';
