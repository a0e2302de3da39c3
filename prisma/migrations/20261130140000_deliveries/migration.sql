-- Files that go to sellers and come from them: by which profile, what became of each, and the numbers that X12 counts with.
ALTER TABLE "companies" ADD COLUMN "delivery_profiles" JSONB NOT NULL DEFAULT '[]', ADD COLUMN "sftp_public_keys" JSONB NOT NULL DEFAULT '[]';

CREATE TABLE "deliveries" (
    "id" BIGSERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER,
    "profile" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "document_key" INTEGER,
    "document_version" INTEGER,
    "file_name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "content" BYTEA,
    "sha256" TEXT,
    "bytes" INTEGER NOT NULL DEFAULT 0,
    "interchange_control" INTEGER,
    "group_control" INTEGER,
    "group_id" TEXT,
    "partner" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "failing_since" TIMESTAMPTZ(3),
    "told_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "deliveries_profile_document_key_document_version_key" ON "deliveries"("profile", "document_key", "document_version");
CREATE INDEX "deliveries_company_id_state_id_idx" ON "deliveries"("company_id", "state", "id");
CREATE INDEX "deliveries_document_key_idx" ON "deliveries"("document_key");
CREATE INDEX "deliveries_connection_id_idx" ON "deliveries"("connection_id");
CREATE INDEX "deliveries_company_id_partner_interchange_control_idx" ON "deliveries"("company_id", "partner", "interchange_control");
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_document_key_fkey" FOREIGN KEY ("document_key") REFERENCES "documents"("key") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TABLE "document_files" (
    "id" SERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER,
    "kind" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "file_name" TEXT,
    "state" TEXT NOT NULL,
    "dry_run" BOOLEAN NOT NULL DEFAULT false,
    "columns" JSONB NOT NULL DEFAULT '{}',
    "content" BYTEA,
    "sha256" TEXT,
    "bytes" INTEGER NOT NULL DEFAULT 0,
    "documents" INTEGER NOT NULL DEFAULT 0,
    "taken" INTEGER NOT NULL DEFAULT 0,
    "refused" INTEGER NOT NULL DEFAULT 0,
    "results" JSONB NOT NULL DEFAULT '[]',
    "reason" TEXT,
    "remote" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "read_at" TIMESTAMPTZ(3),
    "actor_kind" TEXT,
    "actor_id" TEXT,
    "actor_name" TEXT,
    "actor_via" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "document_files_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "document_files_company_id_remote_sha256_key" ON "document_files"("company_id", "remote", "sha256");
CREATE INDEX "document_files_company_id_id_idx" ON "document_files"("company_id", "id");
CREATE INDEX "document_files_state_read_at_idx" ON "document_files"("state", "read_at");
CREATE INDEX "document_files_connection_id_idx" ON "document_files"("connection_id");
ALTER TABLE "document_files" ADD CONSTRAINT "document_files_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "document_files" ADD CONSTRAINT "document_files_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TABLE "x12_interchanges" (
    "company_id" INTEGER NOT NULL,
    "sender" TEXT NOT NULL,
    "control" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "file_id" INTEGER NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "x12_interchanges_pkey" PRIMARY KEY ("company_id","sender","control")
);
CREATE INDEX "x12_interchanges_file_id_idx" ON "x12_interchanges"("file_id");
ALTER TABLE "x12_interchanges" ADD CONSTRAINT "x12_interchanges_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "document_files"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "x12_counters" (
    "company_id" INTEGER NOT NULL,
    "partner" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "last" INTEGER NOT NULL,

    CONSTRAINT "x12_counters_pkey" PRIMARY KEY ("company_id","partner","name")
);
ALTER TABLE "x12_counters" ADD CONSTRAINT "x12_counters_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "ssh_keys" (
    "name" TEXT NOT NULL,
    "private_key" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ssh_keys_pkey" PRIMARY KEY ("name")
);
