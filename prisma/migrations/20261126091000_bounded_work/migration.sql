-- quittance: allow index-without-concurrently in this file: the release also changes the types of ids, which rewrites these tables
-- quittance: allow data-change-with-ddl in this file: the same, and only subscriptions of a payment provider are updated

-- Refunds name the provider's order; without an index every refund read all subscriptions.
ALTER TABLE "subscriptions" ADD COLUMN "provider_order_id" TEXT;
UPDATE "subscriptions" SET "provider_order_id" = "provider_state" ->> 'orderId' WHERE "provider_state" IS NOT NULL;
CREATE INDEX "subscriptions_provider_order_id_idx" ON "subscriptions" ("provider_order_id") WHERE "provider_order_id" IS NOT NULL;

-- The statements of jobs read in the order of these indexes, batch by batch. Their conditions are repeated in
-- the statements as literals.
CREATE INDEX "subscriptions_end_reached_idx" ON "subscriptions" ("ends_at", "id")
  WHERE "status" IN ('ACTIVE', 'TRIALING', 'PAST_DUE', 'CANCELLED');
CREATE INDEX "subscriptions_last_period_over_idx" ON "subscriptions" ("current_period_end", "id")
  WHERE "status" = 'CANCELLED' AND "ends_at" IS NULL;
CREATE INDEX "subscriptions_grace_period_over_idx" ON "subscriptions" ("past_due_since", "id") WHERE "status" = 'PAST_DUE';
CREATE INDEX "subscriptions_period_ended_idx" ON "subscriptions" ("current_period_end", "id")
  WHERE "status" IN ('ACTIVE', 'TRIALING', 'CANCELLED') AND ("provider" IS NULL OR "provider" = 'escluse');
CREATE INDEX "subscriptions_pending_change_idx" ON "subscriptions" ("current_period_end", "id") WHERE "pending_plan_id" IS NOT NULL;
CREATE INDEX "subscriptions_live_by_plan_idx" ON "subscriptions" ("plan_id", "user_id") WHERE "status" <> 'EXPIRED';
CREATE INDEX "subscriptions_live_by_plan_and_organisation_idx" ON "subscriptions" ("plan_id", "organisation_id")
  WHERE "status" <> 'EXPIRED' AND "organisation_id" IS NOT NULL;
DROP INDEX "subscriptions_ends_at_idx";
DROP INDEX "subscriptions_status_current_period_end_idx";
DROP INDEX "subscriptions_plan_id_idx";
DROP INDEX "subscriptions_pending_plan_id_idx";

DROP INDEX "orders_pending_expires_at_idx";
CREATE INDEX "orders_pending_expires_at_idx" ON "orders" ("expires_at", "id") WHERE "status" = 'PENDING';
CREATE INDEX "webhook_events_parked_idx" ON "webhook_events" ("subject", "id") WHERE "status" = 'PARKED';
DROP INDEX "entitlements_changes_at_idx";
CREATE INDEX "entitlements_changes_at_idx" ON "entitlements" ("changes_at", "id") WHERE "changes_at" IS NOT NULL;

-- The webhook of a subscription without a signed checkout is matched by e-mail, whatever its case.
DROP INDEX "users_email_idx";
CREATE INDEX "users_lower_email_idx" ON "users" (lower("email"), "id") WHERE "email" IS NOT NULL;

-- Most rows have no organisation: their nulls need no place in an index.
DROP INDEX "orders_organisation_id_placed_at_id_idx";
CREATE INDEX "orders_organisation_id_placed_at_id_idx" ON "orders" ("organisation_id", "placed_at" DESC, "id" DESC)
  WHERE "organisation_id" IS NOT NULL;
DROP INDEX "invoices_organisation_id_issued_at_id_idx";
CREATE INDEX "invoices_organisation_id_issued_at_id_idx" ON "invoices" ("organisation_id", "issued_at" DESC, "id" DESC)
  WHERE "organisation_id" IS NOT NULL;
DROP INDEX "subscriptions_organisation_id_idx";
CREATE INDEX "subscriptions_organisation_id_idx" ON "subscriptions" ("organisation_id") WHERE "organisation_id" IS NOT NULL;
DROP INDEX "server_claims_organisation_id_idx";
CREATE INDEX "server_claims_organisation_id_idx" ON "server_claims" ("organisation_id") WHERE "organisation_id" IS NOT NULL;
DROP INDEX "limit_overrides_user_id_idx";
CREATE INDEX "limit_overrides_user_id_idx" ON "limit_overrides" ("user_id") WHERE "user_id" IS NOT NULL;
DROP INDEX "limit_overrides_organisation_id_idx";
CREATE INDEX "limit_overrides_organisation_id_idx" ON "limit_overrides" ("organisation_id") WHERE "organisation_id" IS NOT NULL;
DROP INDEX "orders_subscription_id_idx";
CREATE INDEX "orders_subscription_id_idx" ON "orders" ("subscription_id", "placed_at") WHERE "subscription_id" IS NOT NULL;
DROP INDEX "invoices_credited_invoice_id_idx";
CREATE INDEX "invoices_credited_invoice_id_idx" ON "invoices" ("credited_invoice_id") WHERE "credited_invoice_id" IS NOT NULL;
DROP INDEX "resource_counters_day_idx";
CREATE INDEX "resource_counters_day_idx" ON "resource_counters" ("day") WHERE "day" IS NOT NULL;

-- A unique index with the same first column serves these lookups.
DROP INDEX "resource_counters_organisation_id_idx";
DROP INDEX "consumptions_organisation_id_idx";

-- They only served the foreign keys of plans and orders, which are never deleted.
DROP INDEX "orders_plan_id_idx";
DROP INDEX "entitlements_plan_id_idx";
DROP INDEX "plan_changes_from_plan_id_idx";
DROP INDEX "plan_changes_to_plan_id_idx";
DROP INDEX "subscriptions_order_id_idx";
