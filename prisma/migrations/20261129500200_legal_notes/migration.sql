-- Texts that are copied to invoices when they are issued. Null stands for all countries or languages.
CREATE TABLE "legal_notes" (
  "id" BIGSERIAL PRIMARY KEY,
  "country" CHAR(2),
  "language" TEXT,
  "subject" TEXT NOT NULL CONSTRAINT "legal_notes_subject_is_known"
    CHECK ("subject" IN ('GENERAL', 'AAB', 'PMD', 'PMT', 'REG', 'SUR', 'TXD')),
  "text" TEXT NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL);
CREATE UNIQUE INDEX "legal_notes_country_language_subject_key" ON "legal_notes" ("country", "language", "subject") NULLS NOT DISTINCT;
