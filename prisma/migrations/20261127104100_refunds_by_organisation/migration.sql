-- quittance: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "refunds_organisation_id_created_at_id_idx"
  ON "refunds" ("organisation_id", "created_at" DESC, "id" DESC) WHERE "organisation_id" IS NOT NULL;
