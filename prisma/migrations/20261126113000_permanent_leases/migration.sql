-- Every webhook endpoint has a lease, which is free while it has no owner. Claiming one is an UPDATE, in one statement
-- with the choice of the endpoints, also where tables are distributed.
ALTER TABLE "event_endpoint_leases" ALTER COLUMN "owner" DROP NOT NULL, ALTER COLUMN "expires_at" DROP NOT NULL;
ALTER TABLE "event_endpoint_leases"
  ADD CONSTRAINT "event_endpoint_leases_expire_with_an_owner" CHECK (("owner" IS NULL) = ("expires_at" IS NULL)) NOT VALID;
