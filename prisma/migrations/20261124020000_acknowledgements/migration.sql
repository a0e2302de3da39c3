-- What the seller says to an order, and what TikTok says about cancelled pieces.
CREATE TABLE "acknowledgements" (
    "document_key" INTEGER NOT NULL,
    "order_id" BIGINT NOT NULL,
    "company_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "cancel_reason" TEXT,
    "cancel_id" TEXT,
    "unit_ids" TEXT[],
    "input" JSON NOT NULL,
    "lines" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "acknowledgements_pkey" PRIMARY KEY ("document_key"),
    CONSTRAINT "acknowledgements_kind_check" CHECK ("kind" IN ('accept', 'backorder', 'cancel', 'pulled')),
    CONSTRAINT "acknowledgements_state_check" CHECK ("state" IN ('pending', 'done', 'refused', 'in_doubt'))
);

CREATE INDEX "acknowledgements_order_id_idx" ON "acknowledgements"("order_id");

-- One cancellation of an order is under way at a time.
CREATE UNIQUE INDEX "acknowledgements_cancelling_key" ON "acknowledgements"("order_id")
    WHERE "kind" = 'cancel' AND "state" IN ('pending', 'in_doubt');

ALTER TABLE "acknowledgements" ADD CONSTRAINT "acknowledgements_document_key_fkey"
    FOREIGN KEY ("document_key") REFERENCES "documents"("key") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "acknowledgements" ADD CONSTRAINT "acknowledgements_order_id_fkey"
    FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
