-- quittance: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "invoices_refund_id_idx" ON "invoices" ("refund_id") WHERE "refund_id" IS NOT NULL;
