-- Mails acknowledge what the customer has asked for, and when.
ALTER TABLE "refunds" ADD COLUMN "is_requested_by_customer" BOOLEAN NOT NULL DEFAULT false;
