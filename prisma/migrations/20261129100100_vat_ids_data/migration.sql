-- The VAT ids of existing customers. All are due at once; the server checks them one after another. The row locks keep an id
-- that is changed meanwhile from being overwritten.
INSERT INTO "vat_ids" ("user_id", "organisation_id", "vat_id", "status_at", "next_check_at")
  SELECT "user_id", "organisation_id", "european_vat_id"("tax_id"), "updated_at", "updated_at" FROM "billing_details"
  WHERE "european_vat_id"("tax_id") IS NOT NULL FOR SHARE
  ON CONFLICT DO NOTHING;
