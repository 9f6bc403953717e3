ALTER TABLE "invoices" ADD COLUMN "corrects_tax" BOOLEAN NOT NULL DEFAULT false;

-- A tax correction credits tax and nothing else.
ALTER TABLE "invoices"
  ADD CONSTRAINT "invoices_tax_correction_is_of_tax" CHECK (NOT "corrects_tax" OR ("kind" = 'CREDIT_NOTE' AND "subtotal" = 0)) NOT VALID;
