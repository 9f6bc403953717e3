ALTER TABLE "refund_parts" ADD COLUMN "refunded_before" BIGINT;
