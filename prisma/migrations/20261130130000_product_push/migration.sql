-- Products are sent to TikTok: what was sent, what waits, how reviews go, and the limit of the day. Stock and prices of a product that
-- is being changed as a whole are left alone meanwhile.
ALTER TABLE "product_states" ADD COLUMN "quota_until" TIMESTAMPTZ(3),
    ADD COLUMN "quota_limit" INTEGER,
    ADD COLUMN "quota_day" TEXT,
    ADD COLUMN "quota_used" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "missing" JSONB NOT NULL DEFAULT '[]';

CREATE TABLE "product_pushes" (
    "connection_id" INTEGER NOT NULL,
    "company_id" INTEGER NOT NULL,
    "product_key" TEXT COLLATE "C" NOT NULL,
    "state" TEXT NOT NULL,
    "version" BIGINT NOT NULL,
    "entry_id" BIGINT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "sent_version" BIGINT,
    "gate" TEXT,
    "reason" TEXT,
    "next" TEXT,
    "tiktok_code" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "create_key" TEXT,
    "acted_import" INTEGER NOT NULL DEFAULT 0,
    "in_flight_since" TIMESTAMPTZ(3),
    "review" JSONB,
    "reviewed_at" TIMESTAMPTZ(3),
    "review_since" TIMESTAMPTZ(3),
    "review_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "product_pushes_pkey" PRIMARY KEY ("connection_id","product_key")
);
CREATE INDEX "product_pushes_connection_id_review_at_idx" ON "product_pushes"("connection_id", "review_at");

CREATE TABLE "catalog_holds" (
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "catalog_holds_pkey" PRIMARY KEY ("environment","shop_id","product_id")
);
