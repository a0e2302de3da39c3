-- Keys begin with what tells their rows apart. Shop and environment are the same in nearly all of them, and were compared
-- again and again on the way to every row.
ALTER TABLE "catalog_skus" DROP CONSTRAINT "catalog_skus_pkey",
  ADD CONSTRAINT "catalog_skus_pkey" PRIMARY KEY ("sku_id", "shop_id", "environment");
DROP INDEX "catalog_skus_environment_shop_id_seller_key_idx";
CREATE INDEX "catalog_skus_seller_key_shop_id_environment_idx" ON "catalog_skus"("seller_key", "shop_id", "environment");
ALTER TABLE "sent_stock" DROP CONSTRAINT "sent_stock_pkey",
  ADD CONSTRAINT "sent_stock_pkey" PRIMARY KEY ("sku_id", "shop_id", "environment", "warehouse_id");
ALTER TABLE "sent_prices" DROP CONSTRAINT "sent_prices_pkey",
  ADD CONSTRAINT "sent_prices_pkey" PRIMARY KEY ("sku_id", "shop_id", "environment");

-- An item that TikTok lacks is in one of two indexes, so that a feed has to write to one of them only: the push has to
-- decide about it, or has decided that it waits.
DROP INDEX "inventory_items_unsent_idx";
CREATE INDEX "inventory_items_kept_back_idx" ON "inventory_items" ("connection_id", "unsent_since", "sku_key")
  WHERE "unsent_since" IS NOT NULL AND NOT ("resend" OR "judged_version" IS DISTINCT FROM "version");
