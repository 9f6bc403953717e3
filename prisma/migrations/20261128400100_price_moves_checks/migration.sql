ALTER TABLE "subscriptions"
  VALIDATE CONSTRAINT "subscriptions_next_price_is_whole",
  VALIDATE CONSTRAINT "subscriptions_next_price_not_negative";
