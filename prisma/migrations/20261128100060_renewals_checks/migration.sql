ALTER TABLE "subscriptions" VALIDATE CONSTRAINT "subscriptions_suspended_by_is_known";
