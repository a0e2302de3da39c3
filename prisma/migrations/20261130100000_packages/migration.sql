-- Parcels that others change too: which pieces of a package really went, a tracking number that is corrected, and orders
-- that share a parcel.
ALTER TABLE "shipment_packages" ADD COLUMN "left_out" TEXT[] DEFAULT ARRAY[]::TEXT[],
    ADD COLUMN "correction" JSONB;

ALTER TABLE "orders" ADD COLUMN "parcel_key" TEXT;

CREATE INDEX "orders_parcel_key_idx" ON "orders" ("environment", "shop_id", "parcel_key")
    WHERE "parcel_key" IS NOT NULL;

-- Requests of buyers that are no documents here (refund only, replacement) wait for the seller all the same, on their order.
CREATE VIEW "open_refund_deadlines" AS
SELECT 'refund-request'::text AS kind, r.company_id, r.connection_id, c.partner_id, r.id AS subject_id,
    r.answer_by AS due_at, d.key, d.type AS document_type, d.link_key, d.partner_po, r.return_id AS reference,
    d.status_code,
    NULL::int AS open_pieces,
    false AS under_way,
    r.next_action,
    NULL::timestamptz AS cancelled_at
FROM returns r
JOIN connections c ON c.id = r.connection_id
JOIN orders o ON o.environment = r.environment AND o.shop_id = r.shop_id AND o.tiktok_order_id = r.tiktok_order_id
JOIN documents d ON d.key = o.document_key
WHERE r.state = 'not_imported' AND r.next_action IS NOT NULL AND r.answer_by IS NOT NULL
  AND d.company_id = r.company_id AND d.status_code <> 1400 AND c.status <> 'closed';

CREATE OR REPLACE VIEW "open_deadlines" AS
SELECT * FROM open_order_deadlines
UNION ALL
SELECT * FROM open_cancellation_deadlines
UNION ALL
SELECT * FROM open_return_deadlines
UNION ALL
SELECT * FROM open_refund_deadlines;

ALTER TABLE "deadline_notices" DROP CONSTRAINT "deadline_notices_kind_check";
ALTER TABLE "deadline_notices" ADD CONSTRAINT "deadline_notices_kind_check"
    CHECK ("kind" IN ('order-ship', 'cancellation-request', 'return-answer', 'refund-request'));
