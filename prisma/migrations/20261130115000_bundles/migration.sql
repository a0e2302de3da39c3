-- Virtual bundles that are broken up: which bundle a line of the order is a part of.
ALTER TABLE "order_lines" ADD COLUMN "bundle" JSONB;

-- The goods in a bundle are pieces of the seller's stock too; what happens to TikTok's piece happens to them.
ALTER TABLE "stock_pieces" ADD COLUMN "bundle_unit_id" TEXT;
CREATE INDEX "stock_pieces_bundle_unit_idx" ON "stock_pieces"("bundle_unit_id", "shop_id", "environment")
  WHERE "bundle_unit_id" IS NOT NULL;
