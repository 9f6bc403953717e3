-- Replaces the advisory locks of endpoints, which needed a connection of their own.
CREATE TABLE "event_endpoint_leases" (
    "endpoint_id" INTEGER NOT NULL,
    "owner" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_endpoint_leases_pkey" PRIMARY KEY ("endpoint_id")
);

ALTER TABLE "event_endpoint_leases" ADD CONSTRAINT "event_endpoint_leases_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "event_endpoints"("id") ON DELETE CASCADE ON UPDATE CASCADE;
