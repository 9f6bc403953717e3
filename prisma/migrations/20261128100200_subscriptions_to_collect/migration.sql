-- quittance: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "subscriptions_collect_at_idx"
  ON "subscriptions" ("collect_at", "id") WHERE "collect_at" IS NOT NULL;
