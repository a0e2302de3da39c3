-- Programs of others that fetch orders by a log-in of their own, such as ShipStation: their log-ins, what they were shown last, and
-- what they are reading page by page.
CREATE TABLE "channel_log_ins" (
    "connection_id" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "login" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "previous_hash" TEXT,
    "previous_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "read_at" TIMESTAMPTZ(3),
    "said_at" TIMESTAMPTZ(3),
    CONSTRAINT "channel_log_ins_pkey" PRIMARY KEY ("connection_id","channel")
);

CREATE TABLE "channel_offers" (
    "connection_id" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "document_key" INTEGER NOT NULL,
    "state" TEXT,
    "problem" TEXT,
    "recheck_at" TIMESTAMPTZ(3),
    "offered_at" TIMESTAMPTZ(3),
    "refusal_hash" TEXT,
    "refused_at" TIMESTAMPTZ(3),
    CONSTRAINT "channel_offers_pkey" PRIMARY KEY ("connection_id","channel","document_key")
);

CREATE TABLE "channel_windows" (
    "connection_id" INTEGER NOT NULL,
    "channel" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "to_at" TIMESTAMPTZ(3) NOT NULL,
    "keys" INTEGER[],
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "channel_windows_pkey" PRIMARY KEY ("connection_id","channel","from_at","to_at")
);
CREATE UNIQUE INDEX "channel_log_ins_channel_login_key" ON "channel_log_ins"("channel", "login");
CREATE INDEX "channel_offers_connection_id_channel_recheck_at_idx" ON "channel_offers"("connection_id", "channel", "recheck_at");
CREATE INDEX "channel_offers_document_key_idx" ON "channel_offers"("document_key");
ALTER TABLE "channel_log_ins" ADD CONSTRAINT "channel_log_ins_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "channel_offers" ADD CONSTRAINT "channel_offers_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "channel_offers" ADD CONSTRAINT "channel_offers_document_key_fkey" FOREIGN KEY ("document_key") REFERENCES "documents"("key") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "channel_windows" ADD CONSTRAINT "channel_windows_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE INDEX "documents_orders_changed_idx" ON "documents"("connection_id", "updated_at") WHERE "type" = 'order';
