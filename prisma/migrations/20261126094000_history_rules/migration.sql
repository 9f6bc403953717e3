-- An invoice that was paid or voided never becomes open again.
CREATE OR REPLACE FUNCTION "refuse_invoice_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'invoices are never removed: issue a credit note' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - 'status') IS DISTINCT FROM (to_jsonb(OLD) - 'status') THEN
    RAISE EXCEPTION 'invoice % is issued and never changed: issue a credit note', OLD."number"
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW."status" = 'OPEN' AND OLD."status" <> 'OPEN' THEN
    RAISE EXCEPTION 'invoice % cannot go from % to OPEN', OLD."number", OLD."status" USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

-- What was bought is never changed or removed.
CREATE FUNCTION "refuse_item_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the items of orders are never changed or removed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "order_items_are_immutable" BEFORE UPDATE OR DELETE ON "order_items"
  FOR EACH ROW EXECUTE FUNCTION "refuse_item_change"();
CREATE TRIGGER "order_items_are_not_truncated" BEFORE TRUNCATE ON "order_items"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_item_change"();

-- A refund is for an amount that was checked when it was stored.
CREATE FUNCTION "refuse_refund_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."amount" > OLD."amount" OR NEW."order_id" <> OLD."order_id" OR NEW."currency" <> OLD."currency" THEN
    RAISE EXCEPTION 'refund % keeps its order and currency, and its amount is never raised', OLD."id" USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "refunds_are_not_raised" BEFORE UPDATE ON "refunds"
  FOR EACH ROW EXECUTE FUNCTION "refuse_refund_change"();

-- Numbers are never assigned a second time.
CREATE FUNCTION "refuse_counter_decrease"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'invoice counters are never removed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW."series", NEW."year") IS DISTINCT FROM (OLD."series", OLD."year")
      OR NEW."last_sequence" < OLD."last_sequence" OR NEW."last_issued_at" < OLD."last_issued_at" THEN
    RAISE EXCEPTION 'the invoice counter of % in % never decreases', OLD."series", OLD."year" USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "invoice_counters_only_increase" BEFORE UPDATE OR DELETE ON "invoice_counters"
  FOR EACH ROW EXECUTE FUNCTION "refuse_counter_decrease"();
CREATE TRIGGER "invoice_counters_are_not_truncated" BEFORE TRUNCATE ON "invoice_counters"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_counter_decrease"();
