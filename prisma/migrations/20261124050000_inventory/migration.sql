-- What sellers have, by their feeds and matching files, and the record of every file.
--
-- The keys of SKUs are compared byte by byte: they are made by the program, and sorting a million of them by the rules of
-- a language costs more than everything else of a feed.
-- inventory_items and sku_matches have no foreign keys: a feed writes millions of rows in one statement, every key would
-- be looked up for each, and the rows that they name (connections, companies) are never deleted.

-- CreateTable
CREATE TABLE "inventory_states" (
    "connection_id" INTEGER NOT NULL,
    "company_id" INTEGER NOT NULL,
    "case_sensitive" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "inventory_states_pkey" PRIMARY KEY ("connection_id")
);

-- CreateTable
CREATE TABLE "inventory_items" (
    "connection_id" INTEGER NOT NULL,
    "company_id" INTEGER NOT NULL,
    "sku_key" TEXT COLLATE "C" NOT NULL,
    "supplier_sku" TEXT NOT NULL,
    "merchant_sku" TEXT,
    "matched_by" TEXT,
    "quantity" INTEGER,
    "cost" DECIMAL(20,6),
    "warehouse" TEXT,
    "warehouses" JSONB,
    "details" JSONB,
    "version" BIGINT NOT NULL,
    "unsent_since" TIMESTAMPTZ(3),
    "resend" BOOLEAN NOT NULL DEFAULT false,
    "counted_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "import_id" INTEGER,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "push_state" TEXT,
    "push_gate" TEXT,
    "push_reason" TEXT,
    "push_next" TEXT,
    "pushed_at" TIMESTAMPTZ(3),
    "retry_at" TIMESTAMPTZ(3),

    CONSTRAINT "inventory_items_pkey" PRIMARY KEY ("connection_id","sku_key")
);

-- CreateTable
CREATE TABLE "sku_matches" (
    "connection_id" INTEGER NOT NULL,
    "company_id" INTEGER NOT NULL,
    "sku_key" TEXT COLLATE "C" NOT NULL,
    "supplier_sku" TEXT NOT NULL,
    "merchant_sku" TEXT NOT NULL,
    "merchant_key" TEXT NOT NULL,
    "import_id" INTEGER,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sku_matches_pkey" PRIMARY KEY ("connection_id","sku_key")
);

-- CreateTable
CREATE TABLE "inventory_imports" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "format" TEXT,
    "file_name" TEXT,
    "sha256" TEXT,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "dry_run" BOOLEAN NOT NULL DEFAULT false,
    "counts" JSONB NOT NULL DEFAULT '{}',
    "warnings" JSONB NOT NULL DEFAULT '[]',
    "reason" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL,
    "announced_at" TIMESTAMPTZ(3),

    CONSTRAINT "inventory_imports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inventory_import_errors" (
    "import_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "row_number" INTEGER NOT NULL,
    "column_name" TEXT,
    "value" TEXT,
    "message" TEXT NOT NULL,
    "next" TEXT,

    CONSTRAINT "inventory_import_errors_pkey" PRIMARY KEY ("import_id","position")
);

-- CreateTable
CREATE TABLE "inventory_held_rows" (
    "import_id" INTEGER NOT NULL,
    "row_number" INTEGER NOT NULL,
    "sku_key" TEXT COLLATE "C" NOT NULL,
    "supplier_sku" TEXT NOT NULL,
    "quantity" INTEGER,
    "cost" DECIMAL(20,6),
    "warehouse" TEXT,
    "warehouses" JSONB,
    "details" JSONB,

    CONSTRAINT "inventory_held_rows_pkey" PRIMARY KEY ("import_id","row_number")
);

-- CreateIndex
CREATE INDEX "inventory_items_connection_id_merchant_sku_idx" ON "inventory_items"("connection_id", "merchant_sku");

-- CreateIndex
CREATE UNIQUE INDEX "sku_matches_connection_id_merchant_key_key" ON "sku_matches"("connection_id", "merchant_key");

-- CreateIndex
CREATE INDEX "inventory_imports_connection_id_id_idx" ON "inventory_imports"("connection_id", "id");

-- AddForeignKey
ALTER TABLE "inventory_states" ADD CONSTRAINT "inventory_states_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inventory_imports" ADD CONSTRAINT "inventory_imports_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inventory_import_errors" ADD CONSTRAINT "inventory_import_errors_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "inventory_imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inventory_held_rows" ADD CONSTRAINT "inventory_held_rows_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "inventory_imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot express

-- Versions of items: only that they differ counts, so sessions may draw them in blocks.
CREATE SEQUENCE "inventory_version_seq" CACHE 100;

-- What the push has to look at, and how old it is.
CREATE INDEX "inventory_items_unsent_idx" ON "inventory_items" ("connection_id", "unsent_since") WHERE "unsent_since" IS NOT NULL;

-- Events that are still to be written: none but just after a crash.
CREATE INDEX "inventory_imports_unannounced_idx" ON "inventory_imports" ("id") WHERE "announced_at" IS NULL;

-- At most one feed of a connection waits to be confirmed.
CREATE UNIQUE INDEX "inventory_imports_held_key" ON "inventory_imports" ("connection_id") WHERE "state" = 'held';

ALTER TABLE "inventory_items" ADD CONSTRAINT "inventory_items_quantity_check" CHECK ("quantity" >= 0);
ALTER TABLE "inventory_items" ADD CONSTRAINT "inventory_items_matched_check" CHECK (("merchant_sku" IS NULL) = ("matched_by" IS NULL));
ALTER TABLE "inventory_items" ADD CONSTRAINT "inventory_items_push_state_check" CHECK ("push_state" IN ('sent', 'waiting', 'refused'));
ALTER TABLE "inventory_imports" ADD CONSTRAINT "inventory_imports_kind_check" CHECK ("kind" IN ('feed', 'matching'));
ALTER TABLE "inventory_imports" ADD CONSTRAINT "inventory_imports_state_check" CHECK ("state" IN ('applied', 'held', 'replaced', 'tried', 'refused'));
