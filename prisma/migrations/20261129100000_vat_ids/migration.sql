-- Results of checking the VAT ids of customers.
CREATE TABLE "vat_checks" (
  "id" BIGSERIAL PRIMARY KEY,
  "user_id" TEXT COLLATE "C" REFERENCES "users" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "organisation_id" TEXT COLLATE "C" REFERENCES "organisations" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "vat_id" TEXT NOT NULL,
  "result" TEXT NOT NULL CONSTRAINT "vat_checks_result_is_known" CHECK ("result" IN ('VALID', 'INVALID', 'UNAVAILABLE')),
  "name" TEXT,
  "address" TEXT,
  "consultation_number" TEXT,
  "requester_vat_id" TEXT,
  "error" TEXT,
  "checked_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "vat_checks_one_customer" CHECK (num_nonnulls("user_id", "organisation_id") = 1),
  CONSTRAINT "vat_checks_unavailable_has_an_error" CHECK (("result" = 'UNAVAILABLE') = ("error" IS NOT NULL)),
  CONSTRAINT "vat_checks_unavailable_confirms_nothing"
    CHECK ("result" <> 'UNAVAILABLE' OR num_nonnulls("name", "address", "consultation_number") = 0));
-- The latest check of a VAT id of a customer.
CREATE INDEX "vat_checks_user_id_vat_id_id_idx" ON "vat_checks" ("user_id", "vat_id", "id" DESC);
CREATE INDEX "vat_checks_organisation_id_vat_id_id_idx" ON "vat_checks" ("organisation_id", "vat_id", "id" DESC)
  WHERE "organisation_id" IS NOT NULL;

CREATE FUNCTION "refuse_vat_check_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'checks of VAT ids are never changed or removed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "vat_checks_are_append_only" BEFORE UPDATE OR DELETE ON "vat_checks"
  FOR EACH ROW EXECUTE FUNCTION "refuse_vat_check_change"();
CREATE TRIGGER "vat_checks_are_not_truncated" BEFORE TRUNCATE ON "vat_checks"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_vat_check_change"();

-- The VAT id in the billing details of each customer, and when it is checked next.
CREATE TABLE "vat_ids" (
  "id" BIGSERIAL PRIMARY KEY,
  "user_id" TEXT COLLATE "C" REFERENCES "users" ("id") ON UPDATE CASCADE ON DELETE CASCADE,
  "organisation_id" TEXT COLLATE "C" REFERENCES "organisations" ("id") ON UPDATE CASCADE ON DELETE CASCADE,
  "vat_id" TEXT NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'PENDING'
    CONSTRAINT "vat_ids_status_is_known" CHECK ("status" IN ('PENDING', 'VALID', 'INVALID', 'UNAVAILABLE')),
  "status_at" TIMESTAMPTZ(3) NOT NULL,
  "check_id" BIGINT REFERENCES "vat_checks" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "attempts" INTEGER NOT NULL DEFAULT 0 CONSTRAINT "vat_ids_attempts_not_negative" CHECK ("attempts" >= 0),
  "next_check_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "vat_ids_one_customer" CHECK (num_nonnulls("user_id", "organisation_id") = 1),
  CONSTRAINT "vat_ids_pending_has_no_check" CHECK (("status" = 'PENDING') = ("check_id" IS NULL)));
CREATE UNIQUE INDEX "vat_ids_user_id_key" ON "vat_ids" ("user_id");
CREATE UNIQUE INDEX "vat_ids_organisation_id_key" ON "vat_ids" ("organisation_id");
CREATE INDEX "vat_ids_next_check_at_id_idx" ON "vat_ids" ("next_check_at", "id");
CREATE INDEX "vat_ids_status_at_id_idx" ON "vat_ids" ("status_at" DESC, "id" DESC);
CREATE INDEX "vat_ids_status_status_at_id_idx" ON "vat_ids" ("status", "status_at" DESC, "id" DESC);

-- Removes separators, as normalizeVatId of the server does, and returns NULL unless the id has the prefix of a member state.
-- The server removes ids whose format or check digits are wrong.
CREATE FUNCTION "european_vat_id"("tax_id" text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT "vat_id" FROM upper(regexp_replace("tax_id", '[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff.\-/]', '', 'g')) AS "vat_id"
  WHERE left("vat_id", 2) IN ('AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'EL', 'ES', 'FI', 'FR', 'HR', 'HU', 'IE', 'IT', 'LT', 'LU',
    'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK')
$$;

-- Called when billing details are written. No trigger, because those of a distributed table must not change another one. A new
-- row makes the answer to a request for the VAT id before it void.
CREATE FUNCTION "follow_vat_id"("details" "billing_details") RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  "new_vat_id" text := "european_vat_id"("details"."tax_id");
BEGIN
  DELETE FROM "vat_ids" WHERE ("user_id" = "details"."user_id" OR "organisation_id" = "details"."organisation_id")
    AND "vat_id" IS DISTINCT FROM "new_vat_id";
  IF "new_vat_id" IS NOT NULL THEN
    INSERT INTO "vat_ids" ("user_id", "organisation_id", "vat_id", "status_at", "next_check_at")
      VALUES ("details"."user_id", "details"."organisation_id", "new_vat_id", "details"."updated_at", "details"."updated_at")
      ON CONFLICT DO NOTHING;
  END IF;
END $$;
