-- What the columns of files with a certain header mean: as it was proposed, and as somebody has confirmed it.
CREATE TABLE "import_layouts" (
    "company_id" INTEGER NOT NULL,
    "feed_kind" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "columns" JSONB NOT NULL,
    "mapping" JSONB NOT NULL,
    "import_id" INTEGER,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "confirmed_by" TEXT,

    CONSTRAINT "import_layouts_pkey" PRIMARY KEY ("company_id","feed_kind","fingerprint")
);
ALTER TABLE "import_layouts" ADD CONSTRAINT "import_layouts_company_id_fkey" FOREIGN KEY ("company_id")
    REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Whether a file says all that there is (null: as the connection's setting says), by which layout it was read, and its findings
-- grouped.
ALTER TABLE "imports" ADD COLUMN "complete" BOOLEAN,
    ADD COLUMN "layout" TEXT,
    ADD COLUMN "groups" JSONB NOT NULL DEFAULT '[]';

-- The SKU of the row, and the row as it came.
ALTER TABLE "import_findings" ADD COLUMN "sku" TEXT,
    ADD COLUMN "row_text" TEXT;

-- Numbers of the last complete feeds, by the warehouse code that they spoke of: what arrived before and is named by none is 0.
ALTER TABLE "inventory_states" ADD COLUMN "complete_floors" JSONB NOT NULL DEFAULT '{}';

-- What a complete file leaves out is listed in its report.
ALTER TABLE "import_findings" DROP CONSTRAINT "import_findings_level_check";
ALTER TABLE "import_findings" ADD CONSTRAINT "import_findings_level_check"
    CHECK ("level" IN ('error', 'warning', 'overridden', 'left-out'));
