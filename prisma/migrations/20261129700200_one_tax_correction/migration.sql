-- quittance: no transaction
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "invoices_one_tax_correction" ON "invoices" ("credited_invoice_id") WHERE "corrects_tax";
