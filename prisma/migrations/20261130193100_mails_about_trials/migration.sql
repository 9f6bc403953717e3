-- quittance: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "subscriptions_trial_end_idx" ON "subscriptions" ("current_period_end", "id") WHERE "status" = 'TRIALING';
