-- The server notifies after the commit. A NOTIFY within a transaction holds a lock of the whole cluster until the commit is on disk.
DROP TRIGGER "orders_are_told_of" ON "orders";
DROP TRIGGER "entitlements_are_told_of" ON "entitlements";
DROP TRIGGER "event_deliveries_are_told_of" ON "event_deliveries";
DROP TRIGGER "plans_are_told_of" ON "plans";
DROP FUNCTION "tell_of_order"();
DROP FUNCTION "tell_of_entitlement"();
DROP FUNCTION "tell_of_delivery"();
DROP FUNCTION "tell_of_plans"();
