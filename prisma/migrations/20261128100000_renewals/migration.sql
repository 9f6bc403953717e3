-- Renewals by invoice. `collect_at` is when the job next has something to do for a subscription that is collected by
-- invoice; the job calculates it again. `suspended_by` is set and cleared by administrators only.
ALTER TABLE "subscriptions"
  ADD COLUMN "collect_at" TIMESTAMPTZ(3),
  ADD COLUMN "suspended_by" TEXT,
  ADD CONSTRAINT "subscriptions_suspended_by_is_known" CHECK ("suspended_by" IN ('ADMIN', 'ABUSE')) NOT VALID;

-- The start of the period that a renewal by invoice is for. Null if it is credited before its period begins.
ALTER TABLE "orders" ADD COLUMN "renews_from" TIMESTAMPTZ(3);

-- The reminders that were sent of an open invoice: an event some days before or after its due date. A later due date has
-- reminders of its own.
CREATE TABLE "invoice_reminders" (
  "id" BIGSERIAL PRIMARY KEY,
  "invoice_id" BIGINT NOT NULL REFERENCES "invoices" ("id") ON UPDATE CASCADE ON DELETE RESTRICT,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "days" INTEGER NOT NULL,
  "sent_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "invoice_reminders_once" UNIQUE ("invoice_id", "due_at", "days"));
