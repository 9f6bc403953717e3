ALTER TABLE "subscriptions"
  ADD CONSTRAINT "subscriptions_ended_collects_nothing" CHECK ("status" <> 'EXPIRED' OR "collect_at" IS NULL) NOT VALID;
