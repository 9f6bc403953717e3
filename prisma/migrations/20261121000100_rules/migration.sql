-- The rules that the database keeps by itself, whoever writes to it.

-- One active plan a holder: an organisation, or a user where no organisation is named.
CREATE UNIQUE INDEX "orders_one_active_per_user" ON "orders" ("user_id")
  WHERE "status" = 'ACTIVE' AND "organisation_id" IS NULL AND "plan_id" IS NOT NULL;
CREATE UNIQUE INDEX "orders_one_active_per_organisation" ON "orders" ("organisation_id")
  WHERE "status" = 'ACTIVE' AND "organisation_id" IS NOT NULL AND "plan_id" IS NOT NULL;

-- One live subscription a holder.
CREATE UNIQUE INDEX "subscriptions_one_live_per_user" ON "subscriptions" ("user_id")
  WHERE "status" <> 'EXPIRED' AND "organisation_id" IS NULL;
CREATE UNIQUE INDEX "subscriptions_one_live_per_organisation" ON "subscriptions" ("organisation_id")
  WHERE "status" <> 'EXPIRED' AND "organisation_id" IS NOT NULL;

-- One default plan, and it is a free one that can be had.
CREATE UNIQUE INDEX "plans_one_default" ON "plans" ("is_default") WHERE "is_default";
ALTER TABLE "plans"
  ADD CONSTRAINT "plans_default_is_free" CHECK (NOT "is_default" OR ("type" = 'FREE' AND "archived_at" IS NULL)),
  ADD CONSTRAINT "plans_price_not_negative" CHECK ("price" >= 0),
  ADD CONSTRAINT "plans_currency_is_iso_4217" CHECK ("currency" ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT "plans_slug_is_plain" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  ADD CONSTRAINT "plans_features_is_an_object" CHECK (jsonb_typeof("features") = 'object'),
  ADD CONSTRAINT "plans_limits_not_negative" CHECK (
    LEAST("memory", "disk", "cpu", "server_limit", "node_limit", "databases", "backups", "port_count",
          "tunnel_port_count", "emails_per_day") >= 0);

ALTER TABLE "orders"
  ADD CONSTRAINT "orders_amount_not_negative" CHECK ("amount" >= 0),
  ADD CONSTRAINT "orders_currency_is_iso_4217" CHECK ("currency" ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT "orders_active_was_activated" CHECK ("status" <> 'ACTIVE' OR "activated_at" IS NOT NULL),
  ADD CONSTRAINT "orders_cancelled_has_a_time" CHECK (("status" = 'CANCELLED') = ("cancelled_at" IS NOT NULL)),
  ADD CONSTRAINT "orders_remember_their_plan" CHECK (
    "plan_id" IS NULL OR ("plan_name" IS NOT NULL AND "plan_type" IS NOT NULL AND "plan_interval" IS NOT NULL
      AND "plan_limits" IS NOT NULL AND "plan_features" IS NOT NULL));

ALTER TABLE "order_items"
  ADD CONSTRAINT "order_items_quantity_positive" CHECK ("quantity" > 0),
  ADD CONSTRAINT "order_items_add_up" CHECK ("amount" = "quantity" * "unit_price");

ALTER TABLE "subscriptions"
  ADD CONSTRAINT "subscriptions_period_is_forward" CHECK ("current_period_start" < "current_period_end"),
  ADD CONSTRAINT "subscriptions_period_number_positive" CHECK ("period_number" > 0),
  ADD CONSTRAINT "subscriptions_expired_has_an_end" CHECK (("status" = 'EXPIRED') = ("ended_at" IS NOT NULL));

ALTER TABLE "invoices"
  ADD CONSTRAINT "invoices_total_adds_up" CHECK ("total" = "subtotal" + "tax"),
  ADD CONSTRAINT "invoices_sequence_positive" CHECK ("sequence" > 0),
  ADD CONSTRAINT "invoices_credit_note_has_an_invoice" CHECK (("kind" = 'CREDIT_NOTE') = ("credited_invoice_id" IS NOT NULL));
CREATE UNIQUE INDEX "invoices_one_per_order" ON "invoices" ("order_id") WHERE "kind" <> 'CREDIT_NOTE';

ALTER TABLE "refunds"
  ADD CONSTRAINT "refunds_amount_positive" CHECK ("amount" > 0),
  ADD CONSTRAINT "refunds_tax_within_amount" CHECK ("tax" BETWEEN 0 AND "amount"),
  ADD CONSTRAINT "refunds_type_is_a_refund" CHECK ("type" <> 'NONE');

ALTER TABLE "billing_details"
  ADD CONSTRAINT "billing_details_one_holder" CHECK (num_nonnulls("user_id", "organisation_id") = 1);

ALTER TABLE "server_claims"
  ADD CONSTRAINT "server_claims_not_negative" CHECK (LEAST("memory", "disk", "cpu", "databases", "backups", "ports") >= 0);

ALTER TABLE "idempotency_records"
  ADD CONSTRAINT "idempotency_records_key_length" CHECK (char_length("key") BETWEEN 1 AND 255);

-- An issued document is never changed and never removed; only its payment status moves on.
CREATE FUNCTION "refuse_invoice_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'invoices are never removed: issue a credit note' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - 'status') IS DISTINCT FROM (to_jsonb(OLD) - 'status') THEN
    RAISE EXCEPTION 'invoice % is issued and never changed: issue a credit note', OLD."number"
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "invoices_are_immutable" BEFORE UPDATE OR DELETE ON "invoices"
  FOR EACH ROW EXECUTE FUNCTION "refuse_invoice_change"();
CREATE TRIGGER "invoices_are_not_truncated" BEFORE TRUNCATE ON "invoices"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_invoice_change"();

-- The audit log only grows.
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are never changed or removed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "audit_entries_are_append_only" BEFORE UPDATE OR DELETE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_entries_are_not_truncated" BEFORE TRUNCATE ON "audit_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();

-- What was bought is not rewritten: items and remembered plan of an order stay as they were placed.
CREATE FUNCTION "refuse_order_rewrite"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD."user_id", OLD."organisation_id", OLD."plan_id", OLD."currency", OLD."amount", OLD."plan_name",
      OLD."plan_type", OLD."plan_interval", OLD."plan_price", OLD."plan_limits", OLD."plan_features", OLD."placed_at")
     IS DISTINCT FROM
     (NEW."user_id", NEW."organisation_id", NEW."plan_id", NEW."currency", NEW."amount", NEW."plan_name",
      NEW."plan_type", NEW."plan_interval", NEW."plan_price", NEW."plan_limits", NEW."plan_features", NEW."placed_at") THEN
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
CREATE TRIGGER "orders_keep_what_was_bought" BEFORE UPDATE ON "orders"
  FOR EACH ROW EXECUTE FUNCTION "refuse_order_rewrite"();
