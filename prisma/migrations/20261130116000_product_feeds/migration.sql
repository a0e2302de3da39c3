-- What sellers want their products in TikTok to be.
CREATE SEQUENCE "product_version_seq";

CREATE TABLE "product_states" (
    "connection_id" INTEGER NOT NULL,
    "company_id" INTEGER NOT NULL,
    "case_sensitive" BOOLEAN NOT NULL DEFAULT false,
    "deleted_n" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "product_states_pkey" PRIMARY KEY ("connection_id")
);
ALTER TABLE "product_states" ADD CONSTRAINT "product_states_connection_id_fkey" FOREIGN KEY ("connection_id")
    REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "wanted_products" (
    "connection_id" INTEGER NOT NULL,
    "company_id" INTEGER NOT NULL,
    "product_key" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "fields" JSONB NOT NULL,
    "arrivals" JSONB NOT NULL,
    "conflicts" JSONB NOT NULL DEFAULT '[]',
    "source_hash" TEXT,
    "last_feed" INTEGER,
    "row_number" INTEGER,
    "import_id" INTEGER NOT NULL,
    "deleted_n" INTEGER,
    "version" BIGINT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "findings" JSONB NOT NULL DEFAULT '[]',
    "is_compliant" BOOLEAN,
    "checked_version" BIGINT,
    "checked_at" TIMESTAMPTZ(3),
    "asked_version" BIGINT,
    "asked_at" TIMESTAMPTZ(3),
    "tiktok_product_id" TEXT,
    "link" TEXT,
    "confirmed_at" TIMESTAMPTZ(3),

    CONSTRAINT "wanted_products_pkey" PRIMARY KEY ("connection_id","product_key")
);
CREATE INDEX "wanted_products_connection_id_last_feed_idx" ON "wanted_products"("connection_id", "last_feed");
CREATE INDEX "wanted_products_connection_id_tiktok_product_id_idx"
    ON "wanted_products"("connection_id", "tiktok_product_id");

CREATE TABLE "wanted_skus" (
    "connection_id" INTEGER NOT NULL,
    "company_id" INTEGER NOT NULL,
    "sku_key" TEXT COLLATE "C" NOT NULL,
    "sku" TEXT NOT NULL,
    "product_key" TEXT COLLATE "C" NOT NULL,
    "position" INTEGER NOT NULL,
    "fields" JSONB NOT NULL,
    "arrivals" JSONB NOT NULL,
    "is_removed" BOOLEAN NOT NULL DEFAULT false,
    "import_id" INTEGER NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "tiktok_sku_id" TEXT,

    CONSTRAINT "wanted_skus_pkey" PRIMARY KEY ("connection_id","sku_key")
);
CREATE INDEX "wanted_skus_connection_id_product_key_idx" ON "wanted_skus"("connection_id", "product_key");

CREATE TABLE "product_templates" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "name_key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "conditions" JSONB NOT NULL,
    "values" JSONB NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_by" TEXT NOT NULL,

    CONSTRAINT "product_templates_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "product_templates" ADD CONSTRAINT "product_templates_connection_id_fkey" FOREIGN KEY ("connection_id")
    REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE UNIQUE INDEX "product_templates_connection_id_name_key_key" ON "product_templates"("connection_id", "name_key");
