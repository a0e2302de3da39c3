-- Images and documents of products: what addresses held, what TikTok has of it, and what sellers have handed over.
CREATE TABLE "media_sources" (
    "company_id" INTEGER NOT NULL,
    "url_hash" TEXT COLLATE "C" NOT NULL,
    "content_hash" TEXT COLLATE "C",
    "etag" TEXT,
    "modified" TEXT,
    "fetched_at" TIMESTAMPTZ(3),
    "refusal" JSONB,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "retry_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "media_sources_pkey" PRIMARY KEY ("company_id","url_hash")
);

CREATE TABLE "media_uploads" (
    "company_id" INTEGER NOT NULL,
    "environment" TEXT NOT NULL,
    "app_key" TEXT NOT NULL,
    "open_id" TEXT NOT NULL,
    "content_hash" TEXT COLLATE "C" NOT NULL,
    "use" TEXT NOT NULL,
    "uri" TEXT,
    "answer" JSONB,
    "refusal" JSONB,
    "settled_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "media_uploads_pkey" PRIMARY KEY ("company_id","environment","app_key","open_id","content_hash","use")
);
CREATE INDEX "media_uploads_company_id_uri_idx" ON "media_uploads"("company_id", "uri");

CREATE TABLE "media_hosts" (
    "company_id" INTEGER NOT NULL,
    "host" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "media_hosts_pkey" PRIMARY KEY ("company_id","host")
);

CREATE TABLE "media_files" (
    "company_id" INTEGER NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "content_hash" TEXT COLLATE "C" NOT NULL,
    "file_name" TEXT,
    "format" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "bytes" INTEGER NOT NULL,
    "blob_id" BIGINT NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "media_files_pkey" PRIMARY KEY ("company_id","name")
);
CREATE INDEX "media_files_blob_id_company_id_idx" ON "media_files"("blob_id", "company_id");
CREATE INDEX "media_files_used_at_idx" ON "media_files"("used_at");
ALTER TABLE "media_files" ADD CONSTRAINT "media_files_blob_id_company_id_fkey" FOREIGN KEY ("blob_id", "company_id")
    REFERENCES "blobs"("id", "company_id") ON DELETE RESTRICT ON UPDATE CASCADE;
