-- Mails to customers. Each is written in the transaction of its cause, and a job sends it.
CREATE TABLE "mails" (
    "id" BIGSERIAL NOT NULL,
    "key" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "user_id" TEXT COLLATE "C",
    "organisation_id" TEXT COLLATE "C",
    "about" JSONB NOT NULL,
    "is_repeated" BOOLEAN NOT NULL DEFAULT false,
    "status" TEXT NOT NULL DEFAULT 'QUEUED',
    "recipient" TEXT,
    "locale" TEXT,
    "content" JSONB,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "next_attempt_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "mails_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "mails_kind_is_known" CHECK ("kind" IN ('ORDER_PLACED', 'INVOICE', 'PAYMENT_RECEIVED', 'PAYMENT_FAILED', 'RENEWAL_UPCOMING', 'PRICE_CHANGING', 'INVOICE_DUE', 'INVOICE_OVERDUE', 'SUSPENDED', 'RESUMED', 'TERMINATED', 'TRIAL_ENDING', 'REFUND', 'PLAN_CHANGED')),
    CONSTRAINT "mails_status_is_known" CHECK ("status" IN ('QUEUED', 'SENT', 'BOUNCED', 'FAILED', 'SKIPPED')),
    CONSTRAINT "mails_have_a_customer" CHECK (num_nonnulls("user_id", "organisation_id") > 0),
    CONSTRAINT "mails_attempts_not_negative" CHECK ("attempts" >= 0),
    CONSTRAINT "mails_queued_has_a_next_attempt" CHECK (("status" = 'QUEUED') = ("next_attempt_at" IS NOT NULL)),
    CONSTRAINT "mails_sent_has_a_time" CHECK (("status" = 'SENT') = ("sent_at" IS NOT NULL)),
    CONSTRAINT "mails_sent_has_content" CHECK ("status" NOT IN ('SENT', 'BOUNCED') OR num_nulls("recipient", "locale", "content") = 0),
    CONSTRAINT "mails_not_sent_has_an_error" CHECK ("status" IN ('QUEUED', 'SENT') OR "error" IS NOT NULL),
    CONSTRAINT "mails_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "mails_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE UNIQUE INDEX "mails_key_key" ON "mails"("key");
CREATE UNIQUE INDEX "mails_kind_cause_key" ON "mails"("kind", "cause");
CREATE INDEX "mails_created_at_id_idx" ON "mails"("created_at" DESC, "id" DESC);
CREATE INDEX "mails_status_created_at_id_idx" ON "mails"("status", "created_at" DESC, "id" DESC);
CREATE INDEX "mails_user_id_created_at_id_idx" ON "mails"("user_id", "created_at" DESC, "id" DESC);
CREATE INDEX "mails_organisation_id_created_at_id_idx" ON "mails"("organisation_id", "created_at" DESC, "id" DESC)
  WHERE "organisation_id" IS NOT NULL;
-- Whether the last mail to an address has bounced.
CREATE INDEX "mails_recipient_id_idx" ON "mails"(lower("recipient"), "id" DESC) WHERE "status" IN ('SENT', 'BOUNCED');

-- What a mail is about never changes, and neither does a mail that is not queued any more. It can be removed after its retention.
CREATE FUNCTION "refuse_mail_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "changing" text[] := ARRAY['status', 'recipient', 'locale', 'content', 'attempts', 'error', 'next_attempt_at', 'sent_at'];
BEGIN
  IF OLD."status" <> 'QUEUED' THEN
    RAISE EXCEPTION 'mail % is % already', OLD."id", lower(OLD."status") USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - "changing") IS DISTINCT FROM (to_jsonb(OLD) - "changing") THEN
    RAISE EXCEPTION 'only the delivery of mail % can change', OLD."id" USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "mails_are_sent_once" BEFORE UPDATE ON "mails" FOR EACH ROW EXECUTE FUNCTION "refuse_mail_change"();
