ALTER TABLE "invoices"
  VALIDATE CONSTRAINT "invoices_credited_total_within_total",
  VALIDATE CONSTRAINT "invoices_credited_tax_within_tax",
  VALIDATE CONSTRAINT "invoices_refunded_total_within_total";
