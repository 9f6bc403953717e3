-- The validated checks make these scans unnecessary.
ALTER TABLE "orders" ALTER COLUMN "net" SET NOT NULL, ALTER COLUMN "period_amount" SET NOT NULL;
ALTER TABLE "orders" DROP CONSTRAINT "orders_net_present";
ALTER TABLE "subscriptions" ALTER COLUMN "collection" SET NOT NULL, ALTER COLUMN "currency" SET NOT NULL,
  ALTER COLUMN "plan_name" SET NOT NULL, ALTER COLUMN "plan_interval" SET NOT NULL, ALTER COLUMN "bought_at" SET NOT NULL;
ALTER TABLE "subscriptions" DROP CONSTRAINT "subscriptions_collection_present";
ALTER TABLE "refunds" ALTER COLUMN "user_id" SET NOT NULL;
ALTER TABLE "refunds" DROP CONSTRAINT "refunds_user_id_present";

-- Payments are rows of their own.
-- quittance: allow drop-column: version 0.2 is stopped during the upgrade to this version
ALTER TABLE "orders" DROP COLUMN "provider_payment_id", DROP COLUMN "provider";
-- quittance: allow drop-column: version 0.2 is stopped during the upgrade to this version
ALTER TABLE "invoices" DROP COLUMN "refunded_total";
-- quittance: allow drop-column: version 0.2 is stopped during the upgrade to this version
ALTER TABLE "refunds" DROP COLUMN "credit_note_id", DROP COLUMN "claimed_until";

-- Existing credit notes name their refund now, so a document keeps the one that it has.
CREATE OR REPLACE FUNCTION "refuse_invoice_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "changing" text[] := ARRAY['status', 'credited_total', 'credited_tax', 'paid_total', 'first_paid_at', 'paid_at', 'due_at'];
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'invoices are never removed: issue a credit note' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - "changing") IS DISTINCT FROM (to_jsonb(OLD) - "changing") THEN
    RAISE EXCEPTION 'invoice % is issued and never changed: issue a credit note', OLD."number"
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW."credited_total" < OLD."credited_total" OR NEW."credited_tax" < OLD."credited_tax" THEN
    RAISE EXCEPTION 'what was credited of invoice % never decreases', OLD."number" USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW."due_at" < OLD."due_at" THEN
    RAISE EXCEPTION 'invoice % is never due earlier', OLD."number" USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
