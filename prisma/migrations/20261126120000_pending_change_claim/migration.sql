ALTER TABLE "subscriptions" ADD COLUMN "pending_claimed_until" TIMESTAMPTZ(3);
