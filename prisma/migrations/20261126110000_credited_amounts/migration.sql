-- What was credited and refunded of an invoice, so that checks of its own row limit both. Triggers that read other
-- tables did so before; a distributed table cannot have such triggers.
ALTER TABLE "invoices"
  ADD COLUMN "credited_total" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "credited_tax" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "refunded_total" BIGINT NOT NULL DEFAULT 0,
  ADD CONSTRAINT "invoices_credited_total_within_total" CHECK ("credited_total" BETWEEN 0 AND "total") NOT VALID,
  ADD CONSTRAINT "invoices_credited_tax_within_tax" CHECK ("credited_tax" BETWEEN 0 AND "tax") NOT VALID,
  ADD CONSTRAINT "invoices_refunded_total_within_total" CHECK ("refunded_total" BETWEEN 0 AND "total") NOT VALID;

DROP TRIGGER "credit_notes_within_their_invoice" ON "invoices";
DROP FUNCTION "refuse_too_much_credit"();
DROP TRIGGER "refunds_within_what_was_paid" ON "refunds";
DROP FUNCTION "refuse_too_much_refund"();

-- An issued invoice keeps all that it shows. What was credited and refunded of it only grows.
CREATE OR REPLACE FUNCTION "refuse_invoice_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "changing" text[] := ARRAY['status', 'credited_total', 'credited_tax', 'refunded_total'];
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'invoices are never removed: issue a credit note' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - "changing") IS DISTINCT FROM (to_jsonb(OLD) - "changing") THEN
    RAISE EXCEPTION 'invoice % is issued and never changed: issue a credit note', OLD."number"
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW."status" = 'OPEN' AND OLD."status" <> 'OPEN' THEN
    RAISE EXCEPTION 'invoice % cannot go from % to OPEN', OLD."number", OLD."status" USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW."credited_total" < OLD."credited_total" OR NEW."credited_tax" < OLD."credited_tax" OR NEW."refunded_total" < OLD."refunded_total" THEN
    RAISE EXCEPTION 'what was credited and refunded of invoice % never decreases', OLD."number" USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
