-- quittance: no transaction
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "orders_one_renewal_per_period"
  ON "orders" ("subscription_id", "renews_from") WHERE "renews_from" IS NOT NULL;
