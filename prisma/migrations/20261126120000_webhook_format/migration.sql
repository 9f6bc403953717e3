-- The format in which an endpoint receives events.
ALTER TABLE "event_endpoints" ADD COLUMN "format" TEXT NOT NULL DEFAULT 'STANDARD';

-- quittance: allow constraint-without-not-valid: there are at most 50 endpoints
ALTER TABLE "event_endpoints" ADD CONSTRAINT "event_endpoints_format_is_known" CHECK ("format" IN ('STANDARD', 'ESCLUSE'));

-- What the Escluse format needs besides the payload, as it was when the event occurred. Null for events of previous
-- versions, and for types that this format does not have.
ALTER TABLE "outbox_events" ADD COLUMN "escluse_details" JSONB;
