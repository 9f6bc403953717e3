-- quittance: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "server_claims_organisation_id_created_at_external_id_idx"
  ON "server_claims" ("organisation_id", "created_at" DESC, "external_id" DESC) WHERE "organisation_id" IS NOT NULL;
