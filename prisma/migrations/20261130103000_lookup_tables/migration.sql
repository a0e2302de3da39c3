-- Tables of values that a seller keeps here: which carrier a spelling means, which reason, what is added to orders.
CREATE TABLE "lookup_tables" (
    "company_id" INTEGER NOT NULL,
    "name_key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "columns" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lookup_tables_pkey" PRIMARY KEY ("company_id","name_key")
);
ALTER TABLE "lookup_tables" ADD CONSTRAINT "lookup_tables_company_id_fkey" FOREIGN KEY ("company_id")
    REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "lookups" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "table_key" TEXT NOT NULL,
    "row_key" TEXT NOT NULL,
    "find_key" TEXT NOT NULL,
    "values" JSONB NOT NULL,
    "modified_at" TIMESTAMPTZ(3) NOT NULL,
    "modified_by" TEXT NOT NULL,

    CONSTRAINT "lookups_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "lookups" ADD CONSTRAINT "lookups_company_id_fkey" FOREIGN KEY ("company_id")
    REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE UNIQUE INDEX "lookups_company_id_table_key_row_key_key" ON "lookups"("company_id", "table_key", "row_key");
CREATE INDEX "lookups_company_id_table_key_find_key_idx" ON "lookups"("company_id", "table_key", "find_key");

-- In the EU the carriers of a delivery option depend on the countries that a parcel leaves and reaches. Everywhere else both
-- are empty. The lists are a cache: they are read again.
ALTER TABLE "shipping_provider_lists" ADD COLUMN "origin" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "destination" TEXT NOT NULL DEFAULT '';
ALTER TABLE "shipping_provider_lists" DROP CONSTRAINT "shipping_provider_lists_pkey";
ALTER TABLE "shipping_provider_lists" ADD CONSTRAINT "shipping_provider_lists_pkey"
    PRIMARY KEY ("connection_id","delivery_option_id","origin","destination");

-- Two letters; null until the warehouses are read again.
ALTER TABLE "shop_warehouses" ADD COLUMN "country" TEXT;

-- What TikTok takes as a seller's reason, by the status of the order.
CREATE TABLE "cancel_reason_lists" (
    "connection_id" INTEGER NOT NULL,
    "tiktok_status" TEXT NOT NULL,
    "reasons" TEXT[],
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cancel_reason_lists_pkey" PRIMARY KEY ("connection_id","tiktok_status")
);
ALTER TABLE "cancel_reason_lists" ADD CONSTRAINT "cancel_reason_lists_connection_id_fkey" FOREIGN KEY ("connection_id")
    REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What TikTok has said of a whole shop: it takes so many calls an hour, or none, because the shop is inactive.
CREATE TABLE "shop_limits" (
    "app_key" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "calls_per_hour" DOUBLE PRECISION NOT NULL,
    "tokens" DOUBLE PRECISION NOT NULL,
    "refilled_at" TIMESTAMPTZ(3) NOT NULL,
    "blocked_until" TIMESTAMPTZ(3) NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "said_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_limits_pkey" PRIMARY KEY ("app_key","shop_id")
);
