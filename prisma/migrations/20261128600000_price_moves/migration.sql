-- When the last move of the price was requested: a move that is stored again, or later than a newer one, changes nothing.
ALTER TABLE "subscriptions" ADD COLUMN "price_moved_at" TIMESTAMPTZ(3);
