ALTER TABLE "invoices" VALIDATE CONSTRAINT "invoices_tax_correction_is_of_tax";
