-- Contents that outlive the request that brought them: cut into chunks, packed, and addressed by their hash within a company.
CREATE TABLE "blobs" (
    "id" BIGSERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "sha256" TEXT,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "chunk_bytes" INTEGER NOT NULL,
    "touched_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blobs_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "blob_chunks" (
    "blob_id" BIGINT NOT NULL,
    "position" INTEGER NOT NULL,
    "content" BYTEA NOT NULL,
    "is_packed" BOOLEAN NOT NULL,

    CONSTRAINT "blob_chunks_pkey" PRIMARY KEY ("blob_id","position")
);

-- They are packed already.
ALTER TABLE "blob_chunks" ALTER COLUMN "content" SET STORAGE EXTERNAL;

CREATE UNIQUE INDEX "blobs_company_id_sha256_key" ON "blobs"("company_id", "sha256");

-- What refers to a blob names its company too, so that no row can refer to another company's.
CREATE UNIQUE INDEX "blobs_id_company_id_key" ON "blobs"("id", "company_id");

CREATE INDEX "blobs_touched_at_idx" ON "blobs"("touched_at");

ALTER TABLE "blob_chunks" ADD CONSTRAINT "blob_chunks_blob_id_fkey" FOREIGN KEY ("blob_id") REFERENCES "blobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- An import is what became of a file of any kind, not of stock only.
ALTER TABLE "inventory_imports" RENAME TO "imports";
ALTER TABLE "imports" RENAME CONSTRAINT "inventory_imports_pkey" TO "imports_pkey";
ALTER TABLE "imports" RENAME CONSTRAINT "inventory_imports_connection_id_fkey" TO "imports_connection_id_fkey";
ALTER INDEX "inventory_imports_connection_id_id_idx" RENAME TO "imports_connection_id_id_idx";
ALTER INDEX "inventory_imports_unannounced_idx" RENAME TO "imports_unannounced_idx";
ALTER INDEX "inventory_imports_receiving_idx" RENAME TO "imports_receiving_idx";
ALTER INDEX "inventory_imports_held_idx" RENAME TO "imports_held_idx";
ALTER SEQUENCE "inventory_imports_id_seq" RENAME TO "imports_id_seq";

ALTER TABLE "inventory_import_errors" RENAME TO "import_findings";
ALTER TABLE "import_findings" RENAME CONSTRAINT "inventory_import_errors_pkey" TO "import_findings_pkey";
ALTER TABLE "import_findings" RENAME CONSTRAINT "inventory_import_errors_import_id_fkey" TO "import_findings_import_id_fkey";
ALTER TABLE "import_findings" RENAME CONSTRAINT "inventory_import_errors_level_check" TO "import_findings_level_check";

-- The kinds are what the program knows; a file that was received is there before anybody reads it.
ALTER TABLE "imports" DROP CONSTRAINT "inventory_imports_kind_check";
ALTER TABLE "imports" DROP CONSTRAINT "inventory_imports_state_check";
ALTER TABLE "imports" ADD CONSTRAINT "imports_state_check" CHECK ("state" IN ('receiving', 'received', 'applied', 'held', 'replaced', 'tried', 'refused'));
ALTER TABLE "imports"
  ADD COLUMN "via" TEXT NOT NULL DEFAULT 'http',
  ADD COLUMN "encoding" TEXT,
  ADD COLUMN "blob_id" BIGINT,
  ADD COLUMN "attempts" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "read_at" TIMESTAMPTZ(3);
ALTER TABLE "imports" ADD CONSTRAINT "imports_blob_id_company_id_fkey" FOREIGN KEY ("blob_id", "company_id") REFERENCES "blobs"("id", "company_id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "imports" ADD CONSTRAINT "imports_received_check" CHECK ("state" <> 'received' OR ("blob_id" IS NOT NULL AND "read_at" IS NOT NULL));
CREATE INDEX "imports_blob_id_company_id_idx" ON "imports"("blob_id", "company_id");
CREATE INDEX "imports_received_idx" ON "imports" ("read_at") WHERE "state" = 'received';
DROP INDEX "imports_unannounced_idx";
CREATE INDEX "imports_unannounced_idx" ON "imports" ("id") WHERE "announced_at" IS NULL AND "state" NOT IN ('receiving', 'received');
