-- Links that sign a user in to a page once, and the sessions that they open. They outlive a reset of the demo,
-- so they have no foreign key.
CREATE TABLE "page_sessions" (
  "id" BIGSERIAL PRIMARY KEY,
  "page" TEXT NOT NULL CONSTRAINT "page_sessions_page_is_known" CHECK ("page" IN ('PORTAL', 'ADMIN')),
  "user_id" TEXT COLLATE "C" NOT NULL,
  "organisation_id" TEXT COLLATE "C",
  "return_path" TEXT NOT NULL,
  "needs_button" BOOLEAN NOT NULL,
  "link_hash" BYTEA NOT NULL CONSTRAINT "page_sessions_link_hash_is_sha_256" CHECK (length("link_hash") = 32),
  "link_expires_at" TIMESTAMPTZ(3) NOT NULL,
  "opened_at" TIMESTAMPTZ(3),
  "cookie_hash" BYTEA CONSTRAINT "page_sessions_cookie_hash_is_sha_256" CHECK (length("cookie_hash") = 32),
  "expires_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3),
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "page_sessions_opened_has_cookie"
    CHECK (("opened_at" IS NULL) = ("cookie_hash" IS NULL) AND ("opened_at" IS NULL) = ("expires_at" IS NULL)));
CREATE UNIQUE INDEX "page_sessions_link_hash_key" ON "page_sessions" ("link_hash");
CREATE UNIQUE INDEX "page_sessions_cookie_hash_key" ON "page_sessions" ("cookie_hash");
CREATE INDEX "page_sessions_user_id_idx" ON "page_sessions" ("user_id");
CREATE INDEX "page_sessions_created_by_idx" ON "page_sessions" ("created_by");
CREATE INDEX "page_sessions_link_expires_at_idx" ON "page_sessions" ("link_expires_at");

-- A link opens one session, and an ended session stays ended, whatever the server does.
CREATE FUNCTION "check_page_session"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."opened_at" IS NOT NULL AND (NEW."opened_at", NEW."cookie_hash", NEW."expires_at")
    IS DISTINCT FROM (OLD."opened_at", OLD."cookie_hash", OLD."expires_at") THEN
    RAISE EXCEPTION 'page session % was opened before', OLD."id";
  END IF;
  IF OLD."ended_at" IS NOT NULL AND NEW."ended_at" IS DISTINCT FROM OLD."ended_at" THEN
    RAISE EXCEPTION 'page session % has ended', OLD."id";
  END IF;
  IF (NEW."page", NEW."user_id", NEW."link_hash", NEW."link_expires_at")
    IS DISTINCT FROM (OLD."page", OLD."user_id", OLD."link_hash", OLD."link_expires_at") THEN
    RAISE EXCEPTION 'page session % belongs to another user or page', OLD."id";
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "page_sessions_check" BEFORE UPDATE ON "page_sessions" FOR EACH ROW EXECUTE FUNCTION "check_page_session"();
