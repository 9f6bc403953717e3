-- Enums become text with a CHECK, ids become bigint, and the ids of users and organisations become text, because panels
-- assign them: numbers, UUIDs or ULIDs. Reasons:
-- - Prisma writes CAST($1::text AS an enum), which no partial index can use.
-- - Citus refuses enums in RETURNING, because their output function is not immutable.
-- - Integer ids end at 2,147,483,647.
--
-- This migration requires a short downtime: it rewrites every table that has such a column, and the previous version cannot
-- use the new types. docs/operations.md describes it.
--
-- PostgreSQL converts no column while a condition names its enum, while a trigger names the column, or while a foreign key
-- connects it to a column of another type. The definitions of these objects are read from the catalog, so that those that an
-- operator has added are converted as well. Like the whole migration, this is one transaction.

-- The columns to convert. `values` are those of an enum.
CREATE TEMPORARY TABLE "converted_columns" ON COMMIT DROP AS
SELECT c."oid" AS "table", c."relname" AS "table_name", a."attname" AS "column_name", pg_get_expr(d."adbin", d."adrelid") AS "default",
  coalesce(nullif(t."typelem", 0), t."oid") AS "enum", t."typcategory" = 'A' AS "is_array", t."typname" <> 'int4' AS "is_enum",
  CASE
    WHEN t."typcategory" = 'A' THEN 'text[]'
    WHEN t."typcategory" = 'E' THEN 'text'
    WHEN c."relname" IN ('users', 'organisations') OR a."attname" ~ '^(last_)?(user|organisation)_id$' THEN 'text COLLATE "C"'
    ELSE 'bigint'
  END AS "new_type"
FROM pg_class AS c
JOIN pg_attribute AS a ON a."attrelid" = c."oid" AND a."attnum" > 0 AND NOT a."attisdropped"
JOIN pg_type AS t ON t."oid" = a."atttypid"
LEFT JOIN pg_attrdef AS d ON d."adrelid" = c."oid" AND d."adnum" = a."attnum"
WHERE c."relnamespace" = current_schema()::regnamespace
  AND c."relname" IN ('api_keys', 'billing_details', 'consumptions', 'entitlements', 'event_deliveries', 'event_endpoint_leases',
    'event_endpoints', 'invoice_documents', 'invoices', 'limit_overrides', 'memberships', 'order_items', 'orders', 'organisations',
    'plan_changes', 'plan_reapplications', 'plans', 'refunds', 'resource_counters', 'sandbox_records', 'server_claims', 'subscriptions',
    'tax_rates', 'users', 'webhook_events', 'write_probes')
  AND ((t."typname" = 'int4' AND a."attname" ~ '^id$|_id$')
    OR EXISTS (SELECT FROM pg_enum AS e WHERE e."enumtypid" IN (t."oid", t."typelem")));

-- The enums, as they appear in definitions.
CREATE TEMPORARY TABLE "converted_enums" ON COMMIT DROP AS
SELECT "enumtypid" AS "enum", '::' || format_type("enumtypid", NULL) AS "cast",
  string_agg(quote_literal("enumlabel"), ', ' ORDER BY "enumsortorder") AS "values"
FROM pg_enum WHERE "enumtypid" IN (SELECT "enum" FROM "converted_columns") GROUP BY "enumtypid";

-- The objects that prevent the conversion, with the statements that drop and create them. Foreign keys are created last.
CREATE TEMPORARY TABLE "dependent_objects" ON COMMIT DROP AS
SELECT * FROM (
  SELECT 1 AS "position", format('DROP INDEX %s', "indexrelid"::regclass) AS "drop", pg_get_indexdef("indexrelid") AS "create"
  FROM pg_index WHERE "indrelid" IN (SELECT "table" FROM "converted_columns")
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE "conindid" = "indexrelid")
  UNION ALL
  SELECT CASE "contype" WHEN 'f' THEN 4 ELSE 2 END, format('ALTER TABLE %s DROP CONSTRAINT %I', "conrelid"::regclass, "conname"),
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', "conrelid"::regclass, "conname", pg_get_constraintdef("oid"))
  FROM pg_constraint WHERE ("contype" = 'c' AND "conrelid" IN (SELECT "table" FROM "converted_columns"))
    OR ("contype" = 'f' AND ARRAY["conrelid", "confrelid"] && ARRAY(SELECT "table" FROM "converted_columns"))
  UNION ALL
  SELECT 3, format('DROP TRIGGER %I ON %s', "tgname", "tgrelid"::regclass), pg_get_triggerdef("oid")
  FROM pg_trigger WHERE NOT "tgisinternal" AND "tgrelid" IN (SELECT "table" FROM "converted_columns")
    AND ("tgqual" IS NOT NULL OR cardinality("tgattr"::int2[]) > 0)
) AS "objects"
WHERE "position" IN (3, 4) OR EXISTS (SELECT FROM "converted_enums" WHERE position("cast" IN "create") > 0);

-- quittance: allow unchecked-block: requires a short downtime, because every table is rewritten while it is blocked
DO $$
DECLARE
  "object" record;
  "replaced" text;
  "statement" text;
BEGIN
  FOR "object" IN SELECT "drop" FROM "dependent_objects" ORDER BY "position" DESC LOOP
    EXECUTE "object"."drop";
  END LOOP;

  -- One statement per table, so that it is rewritten once. Defaults that name an enum are replaced.
  FOR "statement" IN
    SELECT format('ALTER TABLE %s %s', "table"::regclass, string_agg(concat_ws(', ',
      CASE WHEN "is_enum" AND "default" IS NOT NULL THEN format('ALTER COLUMN %I DROP DEFAULT', "column_name") END,
      format('ALTER COLUMN %I TYPE %s USING %I::%s', "column_name", "new_type", "column_name", split_part("new_type", ' ', 1)),
      CASE WHEN "is_enum" AND "default" IS NOT NULL
        THEN format('ALTER COLUMN %I SET DEFAULT %s::text', "column_name", split_part("default", '::', 1)) END,
      CASE WHEN "is_enum" THEN format('ADD CONSTRAINT %I CHECK (%I %s)', "table_name" || '_' || "column_name" || '_is_known', "column_name",
        format(CASE WHEN "is_array" THEN '<@ ARRAY[%s]' ELSE 'IN (%s)' END, "values")) END), ', '))
    FROM "converted_columns" LEFT JOIN "converted_enums" USING ("enum") GROUP BY "table"
  LOOP
    EXECUTE "statement";
  END LOOP;

  -- PostgreSQL compares text with the text of the conditions, so only the casts to the enums change.
  FOR "object" IN SELECT "create" FROM "dependent_objects" ORDER BY "position" LOOP
    "statement" := "object"."create";
    FOR "replaced" IN SELECT "cast" FROM "converted_enums" LOOP
      "statement" := replace("statement", "replaced", '::text');
    END LOOP;
    EXECUTE "statement";
  END LOOP;

  FOR "statement" IN
    SELECT format('ALTER SEQUENCE %s AS bigint', pg_get_serial_sequence("table"::regclass::text, "column_name"))
    FROM "converted_columns" WHERE pg_get_serial_sequence("table"::regclass::text, "column_name") IS NOT NULL
  LOOP
    EXECUTE "statement";
  END LOOP;
END $$;

ALTER TABLE "plan_reapplications" ALTER COLUMN "last_user_id" SET DEFAULT '', ALTER COLUMN "last_organisation_id" SET DEFAULT '';

-- quittance: allow constraint-without-not-valid: requires a short downtime; the tables were just rewritten
ALTER TABLE "users" ADD CONSTRAINT "users_id_length" CHECK (char_length("id") BETWEEN 1 AND 64);
-- quittance: allow constraint-without-not-valid: requires a short downtime; the tables were just rewritten
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_id_length" CHECK (char_length("id") BETWEEN 1 AND 64);

-- Text sorts differently from numbers: after user 55 comes 6, not 56. A reapplication in progress would skip the customers
-- that its position already seems to include, so it restarts. Applying the limits of a plan again changes nothing.
-- quittance: allow data-change-with-ddl: at most one row per plan
UPDATE "plan_reapplications" SET "last_user_id" = '', "last_organisation_id" = '', "done" = 0 WHERE "finished_at" IS NULL;

DROP FUNCTION "claim_server"(text, int, int, jsonb, jsonb, int, timestamptz);
DROP FUNCTION "consume_resource"(int, int, "LimitedResource", date, text, int, int, int, timestamptz);
DROP FUNCTION "lock_entitlement"(int, int, int);

-- Locks a customer. Returns whether the version of the entitlement is still the one that was read before.
CREATE FUNCTION "lock_entitlement"("p_user_id" text, "p_organisation_id" text, "p_version" int) RETURNS boolean LANGUAGE plpgsql AS $$
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

-- Checks a server against the limits and reserves it, in one statement, so that the lock is held as briefly as possible.
-- `outcome` is "claimed", "stale" (read the limits again), "taken" (the id belongs to another customer) or "refused".
-- A value that does not grow is never refused, so that servers can shrink after a change to a smaller plan.
CREATE FUNCTION "claim_server"(
  "p_external_id" text, "p_user_id" text, "p_organisation_id" text, "p_figures" jsonb, "p_limits" jsonb, "p_version" int,
  "p_at" timestamptz, OUT "outcome" text, OUT "resource" text, OUT "allowed" bigint, OUT "used" bigint,
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
  SELECT 'refused', r."resource", r."allowed", r."used", r."requested"
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
  -- Unlimited is the maximum of GraphQL's Int.
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

-- Records the usage of a resource other than servers, once per key.
-- `outcome` is "consumed", "stale", "conflict" (the key was used with another amount of a daily resource) or "refused".
CREATE FUNCTION "consume_resource"(
  "p_user_id" text, "p_organisation_id" text, "p_resource" text, "p_day" date, "p_key" text, "p_amount" int,
  "p_limit" int, "p_version" int, "p_at" timestamptz, OUT "outcome" text, OUT "used" bigint
) LANGUAGE plpgsql AS $$
DECLARE
  "holding_user" text := CASE WHEN "p_organisation_id" IS NULL THEN "p_user_id" END;
  "counter" bigint;
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

-- A conversion deletes the statistics of a column, without which the planner reads whole tables.
-- quittance: allow unchecked-block: drops types without columns, and reads samples of the tables
DO $$
DECLARE
  "statement" text;
BEGIN
  FOR "statement" IN
    SELECT format('DROP TYPE %s', "enum"::regtype) FROM "converted_enums"
    UNION ALL SELECT DISTINCT format('ANALYZE %s', "table"::regclass) FROM "converted_columns"
  LOOP
    EXECUTE "statement";
  END LOOP;
END $$;
