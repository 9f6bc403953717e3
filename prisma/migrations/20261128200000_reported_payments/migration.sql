-- What customers state to have paid outside a provider, until an administrator has confirmed or rejected it.
CREATE TABLE "reported_payments" (
  "id" BIGSERIAL PRIMARY KEY,
  "user_id" TEXT COLLATE "C" NOT NULL REFERENCES "users" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "organisation_id" TEXT COLLATE "C" REFERENCES "organisations" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "order_id" BIGINT NOT NULL REFERENCES "orders" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "status" TEXT NOT NULL CONSTRAINT "reported_payments_status_is_known" CHECK ("status" IN ('REPORTED', 'CONFIRMED', 'REJECTED')),
  "currency" CHAR(3) NOT NULL CONSTRAINT "reported_payments_currency_is_iso_4217" CHECK ("currency" ~ '^[A-Z]{3}$'),
  "amount" BIGINT NOT NULL CONSTRAINT "reported_payments_amount_positive" CHECK ("amount" > 0),
  "reference" TEXT NOT NULL,
  "method" TEXT,
  "method_name" TEXT,
  "note" TEXT,
  "paid_at" TIMESTAMPTZ(3),
  "reported_by" TEXT NOT NULL,
  "reported_at" TIMESTAMPTZ(3) NOT NULL,
  "payment_id" BIGINT REFERENCES "payments" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "rejection_reason" TEXT,
  "resolved_by" TEXT,
  "resolved_at" TIMESTAMPTZ(3),
  CONSTRAINT "reported_payments_method_has_a_name" CHECK (("method" IS NULL) = ("method_name" IS NULL)),
  CONSTRAINT "reported_payments_resolved_has_a_time" CHECK (("status" <> 'REPORTED') = ("resolved_at" IS NOT NULL)),
  CONSTRAINT "reported_payments_resolved_by_somebody" CHECK (("status" <> 'REPORTED') = ("resolved_by" IS NOT NULL)),
  CONSTRAINT "reported_payments_confirmed_has_a_payment" CHECK (("status" = 'CONFIRMED') = ("payment_id" IS NOT NULL)),
  CONSTRAINT "reported_payments_rejected_has_a_reason" CHECK (("status" = 'REJECTED') = ("rejection_reason" IS NOT NULL)));
CREATE UNIQUE INDEX "reported_payments_order_id_reference_key" ON "reported_payments" ("order_id", "reference")
  WHERE "status" = 'REPORTED';
CREATE UNIQUE INDEX "reported_payments_payment_id_key" ON "reported_payments" ("payment_id");
CREATE INDEX "reported_payments_order_id_idx" ON "reported_payments" ("order_id");
CREATE INDEX "reported_payments_reported_at_id_idx" ON "reported_payments" ("reported_at" DESC, "id" DESC);
CREATE INDEX "reported_payments_status_reported_at_id_idx" ON "reported_payments" ("status", "reported_at" DESC, "id" DESC);
CREATE INDEX "reported_payments_user_id_reported_at_id_idx" ON "reported_payments" ("user_id", "reported_at" DESC, "id" DESC);
CREATE INDEX "reported_payments_organisation_id_reported_at_id_idx"
  ON "reported_payments" ("organisation_id", "reported_at" DESC, "id" DESC) WHERE "organisation_id" IS NOT NULL;

-- A report keeps what the customer has stated. It is resolved once.
CREATE FUNCTION "refuse_reported_payment_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "changing" text[] := ARRAY['status', 'payment_id', 'rejection_reason', 'resolved_by', 'resolved_at'];
BEGIN
  IF TG_OP <> 'UPDATE' OR (to_jsonb(NEW) - "changing") IS DISTINCT FROM (to_jsonb(OLD) - "changing") THEN
    RAISE EXCEPTION 'reported payments are never changed or removed: confirm or reject them' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD."status" <> 'REPORTED' THEN
    RAISE EXCEPTION 'reported payment % is % already', OLD."id", lower(OLD."status") USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "reported_payments_are_resolved_once" BEFORE UPDATE OR DELETE ON "reported_payments"
  FOR EACH ROW EXECUTE FUNCTION "refuse_reported_payment_change"();
