-- quittance: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "refunds_user_id_created_at_id_idx"
  ON "refunds" ("user_id", "created_at" DESC, "id" DESC);
