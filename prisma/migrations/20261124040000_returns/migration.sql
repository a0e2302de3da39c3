-- Return and refund requests of buyers, and what the seller has answered.
CREATE TABLE "returns" (
    "id" BIGSERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "return_id" TEXT NOT NULL,
    "tiktok_order_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "tiktok_created_at" TIMESTAMPTZ(3) NOT NULL,
    "tiktok_updated_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "gate" TEXT,
    "gate_reason" TEXT,
    "document_key" INTEGER,
    "next_action" TEXT,
    "answer_by" TIMESTAMPTZ(3),
    "ordered_at" TIMESTAMPTZ(3),
    "data" JSONB NOT NULL,
    "lines" JSONB NOT NULL DEFAULT '[]',
    "personal" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "returns_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "returns_state_check" CHECK ("state" IN ('imported', 'not_imported')),
    CONSTRAINT "returns_imported_check" CHECK (("state" = 'imported') = ("document_key" IS NOT NULL))
);

-- Reconnecting a shop never doubles a request.
CREATE UNIQUE INDEX "returns_environment_shop_id_return_id_key" ON "returns"("environment", "shop_id", "return_id");
CREATE UNIQUE INDEX "returns_document_key_key" ON "returns"("document_key");
CREATE INDEX "returns_company_id_return_id_idx" ON "returns"("company_id", "return_id");
CREATE INDEX "returns_company_id_tiktok_order_id_idx" ON "returns"("company_id", "tiktok_order_id");
CREATE INDEX "returns_connection_id_idx" ON "returns"("connection_id");

-- What must be answered, by its deadline.
CREATE INDEX "returns_answer_by_idx" ON "returns"("company_id", "answer_by") WHERE "answer_by" IS NOT NULL;

CREATE TABLE "return_answers" (
    "return_key" BIGINT NOT NULL,
    "step" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "content_hash" TEXT,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "reason" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "return_answers_pkey" PRIMARY KEY ("return_key", "step"),
    CONSTRAINT "return_answers_step_check" CHECK ("step" IN ('accept', 'refund')),
    CONSTRAINT "return_answers_state_check" CHECK ("state" IN ('pending', 'sent', 'refused', 'in_doubt'))
);

ALTER TABLE "returns" ADD CONSTRAINT "returns_connection_id_fkey"
    FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "returns" ADD CONSTRAINT "returns_document_key_fkey"
    FOREIGN KEY ("document_key") REFERENCES "documents"("key") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "return_answers" ADD CONSTRAINT "return_answers_return_key_fkey"
    FOREIGN KEY ("return_key") REFERENCES "returns"("id") ON DELETE CASCADE ON UPDATE CASCADE;
