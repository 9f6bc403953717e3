-- What customers want to find on their invoices, and how they receive electronic ones.
ALTER TABLE "billing_details"
  ADD COLUMN "registration_number" TEXT,
  ADD COLUMN "reference" TEXT,
  ADD COLUMN "purchase_order" TEXT,
  ADD COLUMN "electronic_address" TEXT,
  ADD COLUMN "invoice_format" TEXT,
  ADD CONSTRAINT "billing_details_invoice_format_is_known"
    CHECK ("invoice_format" IN ('FACTUR_X', 'XRECHNUNG', 'PEPPOL', 'FRANCE')) NOT VALID;

-- Replaces the purchase order of the billing details on the documents of this order.
ALTER TABLE "orders" ADD COLUMN "purchase_order" TEXT;

-- The purchase order belongs to what was bought.
CREATE OR REPLACE FUNCTION "refuse_order_rewrite"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD."user_id", OLD."organisation_id", OLD."plan_id", OLD."currency", OLD."plan_name", OLD."purchase_order",
      OLD."plan_type", OLD."plan_interval", OLD."plan_price", OLD."plan_limits", OLD."plan_features", OLD."placed_at")
     IS DISTINCT FROM
     (NEW."user_id", NEW."organisation_id", NEW."plan_id", NEW."currency", NEW."plan_name", NEW."purchase_order",
      NEW."plan_type", NEW."plan_interval", NEW."plan_price", NEW."plan_limits", NEW."plan_features", NEW."placed_at")
    OR (OLD."net" IS NOT NULL AND OLD."status" <> 'PENDING'
      AND (OLD."amount", OLD."net", OLD."period_amount") IS DISTINCT FROM (NEW."amount", NEW."net", NEW."period_amount")) THEN
    RAISE EXCEPTION 'order % keeps what was bought', OLD."id" USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD."status" <> NEW."status" AND NOT (
       (OLD."status" = 'PENDING' AND NEW."status" IN ('ACTIVE', 'CANCELLED', 'EXPIRED'))
    OR (OLD."status" = 'ACTIVE' AND NEW."status" IN ('CANCELLED', 'EXPIRED'))) THEN
    RAISE EXCEPTION 'order % cannot go from % to %', OLD."id", OLD."status", NEW."status"
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
