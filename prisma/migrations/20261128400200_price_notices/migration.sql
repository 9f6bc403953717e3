-- quittance: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "subscriptions_price_notice_at_idx"
  ON "subscriptions" ("price_notice_at", "id") WHERE "price_notice_at" IS NOT NULL;
