-- CreateEnum
CREATE TYPE "HolderType" AS ENUM ('USER', 'ORGANISATION');

-- AlterTable
ALTER TABLE "billing_details" ADD COLUMN     "locale" TEXT;

-- CreateTable
CREATE TABLE "invoice_documents" (
    "invoice_id" INTEGER NOT NULL,
    "sha256" BYTEA NOT NULL,
    "size" INTEGER NOT NULL,
    "template_version" INTEGER NOT NULL,
    "drawn_at" TIMESTAMPTZ(3) NOT NULL,
    "bytes" BYTEA,

    CONSTRAINT "invoice_documents_pkey" PRIMARY KEY ("invoice_id")
);

-- CreateTable
CREATE TABLE "tax_rates" (
    "country" CHAR(2) NOT NULL,
    "holder_type" "HolderType" NOT NULL,
    "basis_points" INTEGER NOT NULL,
    "exemption" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tax_rates_pkey" PRIMARY KEY ("country","holder_type")
);

-- CreateIndex
CREATE INDEX "invoices_issued_at_id_idx" ON "invoices"("issued_at", "id");

-- AddForeignKey
ALTER TABLE "invoice_documents" ADD CONSTRAINT "invoice_documents_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoices"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- From here on by hand: what Prisma cannot say.

-- A PDF is compressed already: kept beside the row as it is, it is read without being unpacked.
ALTER TABLE "invoice_documents" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
ALTER TABLE "invoice_documents"
  ADD CONSTRAINT "invoice_documents_sha256_length" CHECK (octet_length("sha256") = 32),
  ADD CONSTRAINT "invoice_documents_size_fits" CHECK ("size" > 0 AND ("bytes" IS NULL OR octet_length("bytes") = "size"));

ALTER TABLE "tax_rates"
  ADD CONSTRAINT "tax_rates_country_is_iso_3166" CHECK ("country" ~ '^[A-Z]{2}$'),
  ADD CONSTRAINT "tax_rates_within_100_percent" CHECK ("basis_points" BETWEEN 0 AND 10000),
  ADD CONSTRAINT "tax_rates_exemption_of_zero" CHECK ("exemption" IS NULL OR ("basis_points" = 0 AND "exemption" <> ''));

-- A document that was drawn stays as it is, like the invoice that it shows.
CREATE FUNCTION "refuse_document_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the documents of invoices are never changed or removed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "invoice_documents_are_immutable" BEFORE UPDATE OR DELETE ON "invoice_documents"
  FOR EACH ROW EXECUTE FUNCTION "refuse_document_change"();
CREATE TRIGGER "invoice_documents_are_not_truncated" BEFORE TRUNCATE ON "invoice_documents"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_document_change"();

-- Credit notes of an invoice never exceed it, and are of its currency. The invoice is locked, so that two at once add up.
CREATE FUNCTION "refuse_too_much_credit"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  credited "invoices"%ROWTYPE;
  taken_back BIGINT;
  tax_taken_back BIGINT;
BEGIN
  SELECT * INTO credited FROM "invoices" WHERE "id" = NEW."credited_invoice_id" FOR NO KEY UPDATE;
  SELECT coalesce(sum("total"), 0), coalesce(sum("tax"), 0) INTO taken_back, tax_taken_back
    FROM "invoices" WHERE "credited_invoice_id" = NEW."credited_invoice_id";
  IF credited."kind" <> 'INVOICE' OR credited."currency" <> NEW."currency" OR credited."order_id" <> NEW."order_id" THEN
    RAISE EXCEPTION 'a credit note is for an invoice of its order and currency' USING ERRCODE = 'restrict_violation';
  END IF;
  IF taken_back + NEW."total" > credited."total" OR tax_taken_back + NEW."tax" > credited."tax" THEN
    RAISE EXCEPTION 'credit notes of invoice % would exceed it', credited."number" USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "credit_notes_within_their_invoice" BEFORE INSERT ON "invoices"
  FOR EACH ROW WHEN (NEW."kind" = 'CREDIT_NOTE') EXECUTE FUNCTION "refuse_too_much_credit"();
ALTER TABLE "invoices"
  ADD CONSTRAINT "invoices_amounts_not_negative" CHECK (LEAST("subtotal", "tax", "total") >= 0),
  ADD CONSTRAINT "invoices_credit_note_is_of_something" CHECK ("kind" <> 'CREDIT_NOTE' OR "total" > 0);

-- Invoices from before there was tax say the same in today's terms: nothing that they show changes.
ALTER TABLE "invoices" DISABLE TRIGGER "invoices_are_immutable";
UPDATE "invoices" SET "snapshot" = "snapshot" || jsonb_build_object(
  'supplyDate', coalesce("snapshot" #> '{period,start}', "snapshot" -> 'date'),
  'taxes', jsonb_build_array(jsonb_build_object(
    'category', 'NOT_TAXED', 'basisPoints', 0, 'exemption', NULL, 'net', "subtotal"::text, 'tax', "tax"::text)),
  'vatIdCheck', NULL, 'credited', NULL, 'merchantOfRecord', NULL)
  WHERE NOT "snapshot" ? 'vatIdCheck';
ALTER TABLE "invoices" ENABLE TRIGGER "invoices_are_immutable";
