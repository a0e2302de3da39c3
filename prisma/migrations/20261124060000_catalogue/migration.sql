-- The mirror of what a shop sells, and what it was last sent. Both belong to the shop, not to a connection, and have no
-- foreign keys: they are written by the page, and no row that they could name is ever deleted.

-- CreateTable
CREATE TABLE "catalog_products" (
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "tiktok_updated_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "catalog_products_pkey" PRIMARY KEY ("environment","shop_id","product_id")
);

-- CreateTable
CREATE TABLE "catalog_skus" (
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "sku_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "seller_sku" TEXT NOT NULL,
    "seller_key" TEXT NOT NULL,
    "product_status" TEXT NOT NULL,
    "sku_status" TEXT NOT NULL,
    "price" DECIMAL(20,6),
    "currency" TEXT,
    "warehouses" JSONB NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "catalog_skus_pkey" PRIMARY KEY ("environment","shop_id","sku_id")
);

-- CreateTable
CREATE TABLE "shop_warehouses" (
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "warehouse_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "effect_status" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_warehouses_pkey" PRIMARY KEY ("environment","shop_id","warehouse_id")
);

-- CreateTable
CREATE TABLE "sent_stock" (
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "sku_id" TEXT NOT NULL,
    "warehouse_id" TEXT NOT NULL,
    "quantity" INTEGER,
    "in_doubt" BOOLEAN NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "item_version" BIGINT,

    CONSTRAINT "sent_stock_pkey" PRIMARY KEY ("environment","shop_id","sku_id","warehouse_id")
);

-- CreateTable
CREATE TABLE "sent_prices" (
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "sku_id" TEXT NOT NULL,
    "amount" DECIMAL(20,6),
    "currency" TEXT,
    "in_doubt" BOOLEAN NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "item_version" BIGINT,

    CONSTRAINT "sent_prices_pkey" PRIMARY KEY ("environment","shop_id","sku_id")
);

-- CreateIndex
CREATE INDEX "catalog_products_environment_shop_id_read_at_idx" ON "catalog_products"("environment", "shop_id", "read_at");

-- CreateIndex
CREATE INDEX "catalog_skus_environment_shop_id_product_id_idx" ON "catalog_skus"("environment", "shop_id", "product_id");

-- CreateIndex
CREATE INDEX "catalog_skus_environment_shop_id_seller_key_idx" ON "catalog_skus"("environment", "shop_id", "seller_key");

-- CreateIndex
CREATE INDEX "catalog_skus_environment_shop_id_changed_at_idx" ON "catalog_skus"("environment", "shop_id", "changed_at");

-- AlterTable
ALTER TABLE "inventory_items" ADD COLUMN "judged_version" BIGINT;

-- What Prisma cannot express

-- Items that the push has to decide about, the longest waiting first.
CREATE INDEX "inventory_items_undecided_idx" ON "inventory_items" ("connection_id", "unsent_since")
  WHERE "unsent_since" IS NOT NULL AND ("resend" OR "judged_version" IS DISTINCT FROM "version");

-- Items that are tried again at a time.
CREATE INDEX "inventory_items_retry_idx" ON "inventory_items" ("connection_id", "retry_at") WHERE "retry_at" IS NOT NULL;

-- Pieces ordered lately, for holding them back from what is sent.
CREATE INDEX "orders_exported_at_idx" ON "orders" ("connection_id", "exported_at") WHERE "exported_at" IS NOT NULL;
