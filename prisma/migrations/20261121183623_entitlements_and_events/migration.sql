-- CreateEnum
CREATE TYPE "LimitedResource" AS ENUM ('SERVERS', 'NODES', 'MEMORY_MB', 'DISK_MB', 'CPU_PERCENT', 'DATABASES_PER_SERVER', 'BACKUPS_PER_SERVER', 'PORTS_PER_SERVER', 'TUNNEL_PORTS', 'EMAILS_PER_DAY');

-- CreateEnum
CREATE TYPE "ApiKeyScope" AS ENUM ('CLAIMS', 'SYNC', 'READ');

-- CreateEnum
CREATE TYPE "DeliveryStatus" AS ENUM ('PENDING', 'DELIVERED', 'FAILED');

-- CreateTable
CREATE TABLE "entitlements" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER,
    "organisation_id" INTEGER,
    "version" INTEGER NOT NULL DEFAULT 1,
    "plan_id" INTEGER,
    "limits" JSONB NOT NULL,
    "features" JSONB NOT NULL,
    "changes_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "entitlements_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "limit_overrides" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER,
    "organisation_id" INTEGER,
    "resource" "LimitedResource",
    "percent" INTEGER,
    "value" INTEGER,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "limit_overrides_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "resource_counters" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER,
    "organisation_id" INTEGER,
    "resource" "LimitedResource" NOT NULL,
    "day" DATE,
    "used" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "resource_counters_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "consumptions" (
    "id" BIGSERIAL NOT NULL,
    "counter_id" INTEGER NOT NULL,
    "user_id" INTEGER,
    "organisation_id" INTEGER,
    "resource" "LimitedResource" NOT NULL,
    "key" TEXT NOT NULL,
    "amount" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "consumptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_reapplications" (
    "id" SERIAL NOT NULL,
    "plan_id" INTEGER NOT NULL,
    "requested_by" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "last_user_id" INTEGER NOT NULL DEFAULT 0,
    "last_organisation_id" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "plan_reapplications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "scopes" "ApiKeyScope"[],
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_endpoints" (
    "id" SERIAL NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT,
    "types" TEXT[],
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "secret" BYTEA NOT NULL,
    "previous_secret" BYTEA,
    "previous_secret_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "event_endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_deliveries" (
    "id" BIGSERIAL NOT NULL,
    "endpoint_id" INTEGER NOT NULL,
    "event_id" BIGINT NOT NULL,
    "holder" TEXT NOT NULL,
    "status" "DeliveryStatus" NOT NULL DEFAULT 'PENDING',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "attempted_at" TIMESTAMPTZ(3),
    "response_status" INTEGER,
    "response" TEXT,

    CONSTRAINT "event_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "entitlements_user_id_key" ON "entitlements"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "entitlements_organisation_id_key" ON "entitlements"("organisation_id");

-- CreateIndex
CREATE INDEX "entitlements_changes_at_idx" ON "entitlements"("changes_at");

-- CreateIndex
CREATE INDEX "entitlements_plan_id_idx" ON "entitlements"("plan_id");

-- CreateIndex
CREATE INDEX "limit_overrides_user_id_idx" ON "limit_overrides"("user_id");

-- CreateIndex
CREATE INDEX "limit_overrides_organisation_id_idx" ON "limit_overrides"("organisation_id");

-- CreateIndex
CREATE INDEX "resource_counters_organisation_id_idx" ON "resource_counters"("organisation_id");

-- CreateIndex
CREATE INDEX "resource_counters_day_idx" ON "resource_counters"("day");

-- CreateIndex
CREATE INDEX "consumptions_counter_id_idx" ON "consumptions"("counter_id");

-- CreateIndex
CREATE INDEX "consumptions_organisation_id_idx" ON "consumptions"("organisation_id");

-- CreateIndex
CREATE INDEX "plan_reapplications_plan_id_id_idx" ON "plan_reapplications"("plan_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

-- CreateIndex
CREATE INDEX "event_deliveries_endpoint_id_id_idx" ON "event_deliveries"("endpoint_id", "id");

-- CreateIndex
CREATE INDEX "event_deliveries_status_id_idx" ON "event_deliveries"("status", "id");

-- CreateIndex
CREATE INDEX "event_deliveries_event_id_idx" ON "event_deliveries"("event_id");

-- CreateIndex
CREATE INDEX "outbox_events_created_at_idx" ON "outbox_events"("created_at");

-- AddForeignKey
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "limit_overrides" ADD CONSTRAINT "limit_overrides_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "limit_overrides" ADD CONSTRAINT "limit_overrides_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resource_counters" ADD CONSTRAINT "resource_counters_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resource_counters" ADD CONSTRAINT "resource_counters_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consumptions" ADD CONSTRAINT "consumptions_counter_id_fkey" FOREIGN KEY ("counter_id") REFERENCES "resource_counters"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consumptions" ADD CONSTRAINT "consumptions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consumptions" ADD CONSTRAINT "consumptions_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_reapplications" ADD CONSTRAINT "plan_reapplications_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_deliveries" ADD CONSTRAINT "event_deliveries_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "event_endpoints"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_deliveries" ADD CONSTRAINT "event_deliveries_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "outbox_events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The rules that the database keeps by itself.

ALTER TABLE "entitlements"
  ADD CONSTRAINT "entitlements_one_holder" CHECK (num_nonnulls("user_id", "organisation_id") = 1);

ALTER TABLE "limit_overrides"
  ADD CONSTRAINT "limit_overrides_one_holder" CHECK (num_nonnulls("user_id", "organisation_id") = 1),
  ADD CONSTRAINT "limit_overrides_percent_or_value" CHECK (num_nonnulls("percent", "value") <= 1),
  ADD CONSTRAINT "limit_overrides_percent_is_a_boost" CHECK ("percent" > 0),
  ADD CONSTRAINT "limit_overrides_value_not_negative" CHECK ("value" >= 0),
  ADD CONSTRAINT "limit_overrides_value_of_one_resource" CHECK ("resource" IS NOT NULL OR "percent" IS NOT NULL);

ALTER TABLE "resource_counters"
  ADD CONSTRAINT "resource_counters_one_holder" CHECK (num_nonnulls("user_id", "organisation_id") = 1),
  ADD CONSTRAINT "resource_counters_used_not_negative" CHECK ("used" >= 0),
  ADD CONSTRAINT "resource_counters_count_no_servers" CHECK ("resource" IN ('NODES', 'TUNNEL_PORTS', 'EMAILS_PER_DAY')),
  ADD CONSTRAINT "resource_counters_day_of_emails" CHECK (("resource" = 'EMAILS_PER_DAY') = ("day" IS NOT NULL));
CREATE UNIQUE INDEX "resource_counters_one_per_user" ON "resource_counters" ("user_id", "resource", COALESCE("day", '-infinity'))
  WHERE "user_id" IS NOT NULL;
CREATE UNIQUE INDEX "resource_counters_one_per_organisation" ON "resource_counters" ("organisation_id", "resource", COALESCE("day", '-infinity'))
  WHERE "organisation_id" IS NOT NULL;

ALTER TABLE "consumptions"
  ADD CONSTRAINT "consumptions_one_holder" CHECK (num_nonnulls("user_id", "organisation_id") = 1),
  ADD CONSTRAINT "consumptions_amount_not_negative" CHECK ("amount" >= 0),
  ADD CONSTRAINT "consumptions_key_length" CHECK (char_length("key") BETWEEN 1 AND 255);
CREATE UNIQUE INDEX "consumptions_one_per_user_and_key" ON "consumptions" ("user_id", "resource", "key") WHERE "user_id" IS NOT NULL;
CREATE UNIQUE INDEX "consumptions_one_per_organisation_and_key" ON "consumptions" ("organisation_id", "resource", "key")
  WHERE "organisation_id" IS NOT NULL;

ALTER TABLE "plan_reapplications"
  ADD CONSTRAINT "plan_reapplications_done_within_total" CHECK ("done" >= 0 AND "total" >= 0);
CREATE UNIQUE INDEX "plan_reapplications_one_at_a_time" ON "plan_reapplications" ("plan_id") WHERE "finished_at" IS NULL;

ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_hash_is_sha_256" CHECK (length("hash") = 32);

-- What an endpoint has to get next: by holder, in the order of the events.
CREATE INDEX "event_deliveries_pending_by_holder" ON "event_deliveries" ("endpoint_id", "holder", "id") WHERE "status" = 'PENDING';
CREATE INDEX "event_deliveries_pending_by_time" ON "event_deliveries" ("endpoint_id", "next_attempt_at", "id") WHERE "status" = 'PENDING';

-- Takes the lock of a holder, under which everything happens that changes what it has or uses.
-- Returns whether what it may use is still what the caller has read: the caller reads again when it is not.
CREATE FUNCTION "lock_entitlement"("p_user_id" int, "p_organisation_id" int, "p_version" int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  "current" int;
BEGIN
  IF "p_organisation_id" IS NULL THEN
    PERFORM FROM "users" WHERE "id" = "p_user_id" FOR NO KEY UPDATE;
    SELECT "version" INTO "current" FROM "entitlements" WHERE "user_id" = "p_user_id";
  ELSE
    PERFORM FROM "organisations" WHERE "id" = "p_organisation_id" FOR NO KEY UPDATE;
    SELECT "version" INTO "current" FROM "entitlements" WHERE "organisation_id" = "p_organisation_id";
  END IF;
  RETURN "current" IS NOT DISTINCT FROM "p_version";
END $$;

-- Checks and reserves a server in one step: one statement, so the lock is held for as long as this takes and no longer.
-- `outcome` is "claimed", "stale" (read the limits again), "taken" (the id is another holder's) or "refused", with the reason.
-- A figure that does not grow is not refused: a smaller plan keeps what runs, and lets it shrink.
CREATE FUNCTION "claim_server"(
  "p_external_id" text, "p_user_id" int, "p_organisation_id" int, "p_figures" jsonb, "p_limits" jsonb, "p_version" int,
  "p_at" timestamptz, OUT "outcome" text, OUT "resource" "LimitedResource", OUT "allowed" bigint, OUT "used" bigint,
  OUT "requested" bigint, OUT "created_at" timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
  "mine" "server_claims"%ROWTYPE;
  "wanted" "server_claims"%ROWTYPE;
BEGIN
  IF NOT "lock_entitlement"("p_user_id", "p_organisation_id", "p_version") THEN
    "outcome" := 'stale';
    RETURN;
  END IF;
  SELECT * INTO "mine" FROM "server_claims" AS c WHERE c."external_id" = "p_external_id";
  IF FOUND AND ("mine"."organisation_id" IS DISTINCT FROM "p_organisation_id"
      OR ("p_organisation_id" IS NULL AND "mine"."user_id" <> "p_user_id")) THEN
    "outcome" := 'taken';
    RETURN;
  END IF;
  "wanted" := jsonb_populate_record(NULL::"server_claims", "p_figures");

  WITH "others" AS (
    SELECT count(*) AS "servers", COALESCE(sum("memory"), 0) AS "memory", COALESCE(sum("disk"), 0) AS "disk", COALESCE(sum("cpu"), 0) AS "cpu"
    FROM (
      SELECT * FROM "server_claims" AS c WHERE c."organisation_id" = "p_organisation_id"
      UNION ALL
      SELECT * FROM "server_claims" AS c
      WHERE "p_organisation_id" IS NULL AND c."user_id" = "p_user_id" AND c."organisation_id" IS NULL) AS "theirs"
    WHERE "theirs"."external_id" <> "p_external_id")
  SELECT 'refused', r."resource"::"LimitedResource", r."allowed", r."used", r."requested"
  INTO "outcome", "resource", "allowed", "used", "requested"
  FROM "others" AS o, LATERAL (VALUES
    (1, 'SERVERS', "p_limits"->'serverLimit', o."servers", 1, CASE WHEN "mine"."external_id" IS NULL THEN 0 ELSE 1 END),
    (2, 'MEMORY_MB', "p_limits"->'memory', o."memory", "wanted"."memory", "mine"."memory"),
    (3, 'DISK_MB', "p_limits"->'disk', o."disk", "wanted"."disk", "mine"."disk"),
    (4, 'CPU_PERCENT', "p_limits"->'cpu', o."cpu", "wanted"."cpu", "mine"."cpu"),
    (5, 'DATABASES_PER_SERVER', "p_limits"->'databases', 0, "wanted"."databases", "mine"."databases"),
    (6, 'BACKUPS_PER_SERVER', "p_limits"->'backups', 0, "wanted"."backups", "mine"."backups"),
    (7, 'PORTS_PER_SERVER', "p_limits"->'portCount', 0, "wanted"."ports", "mine"."ports")
  ) AS v("position", "resource", "plan_limit", "used", "requested", "before"),
  -- Unlimited is what GraphQL's Int can count.
  LATERAL (SELECT v."position", v."resource", v."used"::bigint, v."requested"::bigint,
    COALESCE((v."plan_limit"#>>'{}')::bigint, 2147483647) AS "allowed") AS r
  WHERE v."requested" > COALESCE(v."before", 0) AND r."used" + r."requested" > r."allowed"
  ORDER BY r."position" LIMIT 1;
  IF FOUND THEN
    RETURN;
  END IF;

  INSERT INTO "server_claims" AS c
    ("external_id", "user_id", "organisation_id", "memory", "disk", "cpu", "databases", "backups", "ports", "created_at")
  VALUES ("p_external_id", "p_user_id", "p_organisation_id", "wanted"."memory", "wanted"."disk", "wanted"."cpu", "wanted"."databases",
    "wanted"."backups", "wanted"."ports", "p_at")
  ON CONFLICT ("external_id") DO UPDATE SET "memory" = excluded."memory", "disk" = excluded."disk", "cpu" = excluded."cpu",
    "databases" = excluded."databases", "backups" = excluded."backups", "ports" = excluded."ports"
    WHERE c."organisation_id" IS NOT DISTINCT FROM excluded."organisation_id"
      AND (excluded."organisation_id" IS NOT NULL OR c."user_id" = excluded."user_id")
  RETURNING c."created_at" INTO "created_at";
  "outcome" := CASE WHEN FOUND THEN 'claimed' ELSE 'taken' END;
END $$;

-- Counts an amount under a key, once: the same way, for what is not a server.
-- `outcome` is "consumed", "stale", "conflict" (another amount was counted under this key on a day) or "refused".
CREATE FUNCTION "consume_resource"(
  "p_user_id" int, "p_organisation_id" int, "p_resource" "LimitedResource", "p_day" date, "p_key" text, "p_amount" int,
  "p_limit" int, "p_version" int, "p_at" timestamptz, OUT "outcome" text, OUT "used" bigint
) LANGUAGE plpgsql AS $$
DECLARE
  "holding_user" int := CASE WHEN "p_organisation_id" IS NULL THEN "p_user_id" END;
  "counter" int;
  "known" record;
BEGIN
  IF NOT "lock_entitlement"("p_user_id", "p_organisation_id", "p_version") THEN
    "outcome" := 'stale';
    RETURN;
  END IF;
  SELECT c."counter_id", c."amount" INTO "known" FROM "consumptions" AS c
  WHERE (c."user_id" = "holding_user" OR c."organisation_id" = "p_organisation_id") AND c."resource" = "p_resource" AND c."key" = "p_key";
  IF FOUND AND ("known"."amount" = "p_amount" OR "p_day" IS NOT NULL) THEN
    "outcome" := CASE WHEN "known"."amount" = "p_amount" THEN 'consumed' ELSE 'conflict' END;
    RETURN;
  END IF;
  SELECT c."id", c."used" INTO "counter", "used" FROM "resource_counters" AS c
  WHERE (c."user_id" = "holding_user" OR c."organisation_id" = "p_organisation_id")
    AND c."resource" = "p_resource" AND c."day" IS NOT DISTINCT FROM "p_day";
  "used" := COALESCE("used", 0) - COALESCE("known"."amount", 0);
  IF "p_amount" > COALESCE("known"."amount", 0) AND "used" + "p_amount" > COALESCE("p_limit", 2147483647) THEN
    "outcome" := 'refused';
    RETURN;
  END IF;
  IF "counter" IS NULL THEN
    INSERT INTO "resource_counters" ("user_id", "organisation_id", "resource", "day", "used")
    VALUES ("holding_user", "p_organisation_id", "p_resource", "p_day", "p_amount") RETURNING "id" INTO "counter";
  ELSE
    UPDATE "resource_counters" AS c SET "used" = consume_resource."used" + "p_amount" WHERE c."id" = "counter";
  END IF;
  IF "known"."counter_id" IS NULL THEN
    INSERT INTO "consumptions" ("counter_id", "user_id", "organisation_id", "resource", "key", "amount", "created_at")
    VALUES ("counter", "holding_user", "p_organisation_id", "p_resource", "p_key", "p_amount", "p_at");
  ELSE
    UPDATE "consumptions" AS c SET "amount" = "p_amount"
    WHERE (c."user_id" = "holding_user" OR c."organisation_id" = "p_organisation_id") AND c."resource" = "p_resource" AND c."key" = "p_key";
  END IF;
  "outcome" := 'consumed';
END $$;

-- Tells every process of what somebody may be watching, when it is committed.
CREATE FUNCTION "tell_of_order"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('quittance', json_build_object('order', NEW."id", 'userId', NEW."user_id", 'organisationId', NEW."organisation_id")::text);
  RETURN NULL;
END $$;
CREATE TRIGGER "orders_are_told_of" AFTER INSERT OR UPDATE OF "status" ON "orders"
  FOR EACH ROW EXECUTE FUNCTION "tell_of_order"();

CREATE FUNCTION "tell_of_entitlement"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('quittance', json_build_object('limits', true, 'userId', NEW."user_id", 'organisationId', NEW."organisation_id")::text);
  RETURN NULL;
END $$;
CREATE TRIGGER "entitlements_are_told_of" AFTER INSERT OR UPDATE OF "limits", "features", "plan_id" ON "entitlements"
  FOR EACH ROW EXECUTE FUNCTION "tell_of_entitlement"();

CREATE FUNCTION "tell_of_delivery"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('quittance', '{"deliveries":true}');
  RETURN NULL;
END $$;
CREATE TRIGGER "event_deliveries_are_told_of" AFTER INSERT ON "event_deliveries"
  FOR EACH STATEMENT EXECUTE FUNCTION "tell_of_delivery"();
