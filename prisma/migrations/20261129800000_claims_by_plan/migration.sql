-- A claim takes one round trip instead of two: the limits are read under the lock.

-- Checks a server against the limits and reserves it. The customer must be locked.
-- `outcome` is "claimed", "taken" (the id belongs to another customer) or "refused".
-- A value that does not grow is never refused, so that servers can shrink after a change to a smaller plan.
-- A connection keeps its plans. One that was made while the table was small would read all of it later, without this setting.
CREATE FUNCTION "reserve_server"(
  "p_external_id" text, "p_user_id" text, "p_organisation_id" text, "p_figures" jsonb, "p_limits" jsonb, "p_at" timestamptz,
  OUT "outcome" text, OUT "resource" text, OUT "allowed" bigint, OUT "used" bigint, OUT "requested" bigint, OUT "created_at" timestamptz
) LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  "mine" "server_claims"%ROWTYPE;
  "wanted" "server_claims"%ROWTYPE;
  "others" record;
  -- The maximum of GraphQL's Int.
  "unlimited" CONSTANT bigint := 2147483647;
BEGIN
  SELECT * INTO "mine" FROM "server_claims" AS c WHERE c."external_id" = "p_external_id";
  IF FOUND AND ("mine"."organisation_id" IS DISTINCT FROM "p_organisation_id"
      OR ("p_organisation_id" IS NULL AND "mine"."user_id" <> "p_user_id")) THEN
    "outcome" := 'taken';
    RETURN;
  END IF;
  "wanted" := jsonb_populate_record(NULL::"server_claims", "p_figures");

  -- A condition for both kinds of customers could use no index.
  IF "p_organisation_id" IS NULL THEN
    SELECT count(*) AS "servers", COALESCE(sum(c."memory"), 0) AS "memory", COALESCE(sum(c."disk"), 0) AS "disk", COALESCE(sum(c."cpu"), 0) AS "cpu"
    INTO "others" FROM "server_claims" AS c
    WHERE c."user_id" = "p_user_id" AND c."organisation_id" IS NULL AND c."external_id" <> "p_external_id";
  ELSE
    SELECT count(*) AS "servers", COALESCE(sum(c."memory"), 0) AS "memory", COALESCE(sum(c."disk"), 0) AS "disk", COALESCE(sum(c."cpu"), 0) AS "cpu"
    INTO "others" FROM "server_claims" AS c
    WHERE c."organisation_id" = "p_organisation_id" AND c."external_id" <> "p_external_id";
  END IF;

  "resource" := CASE
    WHEN "mine"."external_id" IS NULL AND "others"."servers" + 1 > COALESCE(("p_limits"->>'serverLimit')::bigint, "unlimited") THEN 'SERVERS'
    WHEN "wanted"."memory" > COALESCE("mine"."memory", 0)
      AND "others"."memory" + "wanted"."memory" > COALESCE(("p_limits"->>'memory')::bigint, "unlimited") THEN 'MEMORY_MB'
    WHEN "wanted"."disk" > COALESCE("mine"."disk", 0)
      AND "others"."disk" + "wanted"."disk" > COALESCE(("p_limits"->>'disk')::bigint, "unlimited") THEN 'DISK_MB'
    WHEN "wanted"."cpu" > COALESCE("mine"."cpu", 0)
      AND "others"."cpu" + "wanted"."cpu" > COALESCE(("p_limits"->>'cpu')::bigint, "unlimited") THEN 'CPU_PERCENT'
    WHEN "wanted"."databases" > COALESCE("mine"."databases", 0)
      AND "wanted"."databases" > COALESCE(("p_limits"->>'databases')::bigint, "unlimited") THEN 'DATABASES_PER_SERVER'
    WHEN "wanted"."backups" > COALESCE("mine"."backups", 0)
      AND "wanted"."backups" > COALESCE(("p_limits"->>'backups')::bigint, "unlimited") THEN 'BACKUPS_PER_SERVER'
    WHEN "wanted"."ports" > COALESCE("mine"."ports", 0)
      AND "wanted"."ports" > COALESCE(("p_limits"->>'portCount')::bigint, "unlimited") THEN 'PORTS_PER_SERVER'
  END;
  IF "resource" IS NOT NULL THEN
    SELECT 'refused', COALESCE(("p_limits"->>r."name")::bigint, "unlimited"), r."used", r."requested"
    INTO "outcome", "allowed", "used", "requested"
    FROM (VALUES
      ('SERVERS', 'serverLimit', "others"."servers", 1),
      ('MEMORY_MB', 'memory', "others"."memory", "wanted"."memory"),
      ('DISK_MB', 'disk', "others"."disk", "wanted"."disk"),
      ('CPU_PERCENT', 'cpu', "others"."cpu", "wanted"."cpu"),
      ('DATABASES_PER_SERVER', 'databases', 0, "wanted"."databases"),
      ('BACKUPS_PER_SERVER', 'backups', 0, "wanted"."backups"),
      ('PORTS_PER_SERVER', 'portCount', 0, "wanted"."ports")
    ) AS r("resource", "name", "used", "requested") WHERE r."resource" = reserve_server."resource";
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

-- Reserves a server within limits that were calculated before. "stale": the entitlement has changed since; calculate them again.
CREATE OR REPLACE FUNCTION "claim_server"(
  "p_external_id" text, "p_user_id" text, "p_organisation_id" text, "p_figures" jsonb, "p_limits" jsonb, "p_version" int,
  "p_at" timestamptz, OUT "outcome" text, OUT "resource" text, OUT "allowed" bigint, OUT "used" bigint,
  OUT "requested" bigint, OUT "created_at" timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
  IF NOT "lock_entitlement"("p_user_id", "p_organisation_id", "p_version") THEN
    "outcome" := 'stale';
    RETURN;
  END IF;
  SELECT r.* INTO "outcome", "resource", "allowed", "used", "requested", "created_at"
  FROM "reserve_server"("p_external_id", "p_user_id", "p_organisation_id", "p_figures", "p_limits", "p_at") AS r;
END $$;

-- The limits of servers for a customer to whom nothing but a plan applies: that of a subscription which gives access, or
-- the default plan. All columns are null if anything else could apply, such as an override, a grace period or limits that
-- an earlier version stored; the rules in TypeScript calculate these. Volatile, so that it sees what is committed when
-- the customer is locked.
CREATE FUNCTION "plain_plan_limits"(
  "p_user_id" text, "p_organisation_id" text, "p_at" timestamptz, OUT "plan_name" text, OUT "plan_rank" int, OUT "limits" jsonb
) LANGUAGE plpgsql AS $$
DECLARE
  "live" record;
BEGIN
  -- A condition for both kinds of customers could use no index.
  IF "p_organisation_id" IS NULL THEN
    SELECT s."plan_id", s."status", s."suspended_by", s."ends_at", s."plan_limits",
      EXISTS (SELECT FROM "limit_overrides" AS o WHERE o."user_id" = "p_user_id" AND o."removed_at" IS NULL) AS "has_overrides"
    INTO "live" FROM (SELECT) AS "customer"
    LEFT JOIN "subscriptions" AS s ON s."user_id" = "p_user_id" AND s."organisation_id" IS NULL AND s."status" <> 'EXPIRED';
  ELSE
    SELECT s."plan_id", s."status", s."suspended_by", s."ends_at", s."plan_limits",
      EXISTS (SELECT FROM "limit_overrides" AS o WHERE o."organisation_id" = "p_organisation_id" AND o."removed_at" IS NULL) AS "has_overrides"
    INTO "live" FROM (SELECT) AS "customer"
    LEFT JOIN "subscriptions" AS s ON s."organisation_id" = "p_organisation_id" AND s."status" <> 'EXPIRED';
  END IF;
  IF "live"."has_overrides" THEN
    RETURN;
  END IF;
  IF "live"."plan_id" IS NULL THEN
    SELECT p."name", p."rank", jsonb_build_object('serverLimit', p."server_limit", 'memory', p."memory", 'disk', p."disk", 'cpu', p."cpu",
      'databases', p."databases", 'backups', p."backups", 'portCount', p."port_count")
    INTO "plan_name", "plan_rank", "limits" FROM "plans" AS p WHERE p."is_default";
  ELSIF "live"."status" IN ('ACTIVE', 'TRIALING') AND "live"."suspended_by" IS NULL
      AND ("live"."ends_at" IS NULL OR "p_at" < "live"."ends_at") THEN
    SELECT p."name", p."rank", "live"."plan_limits" INTO "plan_name", "plan_rank", "limits" FROM "plans" AS p
    WHERE p."id" = "live"."plan_id" AND (
      SELECT bool_and(COALESCE(("live"."plan_limits"->l."name")::text ~ '^(null|[0-9]{1,9})$', false))
      FROM unnest(ARRAY['serverLimit', 'memory', 'disk', 'cpu', 'databases', 'backups', 'portCount']) AS l("name"));
  END IF;
END $$;

-- Locks the customer, and reserves a server within the limits of the plan. "undecided": the limits need to be calculated, or
-- the user does not exist or is not a member of the organisation.
CREATE FUNCTION "claim_server_by_plan"(
  "p_external_id" text, "p_user_id" text, "p_organisation_id" text, "p_figures" jsonb, "p_at" timestamptz,
  OUT "outcome" text, OUT "resource" text, OUT "allowed" bigint, OUT "used" bigint, OUT "requested" bigint,
  OUT "created_at" timestamptz, OUT "plan_name" text, OUT "plan_rank" int
) LANGUAGE plpgsql AS $$
DECLARE
  "plain" record;
  "reserved" record;
BEGIN
  IF "p_organisation_id" IS NULL THEN
    PERFORM FROM "users" WHERE "id" = "p_user_id" FOR NO KEY UPDATE;
  ELSE
    PERFORM FROM "organisations" WHERE "id" = "p_organisation_id" FOR NO KEY UPDATE;
    PERFORM FROM "memberships" AS m WHERE m."organisation_id" = "p_organisation_id" AND m."user_id" = "p_user_id";
  END IF;
  "outcome" := 'undecided';
  IF FOUND THEN
    "plain" := "plain_plan_limits"("p_user_id", "p_organisation_id", "p_at");
    IF "plain"."limits" IS NOT NULL THEN
      "reserved" := "reserve_server"("p_external_id", "p_user_id", "p_organisation_id", "p_figures", "plain"."limits", "p_at");
      "outcome" := "reserved"."outcome";
      "resource" := "reserved"."resource";
      "allowed" := "reserved"."allowed";
      "used" := "reserved"."used";
      "requested" := "reserved"."requested";
      "created_at" := "reserved"."created_at";
      "plan_name" := "plain"."plan_name";
      "plan_rank" := "plain"."plan_rank";
    END IF;
  END IF;
  -- The lock alone makes PostgreSQL write to the disk at the commit. If nothing was reserved, there is nothing to wait for.
  IF "outcome" <> 'claimed' THEN
    PERFORM set_config('synchronous_commit', 'off', true);
  END IF;
END $$;
