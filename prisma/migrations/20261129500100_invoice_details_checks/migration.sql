ALTER TABLE "billing_details" VALIDATE CONSTRAINT "billing_details_invoice_format_is_known";
