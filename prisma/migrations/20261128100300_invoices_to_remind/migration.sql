-- quittance: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "invoices_open_due_at_idx" ON "invoices" ("due_at", "id") WHERE "status" = 'OPEN';
