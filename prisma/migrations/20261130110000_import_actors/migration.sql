-- Who has brought a file, so that the history names them whoever reads it; and who has asked for the run of a flow. The address
-- from which somebody came is personal and is not kept.
ALTER TABLE "imports" ADD COLUMN "actor_kind" TEXT,
    ADD COLUMN "actor_id" TEXT,
    ADD COLUMN "actor_name" TEXT,
    ADD COLUMN "actor_via" TEXT;
ALTER TABLE "flows" ADD COLUMN "actor_request" INTEGER,
    ADD COLUMN "actor_kind" TEXT,
    ADD COLUMN "actor_id" TEXT,
    ADD COLUMN "actor_name" TEXT,
    ADD COLUMN "actor_via" TEXT;

-- A spreadsheet shows its columns by letters.
ALTER TABLE "import_findings" ADD COLUMN "column_letter" TEXT;
