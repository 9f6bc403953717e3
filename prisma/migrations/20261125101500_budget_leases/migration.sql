-- Points that processes have leased count as taken while a bucket fills up.
ALTER TABLE "caller_budgets" ADD COLUMN "leased" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN "leased_until" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

ALTER TABLE "caller_budgets" ADD CONSTRAINT "caller_budgets_leased_not_negative" CHECK ("leased" >= 0);
