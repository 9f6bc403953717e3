-- quittance: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "ledger_postings_currency_at_idx" ON "ledger_postings" ("currency", "at")
  INCLUDE ("kind", "receivable", "balance", "cash", "revenue", "tax", "provider_tax");
