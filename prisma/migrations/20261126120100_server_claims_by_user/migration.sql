-- quittance: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "server_claims_user_id_created_at_external_id_idx"
  ON "server_claims" ("user_id", "created_at" DESC, "external_id" DESC);
