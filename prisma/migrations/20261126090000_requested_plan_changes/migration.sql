-- AlterTable
ALTER TABLE "plan_changes" ADD COLUMN     "claimed_until" TIMESTAMPTZ(3),
ADD COLUMN     "failure" TEXT,
ADD COLUMN     "next_renewal" BIGINT,
ADD COLUMN     "status" TEXT NOT NULL DEFAULT 'DONE',
ADD COLUMN     "variant_id" TEXT;

-- AlterTable
ALTER TABLE "refunds" ADD COLUMN     "claimed_until" TIMESTAMPTZ(3);

-- From here on by hand: what Prisma cannot express.

-- Until now a plan change was stored together with the response of the provider, so all existing ones are DONE.
-- quittance: allow constraint-without-not-valid: a customer changes the plan a few times a year, so the table is small
ALTER TABLE "plan_changes"
  ADD CONSTRAINT "plan_changes_status_is_known" CHECK ("status" IN ('REQUESTED', 'DONE', 'FAILED', 'CLOSED')),
  ADD CONSTRAINT "plan_changes_requested_is_whole" CHECK (
    "status" <> 'REQUESTED' OR ("variant_id" IS NOT NULL AND "next_renewal" IS NOT NULL)),
  ADD CONSTRAINT "plan_changes_failure_has_a_reason" CHECK (("status" IN ('FAILED', 'CLOSED')) = ("failure" IS NOT NULL)),
  ADD CONSTRAINT "plan_changes_next_renewal_not_negative" CHECK ("next_renewal" >= 0);

-- A subscription has one plan change in progress, so that concurrent requests are charged once.
-- quittance: allow index-without-concurrently: the table is small, and the index is empty
CREATE UNIQUE INDEX "plan_changes_one_requested" ON "plan_changes" ("subscription_id") WHERE "status" = 'REQUESTED';
