-- Payments, the balance of customers, and the double-entry ledger from which it follows.

-- Credit that an administrator has granted. `remaining` is what has not been spent.
CREATE TABLE "credit_grants" (
  "id" BIGSERIAL PRIMARY KEY,
  "user_id" TEXT COLLATE "C" REFERENCES "users" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "organisation_id" TEXT COLLATE "C" REFERENCES "organisations" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "currency" CHAR(3) NOT NULL CONSTRAINT "credit_grants_currency_is_iso_4217" CHECK ("currency" ~ '^[A-Z]{3}$'),
  "amount" BIGINT NOT NULL CONSTRAINT "credit_grants_amount_positive" CHECK ("amount" > 0),
  "remaining" BIGINT NOT NULL,
  "reason" TEXT NOT NULL,
  "granted_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3),
  CONSTRAINT "credit_grants_one_customer" CHECK (num_nonnulls("user_id", "organisation_id") = 1),
  CONSTRAINT "credit_grants_remaining_within_amount" CHECK ("remaining" BETWEEN 0 AND "amount"),
  CONSTRAINT "credit_grants_expire_later" CHECK ("expires_at" > "created_at"));
CREATE INDEX "credit_grants_user_id_currency_idx" ON "credit_grants" ("user_id", "currency") WHERE "remaining" > 0;
CREATE INDEX "credit_grants_organisation_id_currency_idx" ON "credit_grants" ("organisation_id", "currency") WHERE "remaining" > 0;
CREATE INDEX "credit_grants_due_idx" ON "credit_grants" ("expires_at", "id") WHERE "remaining" > 0;

-- Money received, or taken from the balance. `held` is the part that waits on the balance for the order, or for the
-- payment of the provider, that it was recorded for.
CREATE TABLE "payments" (
  "id" BIGSERIAL PRIMARY KEY,
  "user_id" TEXT COLLATE "C" NOT NULL REFERENCES "users" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "organisation_id" TEXT COLLATE "C" REFERENCES "organisations" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "kind" TEXT NOT NULL CONSTRAINT "payments_kind_is_known"
    CHECK ("kind" IN ('PROVIDER', 'BANK_TRANSFER', 'CASH', 'OTHER', 'BALANCE')),
  "currency" CHAR(3) NOT NULL CONSTRAINT "payments_currency_is_iso_4217" CHECK ("currency" ~ '^[A-Z]{3}$'),
  "amount" BIGINT NOT NULL,
  "held" BIGINT NOT NULL DEFAULT 0,
  "reference" TEXT,
  "received_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "recorded_by" TEXT NOT NULL,
  "provider" TEXT,
  "provider_payment_id" TEXT,
  "order_id" BIGINT REFERENCES "orders" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "invoice_id" BIGINT REFERENCES "invoices" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "subscription_id" BIGINT REFERENCES "subscriptions" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "grant_id" BIGINT REFERENCES "credit_grants" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "reversed_at" TIMESTAMPTZ(3),
  "reversal_reason" TEXT,
  -- Providers report payments of zero, such as the first one of a trial.
  CONSTRAINT "payments_amount_positive" CHECK ("amount" > 0 OR ("amount" = 0 AND "kind" = 'PROVIDER')),
  CONSTRAINT "payments_held_within_amount" CHECK ("held" BETWEEN 0 AND "amount"),
  CONSTRAINT "payments_of_a_provider_name_it" CHECK ("kind" <> 'PROVIDER' OR ("provider" IS NOT NULL AND "provider_payment_id" IS NOT NULL)),
  CONSTRAINT "payments_from_granted_credit_are_of_the_balance" CHECK ("grant_id" IS NULL OR "kind" = 'BALANCE'),
  CONSTRAINT "payments_reversed_hold_nothing" CHECK ("reversed_at" IS NULL OR "held" = 0));
CREATE UNIQUE INDEX "payments_provider_provider_payment_id_key" ON "payments" ("provider", "provider_payment_id") WHERE "kind" = 'PROVIDER';
CREATE UNIQUE INDEX "payments_order_id_reference_key" ON "payments" ("order_id", "reference")
  WHERE "kind" <> 'BALANCE' AND "reversed_at" IS NULL;
CREATE UNIQUE INDEX "payments_invoice_id_reference_key" ON "payments" ("invoice_id", "reference")
  WHERE "kind" <> 'BALANCE' AND "reversed_at" IS NULL;
CREATE INDEX "payments_user_id_received_at_id_idx" ON "payments" ("user_id", "received_at" DESC, "id" DESC);
CREATE INDEX "payments_organisation_id_received_at_id_idx" ON "payments" ("organisation_id", "received_at" DESC, "id" DESC)
  WHERE "organisation_id" IS NOT NULL;
CREATE INDEX "payments_received_at_id_idx" ON "payments" ("received_at" DESC, "id" DESC);
CREATE INDEX "payments_held_order_id_idx" ON "payments" ("order_id") WHERE "held" > 0;
CREATE INDEX "payments_held_subscription_id_idx" ON "payments" ("subscription_id") WHERE "held" > 0;
CREATE INDEX "payments_held_provider_payment_id_idx" ON "payments" ("provider", "provider_payment_id") WHERE "held" > 0;

-- The parts of payments that pay invoices. A negative amount returns a part.
CREATE TABLE "payment_allocations" (
  "id" BIGSERIAL PRIMARY KEY,
  "payment_id" BIGINT NOT NULL REFERENCES "payments" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "invoice_id" BIGINT NOT NULL REFERENCES "invoices" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "amount" BIGINT NOT NULL CONSTRAINT "payment_allocations_amount_not_zero" CHECK ("amount" <> 0),
  "created_at" TIMESTAMPTZ(3) NOT NULL);
CREATE INDEX "payment_allocations_invoice_id_idx" ON "payment_allocations" ("invoice_id");
CREATE INDEX "payment_allocations_payment_id_idx" ON "payment_allocations" ("payment_id");

-- The parts of refunds: each returns a part of a payment, or of the balance without a payment. `held` says that
-- the amount waits on the balance until it is paid out.
CREATE TABLE "refund_parts" (
  "id" BIGSERIAL PRIMARY KEY,
  "refund_id" BIGINT NOT NULL REFERENCES "refunds" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "payment_id" BIGINT REFERENCES "payments" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "destination" TEXT NOT NULL CONSTRAINT "refund_parts_destination_is_known" CHECK ("destination" IN ('ORIGINAL', 'BALANCE')),
  "amount" BIGINT NOT NULL CONSTRAINT "refund_parts_amount_positive" CHECK ("amount" > 0),
  "status" TEXT NOT NULL CONSTRAINT "refund_parts_status_is_known" CHECK ("status" IN ('REQUESTED', 'DONE')),
  "held" BOOLEAN NOT NULL DEFAULT false,
  "reference" TEXT,
  "done_at" TIMESTAMPTZ(3),
  "claimed_until" TIMESTAMPTZ(3),
  CONSTRAINT "refund_parts_done_has_a_time" CHECK (("status" = 'DONE') = ("done_at" IS NOT NULL)),
  CONSTRAINT "refund_parts_done_hold_nothing" CHECK ("status" <> 'DONE' OR NOT "held"));
CREATE INDEX "refund_parts_refund_id_idx" ON "refund_parts" ("refund_id");
CREATE INDEX "refund_parts_payment_id_idx" ON "refund_parts" ("payment_id");

-- One posting per row. A positive amount is a debit; the amounts of all accounts add up to zero.
CREATE TABLE "ledger_postings" (
  "id" BIGSERIAL PRIMARY KEY,
  "user_id" TEXT COLLATE "C" REFERENCES "users" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "organisation_id" TEXT COLLATE "C" REFERENCES "organisations" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "currency" CHAR(3) NOT NULL,
  "kind" TEXT NOT NULL CONSTRAINT "ledger_postings_kind_is_known" CHECK ("kind" IN ('INVOICE', 'CREDIT_NOTE', 'PAYMENT',
    'BALANCE_PAYMENT', 'REVERSAL', 'REFUND', 'GRANT', 'GRANT_EXPIRY')),
  "receivable" BIGINT NOT NULL DEFAULT 0,
  "balance" BIGINT NOT NULL DEFAULT 0,
  "cash" BIGINT NOT NULL DEFAULT 0,
  "revenue" BIGINT NOT NULL DEFAULT 0,
  "tax" BIGINT NOT NULL DEFAULT 0,
  "provider_tax" BIGINT NOT NULL DEFAULT 0,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "invoice_id" BIGINT REFERENCES "invoices" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "payment_id" BIGINT REFERENCES "payments" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "refund_part_id" BIGINT REFERENCES "refund_parts" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "grant_id" BIGINT REFERENCES "credit_grants" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT "ledger_postings_one_customer" CHECK (num_nonnulls("user_id", "organisation_id") = 1),
  CONSTRAINT "ledger_postings_currency_is_iso_4217" CHECK ("currency" ~ '^[A-Z]{3}$'),
  CONSTRAINT "ledger_postings_balanced" CHECK ("receivable" + "balance" + "cash" + "revenue" + "tax" + "provider_tax" = 0));
CREATE INDEX "ledger_postings_user_id_balance_idx" ON "ledger_postings" ("user_id", "currency", "id" DESC) WHERE "balance" <> 0;
CREATE INDEX "ledger_postings_organisation_id_balance_idx" ON "ledger_postings" ("organisation_id", "currency", "id" DESC)
  WHERE "balance" <> 0;
CREATE INDEX "ledger_postings_at_id_idx" ON "ledger_postings" ("at", "id");
CREATE INDEX "ledger_postings_invoice_id_idx" ON "ledger_postings" ("invoice_id");
CREATE INDEX "ledger_postings_payment_id_idx" ON "ledger_postings" ("payment_id");
CREATE INDEX "ledger_postings_refund_part_id_idx" ON "ledger_postings" ("refund_part_id");
CREATE INDEX "ledger_postings_grant_id_idx" ON "ledger_postings" ("grant_id");

-- The totals of a customer's postings in a currency. The balance of the customer is a credit: its negative. `held` and
-- `granted` are the parts of the balance that wait for their purpose and that were granted.
CREATE TABLE "ledger_accounts" (
  "id" BIGSERIAL PRIMARY KEY,
  "user_id" TEXT COLLATE "C" REFERENCES "users" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "organisation_id" TEXT COLLATE "C" REFERENCES "organisations" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "currency" CHAR(3) NOT NULL,
  "receivable" BIGINT NOT NULL DEFAULT 0,
  "balance" BIGINT NOT NULL DEFAULT 0,
  "cash" BIGINT NOT NULL DEFAULT 0,
  "revenue" BIGINT NOT NULL DEFAULT 0,
  "tax" BIGINT NOT NULL DEFAULT 0,
  "provider_tax" BIGINT NOT NULL DEFAULT 0,
  "held" BIGINT NOT NULL DEFAULT 0,
  "granted" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "ledger_accounts_user_id_currency_key" UNIQUE ("user_id", "currency"),
  CONSTRAINT "ledger_accounts_organisation_id_currency_key" UNIQUE ("organisation_id", "currency"),
  CONSTRAINT "ledger_accounts_one_customer" CHECK (num_nonnulls("user_id", "organisation_id") = 1),
  CONSTRAINT "ledger_accounts_add_up" CHECK ("receivable" + "balance" + "cash" + "revenue" + "tax" + "provider_tax" = 0),
  CONSTRAINT "ledger_accounts_receivable_not_negative" CHECK ("receivable" >= 0),
  CONSTRAINT "ledger_accounts_balance_covers_its_parts" CHECK (LEAST("held", "granted") >= 0 AND - "balance" >= "held" + "granted"));

CREATE FUNCTION "refuse_ledger_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'postings and allocations are never changed or removed: add one that reverses it' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "ledger_postings_are_append_only" BEFORE UPDATE OR DELETE ON "ledger_postings"
  FOR EACH ROW EXECUTE FUNCTION "refuse_ledger_change"();
CREATE TRIGGER "ledger_postings_are_not_truncated" BEFORE TRUNCATE ON "ledger_postings"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_ledger_change"();
CREATE TRIGGER "payment_allocations_are_append_only" BEFORE UPDATE OR DELETE ON "payment_allocations"
  FOR EACH ROW EXECUTE FUNCTION "refuse_ledger_change"();
CREATE TRIGGER "payment_allocations_are_not_truncated" BEFORE TRUNCATE ON "payment_allocations"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_ledger_change"();

-- A payment keeps what was received. Only what is held of it, and whether it was reversed, changes.
CREATE FUNCTION "refuse_payment_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "changing" text[] := ARRAY['held', 'reversed_at', 'reversal_reason'];
BEGIN
  IF TG_OP <> 'UPDATE' OR (to_jsonb(NEW) - "changing") IS DISTINCT FROM (to_jsonb(OLD) - "changing") THEN
    RAISE EXCEPTION 'payments are never changed or removed: reverse the payment' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD."reversed_at" IS NOT NULL THEN
    RAISE EXCEPTION 'payment % is reversed already', OLD."id" USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "payments_keep_what_was_received" BEFORE UPDATE OR DELETE ON "payments"
  FOR EACH ROW EXECUTE FUNCTION "refuse_payment_change"();
CREATE TRIGGER "payments_are_not_truncated" BEFORE TRUNCATE ON "payments"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_payment_change"();

-- What is paid of an invoice. `first_paid_at` stays when a payment is reversed or returned.
ALTER TABLE "invoices"
  ADD COLUMN "paid_total" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "first_paid_at" TIMESTAMPTZ(3),
  ADD COLUMN "paid_at" TIMESTAMPTZ(3),
  ADD COLUMN "provider_tax" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "refund_id" BIGINT,
  ADD CONSTRAINT "invoices_refund_id_fkey" FOREIGN KEY ("refund_id") REFERENCES "refunds" ("id")
    ON UPDATE CASCADE ON DELETE RESTRICT NOT VALID,
  ADD CONSTRAINT "invoices_paid_within_total" CHECK ("paid_total" >= 0 AND "paid_total" + "credited_total" <= "total") NOT VALID,
  ADD CONSTRAINT "invoices_provider_tax_within_total" CHECK ("provider_tax" BETWEEN 0 AND "total") NOT VALID;

-- The status of an invoice follows from its amounts: OPEN while something is due.
CREATE FUNCTION "set_invoice_status"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."paid_total" > 0 THEN
    NEW."first_paid_at" := coalesce(NEW."first_paid_at", NEW."paid_at", NEW."issued_at");
  END IF;
  NEW."status" := CASE
    WHEN NEW."kind" = 'CREDIT_NOTE' THEN 'PAID'
    WHEN NEW."paid_total" + NEW."credited_total" < NEW."total" THEN 'OPEN'
    WHEN NEW."credited_total" = 0 THEN 'PAID'
    WHEN NEW."credited_total" < NEW."total" THEN 'PARTIALLY_REFUNDED'
    WHEN NEW."first_paid_at" IS NULL THEN 'VOID'
    ELSE 'REFUNDED'
  END;
  RETURN NEW;
END $$;
-- Runs after the trigger that refuses other changes, by the order of names.
CREATE TRIGGER "invoices_status_follows_amounts" BEFORE INSERT OR UPDATE ON "invoices"
  FOR EACH ROW EXECUTE FUNCTION "set_invoice_status"();

CREATE OR REPLACE FUNCTION "refuse_invoice_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "changing" text[] := ARRAY['status', 'credited_total', 'credited_tax', 'paid_total', 'first_paid_at', 'paid_at', 'due_at'];
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'invoices are never removed: issue a credit note' USING ERRCODE = 'restrict_violation';
  END IF;
  -- The next migration fills it for existing credit notes.
  IF OLD."refund_id" IS NULL THEN
    "changing" := array_append("changing", 'refund_id');
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

-- The amount of an order includes tax; `net` does not. `period_amount` is the price of the whole period as it was paid,
-- which a plan change prorates. `forfeited` is the unused share that was not credited when the plan ended.
ALTER TABLE "orders"
  ADD COLUMN "net" BIGINT,
  ADD COLUMN "period_amount" BIGINT,
  ADD COLUMN "forfeited" BIGINT NOT NULL DEFAULT 0,
  ADD CONSTRAINT "orders_net_present" CHECK ("net" IS NOT NULL AND "period_amount" IS NOT NULL) NOT VALID,
  ADD CONSTRAINT "orders_net_within_amount" CHECK ("net" BETWEEN 0 AND "amount") NOT VALID,
  ADD CONSTRAINT "orders_forfeited_not_negative" CHECK ("forfeited" >= 0) NOT VALID;

-- The amount of a pending order is calculated again when it is paid. `net` is null until a row of an earlier version is upgraded.
CREATE OR REPLACE FUNCTION "refuse_order_rewrite"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD."user_id", OLD."organisation_id", OLD."plan_id", OLD."currency", OLD."plan_name",
      OLD."plan_type", OLD."plan_interval", OLD."plan_price", OLD."plan_limits", OLD."plan_features", OLD."placed_at")
     IS DISTINCT FROM
     (NEW."user_id", NEW."organisation_id", NEW."plan_id", NEW."currency", NEW."plan_name",
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

-- What a subscription was sold for, and who collects the money. `pending_made_at` is when the provider confirmed the
-- scheduled plan, which applies from the end of the period on. Refunds count days from `bought_at`.
ALTER TABLE "subscriptions"
  ADD COLUMN "pending_made_at" TIMESTAMPTZ(3),
  ADD COLUMN "bought_at" TIMESTAMPTZ(3),
  ADD COLUMN "price" BIGINT,
  ADD COLUMN "currency" CHAR(3),
  ADD COLUMN "plan_name" TEXT,
  ADD COLUMN "plan_interval" TEXT,
  ADD COLUMN "collection" TEXT,
  ADD CONSTRAINT "subscriptions_collection_present" CHECK ("collection" IS NOT NULL AND "currency" IS NOT NULL
    AND "plan_name" IS NOT NULL AND "plan_interval" IS NOT NULL AND "bought_at" IS NOT NULL) NOT VALID,
  ADD CONSTRAINT "subscriptions_price_not_negative" CHECK ("price" >= 0) NOT VALID,
  ADD CONSTRAINT "subscriptions_collection_is_known" CHECK ("collection" IN ('PROVIDER', 'INVOICE', 'NONE')) NOT VALID,
  ADD CONSTRAINT "subscriptions_provider_collects" CHECK (("collection" = 'PROVIDER') = ("provider" IS NOT NULL)) NOT VALID,
  ADD CONSTRAINT "subscriptions_plan_interval_is_known" CHECK ("plan_interval" IN ('MONTH', 'YEAR')) NOT VALID;

-- What the provider charges for a plan change: its credit and charge, less what the balance pays.
ALTER TABLE "plan_changes" ADD COLUMN "due" BIGINT;

-- A refund names its customer, because one from the balance has no order.
-- The type is null if an administrator has chosen the amount.
ALTER TABLE "refunds"
  ADD COLUMN "user_id" TEXT COLLATE "C",
  ADD COLUMN "organisation_id" TEXT COLLATE "C",
  ALTER COLUMN "order_id" DROP NOT NULL,
  ALTER COLUMN "type" DROP NOT NULL,
  ADD CONSTRAINT "refunds_user_id_present" CHECK ("user_id" IS NOT NULL) NOT VALID,
  ADD CONSTRAINT "refunds_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
    ON UPDATE CASCADE ON DELETE RESTRICT NOT VALID,
  ADD CONSTRAINT "refunds_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations" ("id")
    ON UPDATE CASCADE ON DELETE RESTRICT NOT VALID;
