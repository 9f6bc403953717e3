-- A job that has nothing to do for an ended subscription would find it every minute.
UPDATE "subscriptions" SET "collect_at" = NULL WHERE "status" = 'EXPIRED' AND "collect_at" IS NOT NULL;
