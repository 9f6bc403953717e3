-- API keys can have the scope PORTAL.
ALTER TABLE "api_keys" DROP CONSTRAINT "api_keys_scopes_is_known";
ALTER TABLE "api_keys"
  ADD CONSTRAINT "api_keys_scopes_is_known" CHECK ("scopes" <@ ARRAY['CLAIMS', 'SYNC', 'READ', 'PORTAL']) NOT VALID;
