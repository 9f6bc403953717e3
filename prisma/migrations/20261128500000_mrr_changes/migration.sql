-- Changes of the monthly recurring revenue (MRR) of customers, from which the revenue report derives past months. A row has
-- the amount from then on, minor units without tax; `amount - delta` is the amount before.
CREATE TABLE "mrr_changes" (
  "id" BIGSERIAL PRIMARY KEY,
  "user_id" TEXT COLLATE "C" REFERENCES "users" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "organisation_id" TEXT COLLATE "C" REFERENCES "organisations" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "currency" CHAR(3) NOT NULL CONSTRAINT "mrr_changes_currency_is_iso_4217" CHECK ("currency" ~ '^[A-Z]{3}$'),
  "subscription_id" BIGINT NOT NULL REFERENCES "subscriptions" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "amount" BIGINT NOT NULL,
  "delta" BIGINT NOT NULL,
  CONSTRAINT "mrr_changes_one_customer" CHECK (num_nonnulls("user_id", "organisation_id") = 1),
  CONSTRAINT "mrr_changes_delta_not_zero" CHECK ("delta" <> 0),
  CONSTRAINT "mrr_changes_amount_never_negative" CHECK ("amount" >= 0 AND "amount" >= "delta"));
CREATE INDEX "mrr_changes_user_id_currency_id_idx" ON "mrr_changes" ("user_id", "currency", "id" DESC);
CREATE INDEX "mrr_changes_organisation_id_currency_id_idx" ON "mrr_changes" ("organisation_id", "currency", "id" DESC)
  WHERE "organisation_id" IS NOT NULL;
-- The report adds up all changes of a currency before a month, from the index alone.
CREATE INDEX "mrr_changes_currency_at_idx" ON "mrr_changes" ("currency", "at") INCLUDE ("amount", "delta");

CREATE FUNCTION "refuse_mrr_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history of the MRR is never changed or removed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "mrr_changes_are_append_only" BEFORE UPDATE OR DELETE ON "mrr_changes"
  FOR EACH ROW EXECUTE FUNCTION "refuse_mrr_change"();
CREATE TRIGGER "mrr_changes_are_not_truncated" BEFORE TRUNCATE ON "mrr_changes"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_mrr_change"();
