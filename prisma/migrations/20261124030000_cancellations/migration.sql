-- What an order tells of cancellations: the buyer's open request, and whether an acknowledgement speaks of its pieces.
ALTER TABLE "orders" ADD COLUMN "cancel_request" JSONB;
ALTER TABLE "orders" ADD COLUMN "cancellation_acknowledged" BOOLEAN NOT NULL DEFAULT false;

-- Every cancellation that TikTok has shown us, also of orders that we have never seen.
CREATE TABLE "cancellations" (
    "id" BIGSERIAL NOT NULL,
    "company_id" INTEGER NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "cancel_id" TEXT NOT NULL,
    "tiktok_order_id" TEXT NOT NULL,
    "order_id" BIGINT,
    "type" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "role_text" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "status_text" TEXT NOT NULL,
    "reason" TEXT,
    "reason_text" TEXT,
    "unit_ids" TEXT[],
    "requested_at" TIMESTAMPTZ(3),
    "answer_by" TIMESTAMPTZ(3),
    "tiktok_updated_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT NOT NULL,
    "gate" TEXT,
    "gate_reason" TEXT,
    "acknowledgement_key" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cancellations_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "cancellations_environment_shop_id_cancel_id_key" ON "cancellations"("environment", "shop_id", "cancel_id");
CREATE INDEX "cancellations_environment_shop_id_tiktok_order_id_idx" ON "cancellations"("environment", "shop_id", "tiktok_order_id");
CREATE INDEX "cancellations_company_id_tiktok_order_id_idx" ON "cancellations"("company_id", "tiktok_order_id");
CREATE INDEX "cancellations_order_id_idx" ON "cancellations"("order_id");
CREATE INDEX "cancellations_acknowledgement_key_idx" ON "cancellations"("acknowledgement_key");

ALTER TABLE "cancellations" ADD CONSTRAINT "cancellations_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "cancellations" ADD CONSTRAINT "cancellations_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "cancellations" ADD CONSTRAINT "cancellations_acknowledgement_key_fkey" FOREIGN KEY ("acknowledgement_key") REFERENCES "documents"("key") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "cancellations" ADD CONSTRAINT "cancellations_status_check" CHECK ("status" IN ('pending', 'executed', 'withdrawn', 'unknown'));
ALTER TABLE "cancellations" ADD CONSTRAINT "cancellations_outcome_check" CHECK ("outcome" IN ('pending', 'waiting', 'acknowledged', 'ours', 'told', 'seller-made', 'not-imported', 'closed'));

-- What is not over yet: looked at again by every pull, and listed by the time at which TikTok answers by itself.
CREATE INDEX "cancellations_open_idx" ON "cancellations" ("connection_id", "id") WHERE "outcome" IN ('pending', 'waiting');
CREATE INDEX "cancellations_answer_by_idx" ON "cancellations" ("company_id", "answer_by") WHERE "outcome" = 'pending';

-- Orders whose open request, as the order says, may differ from the one that is shown.
CREATE INDEX "orders_cancel_request_idx" ON "orders" ("connection_id", "id") WHERE "buyer_requests_cancel" OR "cancel_request" IS NOT NULL;
-- Orders that TikTok shows as cancelled while nothing has told the ERP.
CREATE INDEX "orders_cancelled_untold_idx" ON "orders" ("connection_id", "id") WHERE "tiktok_status" = 'CANCELLED' AND "state" = 'exported' AND NOT "cancellation_acknowledged";
