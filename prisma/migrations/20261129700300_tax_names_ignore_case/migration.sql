-- quittance: no transaction
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "dated_tax_rates_names_ignore_case"
  ON "dated_tax_rates" ("country", upper("region"), "customer_type", lower("name"), "valid_from");
