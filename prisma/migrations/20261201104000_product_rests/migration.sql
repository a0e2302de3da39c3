-- Stock and prices of product feeds: what is to be told to the inventory, and items that only product feeds have named.
ALTER TABLE "wanted_products" ADD COLUMN     "stock_asked_n" INTEGER;

ALTER TABLE "inventory_items" ADD COLUMN     "cost_by_products" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "stock_by_products" BOOLEAN NOT NULL DEFAULT false;

CREATE INDEX "wanted_products_stock_asked_idx" ON "wanted_products"("connection_id", "product_key") WHERE "stock_asked_n" IS NOT NULL;
CREATE INDEX "inventory_items_unmatched_idx" ON "inventory_items"("connection_id") WHERE "merchant_sku" IS NULL;

-- Of two files that come at once for one announcement one is taken.
ALTER TABLE "product_import_tickets" ADD COLUMN     "claimed_until" TIMESTAMPTZ(3);
