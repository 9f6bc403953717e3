-- A new price that administrators have moved a subscription to: it applies from the renewal at `next_price_at` on. The
-- customer is notified at `price_notice_at`, which is null afterwards.
ALTER TABLE "subscriptions"
  ADD COLUMN "next_price" BIGINT,
  ADD COLUMN "next_price_at" TIMESTAMPTZ(3),
  ADD COLUMN "price_notice_at" TIMESTAMPTZ(3),
  ADD CONSTRAINT "subscriptions_next_price_is_whole" CHECK (
    ("next_price" IS NULL) = ("next_price_at" IS NULL) AND ("next_price_at" IS NOT NULL OR "price_notice_at" IS NULL)) NOT VALID,
  ADD CONSTRAINT "subscriptions_next_price_not_negative" CHECK ("next_price" >= 0) NOT VALID;
