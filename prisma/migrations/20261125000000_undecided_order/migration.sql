-- Items that wait, the longest waiting first, and in one order also where a feed has changed many at the same time, so that
-- they can be read page by page.
DROP INDEX "inventory_items_unsent_idx";
CREATE INDEX "inventory_items_unsent_idx" ON "inventory_items" ("connection_id", "unsent_since", "sku_key")
  WHERE "unsent_since" IS NOT NULL;

-- Of these the ones that the push has to decide about.
DROP INDEX "inventory_items_undecided_idx";
CREATE INDEX "inventory_items_undecided_idx" ON "inventory_items" ("connection_id", "unsent_since", "sku_key")
  WHERE "unsent_since" IS NOT NULL AND ("resend" OR "judged_version" IS DISTINCT FROM "version");
