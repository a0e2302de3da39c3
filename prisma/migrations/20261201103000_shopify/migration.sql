-- Shopify stores that orders are delivered to, how each order stands there, and what became of each fulfilment.
CREATE TABLE "shopify_stores" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "domain" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'on',
    "state_reason" TEXT,
    "access_token" TEXT,
    "client_secret" TEXT,
    "scopes" TEXT[],
    "inventory_behaviour" TEXT NOT NULL,
    "is_stock_source" BOOLEAN NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "shopify_stores_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "shopify_orders" (
    "store_id" INTEGER NOT NULL,
    "document_key" INTEGER NOT NULL,
    "tiktok_order_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "shopify_id" TEXT,
    "shopify_name" TEXT,
    "reread_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "shopify_orders_pkey" PRIMARY KEY ("store_id","document_key")
);

CREATE TABLE "shopify_parcels" (
    "store_id" INTEGER NOT NULL,
    "fulfillment_id" TEXT NOT NULL,
    "document_key" INTEGER NOT NULL,
    "shipment_key" INTEGER,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "hash" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "shopify_parcels_pkey" PRIMARY KEY ("store_id","fulfillment_id")
);
CREATE INDEX "shopify_stores_company_id_idx" ON "shopify_stores"("company_id");
CREATE INDEX "shopify_stores_connection_id_idx" ON "shopify_stores"("connection_id");
CREATE INDEX "shopify_orders_document_key_idx" ON "shopify_orders"("document_key");
CREATE UNIQUE INDEX "shopify_orders_store_id_shopify_id_key" ON "shopify_orders"("store_id", "shopify_id");
CREATE INDEX "shopify_parcels_document_key_idx" ON "shopify_parcels"("document_key");
ALTER TABLE "shopify_stores" ADD CONSTRAINT "shopify_stores_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "shopify_stores" ADD CONSTRAINT "shopify_stores_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "shopify_orders" ADD CONSTRAINT "shopify_orders_store_id_fkey" FOREIGN KEY ("store_id") REFERENCES "shopify_stores"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "shopify_orders" ADD CONSTRAINT "shopify_orders_document_key_fkey" FOREIGN KEY ("document_key") REFERENCES "documents"("key") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "shopify_parcels" ADD CONSTRAINT "shopify_parcels_store_id_fkey" FOREIGN KEY ("store_id") REFERENCES "shopify_stores"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "shopify_parcels" ADD CONSTRAINT "shopify_parcels_document_key_fkey" FOREIGN KEY ("document_key") REFERENCES "documents"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE UNIQUE INDEX "shopify_stores_live_key" ON "shopify_stores"("connection_id") WHERE "state" <> 'removed';
CREATE INDEX "shopify_orders_open_idx" ON "shopify_orders"("store_id", "next_at") WHERE "state" = 'waiting';
CREATE INDEX "shopify_orders_reread_idx" ON "shopify_orders"("store_id", "reread_at") WHERE "reread_at" IS NOT NULL;
ALTER TABLE "shopify_stores" ADD CONSTRAINT "shopify_stores_state_check" CHECK ("state" IN ('on', 'off', 'refused', 'removed'));
ALTER TABLE "shopify_orders" ADD CONSTRAINT "shopify_orders_state_check" CHECK ("state" IN ('waiting', 'sending', 'delivered', 'cancelling', 'cancelled', 'kept'));
ALTER TABLE "shopify_parcels" ADD CONSTRAINT "shopify_parcels_state_check" CHECK ("state" IN ('waiting', 'taken', 'refused', 'cancelled'));
