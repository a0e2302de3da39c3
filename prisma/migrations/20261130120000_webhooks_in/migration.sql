-- What TikTok's webhooks have said may have changed, until it was read; and how each connection stands with webhooks.
CREATE TABLE "webhook_hints" (
    "connection_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "object_id" TEXT NOT NULL,
    "asked" INTEGER NOT NULL DEFAULT 1,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_hints_pkey" PRIMARY KEY ("connection_id","kind","object_id")
);
CREATE INDEX "webhook_hints_connection_id_due_at_idx" ON "webhook_hints"("connection_id", "due_at");
ALTER TABLE "webhook_hints" ADD CONSTRAINT "webhook_hints_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "webhook_watches" (
    "connection_id" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "address" TEXT,
    "registered_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3),
    "silent_since" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_watches_pkey" PRIMARY KEY ("connection_id")
);
ALTER TABLE "webhook_watches" ADD CONSTRAINT "webhook_watches_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;
