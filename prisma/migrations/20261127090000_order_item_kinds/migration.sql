-- The text of an item is produced from its kind and parameters in the language of its reader. Items that are already
-- stored keep their text: they have the kind TEXT.
ALTER TABLE "order_items"
  ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'TEXT',
  ADD COLUMN "parameters" JSONB NOT NULL DEFAULT '{}',
  ALTER COLUMN "description" DROP NOT NULL,
  ADD CONSTRAINT "order_items_kind_is_known"
    CHECK ("kind" IN ('TEXT', 'PLAN', 'REST', 'UNUSED', 'PLAN_CHANGE', 'DISCOUNT', 'ORDER')) NOT VALID,
  ADD CONSTRAINT "order_items_only_text_has_description" CHECK (("kind" = 'TEXT') = ("description" IS NOT NULL)) NOT VALID;
