-- DropIndex
DROP INDEX "refunds_provider_refund_id_key";

-- AlterTable
ALTER TABLE "refunds" ADD COLUMN     "provider" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "refunds_provider_provider_refund_id_key" ON "refunds"("provider", "provider_refund_id");

-- From here on by hand: what Prisma cannot express.

ALTER TABLE "refunds"
  ADD CONSTRAINT "refunds_provider_is_whole" CHECK (("provider" IS NULL) = ("provider_refund_id" IS NULL));

-- Escluse's events have a route, a secret and a name of their own.
UPDATE "webhook_events" SET "source" = 'escluse' WHERE "source" = 'reference';
UPDATE "subscriptions" SET "provider" = 'escluse' WHERE "provider" = 'reference';
