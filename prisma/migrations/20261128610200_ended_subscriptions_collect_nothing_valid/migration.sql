ALTER TABLE "subscriptions" VALIDATE CONSTRAINT "subscriptions_ended_collects_nothing";
