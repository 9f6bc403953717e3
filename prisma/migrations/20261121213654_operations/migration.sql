-- CreateTable
CREATE UNLOGGED TABLE "caller_budgets" (
    "caller" TEXT NOT NULL,
    "points" DOUBLE PRECISION NOT NULL,
    "taken" DOUBLE PRECISION NOT NULL,
    "refilled_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "caller_budgets_pkey" PRIMARY KEY ("caller")
);

-- CreateTable
CREATE TABLE "caller_writes" (
    "caller" TEXT NOT NULL,
    "position" BIGINT NOT NULL,

    CONSTRAINT "caller_writes_pkey" PRIMARY KEY ("caller")
);

-- CreateIndex
CREATE INDEX "audit_entries_actor_id_idx" ON "audit_entries"("actor", "id");

-- Written by hand from here on.
-- Every withdrawal updates a row: with room on its page, no index has to be.
ALTER TABLE "caller_budgets" SET (fillfactor = 50);
ALTER TABLE "caller_writes" SET (fillfactor = 50);
ALTER TABLE "caller_budgets" ADD CONSTRAINT "caller_budgets_not_negative" CHECK ("points" >= 0 AND "taken" >= 0);

-- Every process keeps the catalogue in memory, and forgets it when it is changed.
CREATE FUNCTION "tell_of_plans"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('quittance', '{"plans":true}');
  RETURN NULL;
END $$;
CREATE TRIGGER "plans_are_told_of" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "plans"
  FOR EACH STATEMENT EXECUTE FUNCTION "tell_of_plans"();
