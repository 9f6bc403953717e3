INSERT INTO "event_endpoint_leases" ("endpoint_id") SELECT "id" FROM "event_endpoints" ON CONFLICT DO NOTHING;
ALTER TABLE "event_endpoint_leases" VALIDATE CONSTRAINT "event_endpoint_leases_expire_with_an_owner";
