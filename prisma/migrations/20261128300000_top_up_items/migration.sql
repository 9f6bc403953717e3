-- A top-up is an order without a plan, whose only item has the kind TOP_UP.
ALTER TABLE "order_items"
  DROP CONSTRAINT "order_items_kind_is_known",
  ADD CONSTRAINT "order_items_kind_is_known"
    CHECK ("kind" IN ('TEXT', 'PLAN', 'REST', 'UNUSED', 'PLAN_CHANGE', 'DISCOUNT', 'ORDER', 'TOP_UP')) NOT VALID;
