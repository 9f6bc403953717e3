-- CreateEnum
CREATE TYPE "RefundStatus" AS ENUM ('REQUESTED', 'DONE');

-- DropIndex
DROP INDEX "subscriptions_current_period_end_idx";

-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "period_end" TIMESTAMPTZ(3),
ADD COLUMN     "period_start" TIMESTAMPTZ(3),
ADD COLUMN     "provider" TEXT,
ADD COLUMN     "provider_payment_id" TEXT,
ADD COLUMN     "subscription_id" INTEGER;

-- AlterTable
ALTER TABLE "refunds" ADD COLUMN     "status" "RefundStatus" NOT NULL DEFAULT 'DONE';

-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "ends_at" TIMESTAMPTZ(3),
ADD COLUMN     "pause_keeps_access" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "pending_plan_id" INTEGER,
ADD COLUMN     "plan_features" JSONB,
ADD COLUMN     "plan_limits" JSONB,
ADD COLUMN     "provider_state" JSONB,
ADD COLUMN     "revoked_at" TIMESTAMPTZ(3),
ALTER COLUMN "order_id" DROP NOT NULL;

-- CreateTable
CREATE TABLE "plan_changes" (
    "id" SERIAL NOT NULL,
    "subscription_id" INTEGER NOT NULL,
    "from_plan_id" INTEGER NOT NULL,
    "to_plan_id" INTEGER NOT NULL,
    "credit" BIGINT NOT NULL,
    "charge" BIGINT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "order_id" INTEGER,

    CONSTRAINT "plan_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sandbox_records" (
    "id" SERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "key" UUID NOT NULL,
    "parent_id" INTEGER,
    "attributes" JSONB NOT NULL,
    "internals" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sandbox_records_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "plan_changes_order_id_key" ON "plan_changes"("order_id");

-- CreateIndex
CREATE INDEX "plan_changes_subscription_id_id_idx" ON "plan_changes"("subscription_id", "id");

-- CreateIndex
CREATE INDEX "plan_changes_from_plan_id_idx" ON "plan_changes"("from_plan_id");

-- CreateIndex
CREATE INDEX "plan_changes_to_plan_id_idx" ON "plan_changes"("to_plan_id");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_records_key_key" ON "sandbox_records"("key");

-- CreateIndex
CREATE INDEX "sandbox_records_type_parent_id_idx" ON "sandbox_records"("type", "parent_id");

-- CreateIndex
CREATE INDEX "orders_subscription_id_idx" ON "orders"("subscription_id");

-- CreateIndex
CREATE UNIQUE INDEX "orders_provider_provider_payment_id_key" ON "orders"("provider", "provider_payment_id");

-- CreateIndex
CREATE INDEX "subscriptions_pending_plan_id_idx" ON "subscriptions"("pending_plan_id");

-- CreateIndex
CREATE INDEX "subscriptions_status_current_period_end_idx" ON "subscriptions"("status", "current_period_end");

-- CreateIndex
CREATE INDEX "users_email_idx" ON "users"("email");

-- AddForeignKey
ALTER TABLE "orders" ADD CONSTRAINT "orders_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscriptions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_pending_plan_id_fkey" FOREIGN KEY ("pending_plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscriptions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_from_plan_id_fkey" FOREIGN KEY ("from_plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_to_plan_id_fkey" FOREIGN KEY ("to_plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- From here on by hand: what Prisma cannot say.

-- Subscriptions remember by themselves what is had; those that are there take it from their order.
UPDATE "subscriptions" SET "plan_limits" = "orders"."plan_limits", "plan_features" = "orders"."plan_features", "ends_at" = "orders"."expires_at"
  FROM "orders" WHERE "orders"."id" = "subscriptions"."order_id";
ALTER TABLE "subscriptions" ALTER COLUMN "plan_limits" SET NOT NULL, ALTER COLUMN "plan_features" SET NOT NULL;
UPDATE "orders" SET "period_start" = "subscriptions"."current_period_start", "period_end" = "subscriptions"."current_period_end"
  FROM "subscriptions" WHERE "subscriptions"."order_id" = "orders"."id" AND "orders"."status" = 'ACTIVE';

ALTER TABLE "orders"
  ADD CONSTRAINT "orders_payment_has_a_provider" CHECK (("provider" IS NULL) = ("provider_payment_id" IS NULL)),
  ADD CONSTRAINT "orders_period_is_whole" CHECK (("period_start" IS NULL) = ("period_end" IS NULL) AND "period_start" <= "period_end");
ALTER TABLE "subscriptions"
  ADD CONSTRAINT "subscriptions_provider_is_whole" CHECK (("provider" IS NULL) = ("provider_subscription_id" IS NULL));
ALTER TABLE "plan_changes"
  ADD CONSTRAINT "plan_changes_credit_and_charge" CHECK ("credit" <= 0 AND "charge" >= 0);
CREATE INDEX "subscriptions_ends_at_idx" ON "subscriptions" ("ends_at") WHERE "status" <> 'EXPIRED';
CREATE INDEX "orders_pending_expires_at_idx" ON "orders" ("expires_at") WHERE "status" = 'PENDING';

-- Refunds of an order never exceed what was paid for it: two that book one queue at its row.
CREATE FUNCTION "refuse_too_much_refund"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  paid BIGINT;
  given_back BIGINT;
BEGIN
  PERFORM 1 FROM "orders" WHERE "id" = NEW."order_id" FOR NO KEY UPDATE;
  SELECT sum("total") INTO paid FROM "invoices" WHERE "order_id" = NEW."order_id" AND "kind" <> 'CREDIT_NOTE';
  SELECT coalesce(sum("amount"), 0) INTO given_back FROM "refunds" WHERE "order_id" = NEW."order_id";
  IF given_back + NEW."amount" > coalesce(paid, 0) THEN
    RAISE EXCEPTION 'refunds of order % would exceed what was paid', NEW."order_id" USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "refunds_within_what_was_paid" BEFORE INSERT ON "refunds"
  FOR EACH ROW EXECUTE FUNCTION "refuse_too_much_refund"();

-- A statement can be taken back too: by another statement.
CREATE OR REPLACE FUNCTION "refuse_too_much_credit"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  credited "invoices"%ROWTYPE;
  taken_back BIGINT;
  tax_taken_back BIGINT;
BEGIN
  SELECT * INTO credited FROM "invoices" WHERE "id" = NEW."credited_invoice_id" FOR NO KEY UPDATE;
  SELECT coalesce(sum("total"), 0), coalesce(sum("tax"), 0) INTO taken_back, tax_taken_back
    FROM "invoices" WHERE "credited_invoice_id" = NEW."credited_invoice_id";
  IF credited."kind" = 'CREDIT_NOTE' OR credited."currency" <> NEW."currency" OR credited."order_id" <> NEW."order_id" THEN
    RAISE EXCEPTION 'a credit note is for an invoice of its order and currency' USING ERRCODE = 'restrict_violation';
  END IF;
  IF taken_back + NEW."total" > credited."total" OR tax_taken_back + NEW."tax" > credited."tax" THEN
    RAISE EXCEPTION 'credit notes of invoice % would exceed it', credited."number" USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
