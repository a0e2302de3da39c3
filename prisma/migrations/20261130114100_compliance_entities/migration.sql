-- Manufacturers and responsible persons that TikTok is to have for a shop in the EU, once per content.
CREATE TABLE "compliance_entities" (
    "id" SERIAL NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "company_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "tiktok_id" TEXT,
    "reason" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "compliance_entities_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "compliance_entities" ADD CONSTRAINT "compliance_entities_connection_id_fkey" FOREIGN KEY ("connection_id")
    REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE UNIQUE INDEX "compliance_entities_connection_id_content_hash_key" ON "compliance_entities"("connection_id", "content_hash");
