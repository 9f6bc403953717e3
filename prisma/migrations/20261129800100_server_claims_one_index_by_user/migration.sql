-- quittance: no transaction
DROP INDEX CONCURRENTLY IF EXISTS "server_claims_user_id_idx";
