-- Orders that somebody asks for by their TikTok id: the next pull reads them, whatever TikTok's list shows.
CREATE TABLE "order_requests" (
    "connection_id" INTEGER NOT NULL,
    "tiktok_order_id" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "order_requests_pkey" PRIMARY KEY ("connection_id","tiktok_order_id")
);
