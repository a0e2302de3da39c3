-- Everything that the seller must do by a time that TikTok has set: one view per kind, so that a list can read each by
-- its index in the order of time, and one over all of them.
--
-- On a list is what TikTok still waits for. What its answer shows as done, what the ERP has set to Ignored (1400), and
-- what belongs to a closed connection is not.

-- Orders that the ERP has and that TikTok does not show as on their way.
CREATE INDEX "orders_ship_by_idx" ON "orders" ("company_id", "ship_by", "document_key")
    WHERE "state" = 'exported' AND "ship_by" IS NOT NULL
      AND "tiktok_status" NOT IN ('AWAITING_COLLECTION', 'IN_TRANSIT', 'DELIVERED', 'COMPLETED', 'CANCELLED');

CREATE VIEW "open_order_deadlines" AS
SELECT 'order-ship'::text AS kind, o.company_id, o.connection_id, c.partner_id, o.id AS subject_id,
    o.ship_by AS due_at, o.document_key AS key, d.type AS document_type, d.link_key, d.partner_po, d.reference,
    d.status_code,
    pieces.open AS open_pieces,
    -- Shipments of all that is open are stored, and TikTok has not taken them yet.
    pieces.unclaimed = 0 AS under_way,
    NULL::text AS next_action,
    (o.data ->> 'autoCancelAt')::timestamptz AS cancelled_at
FROM orders o
JOIN connections c ON c.id = o.connection_id
JOIN documents d ON d.key = o.document_key
CROSS JOIN LATERAL (
    SELECT count(*)::int AS open, (count(*) FILTER (WHERE u.shipment_key IS NULL))::int AS unclaimed
    FROM order_units u WHERE u.order_id = o.id AND NOT u.cancelled AND u.shipped_at IS NULL
) pieces
WHERE o.state = 'exported' AND o.ship_by IS NOT NULL
  AND o.tiktok_status NOT IN ('AWAITING_COLLECTION', 'IN_TRANSIT', 'DELIVERED', 'COMPLETED', 'CANCELLED')
  AND pieces.open > 0 AND d.company_id = o.company_id AND d.status_code <> 1400 AND c.status <> 'closed';

-- Requests of buyers to cancel an order that the ERP has.
CREATE VIEW "open_cancellation_deadlines" AS
SELECT 'cancellation-request'::text AS kind, r.company_id, r.connection_id, c.partner_id, r.id AS subject_id,
    r.answer_by AS due_at, d.key, d.type AS document_type, d.link_key, d.partner_po, r.cancel_id AS reference,
    d.status_code,
    NULL::int AS open_pieces,
    EXISTS (
        SELECT 1 FROM acknowledgements a
        WHERE a.order_id = r.order_id AND a.kind = 'cancel' AND a.state IN ('pending', 'in_doubt')
    ) AS under_way,
    NULL::text AS next_action,
    NULL::timestamptz AS cancelled_at
FROM cancellations r
JOIN connections c ON c.id = r.connection_id
JOIN orders o ON o.id = r.order_id
JOIN documents d ON d.key = o.document_key
WHERE r.outcome = 'pending' AND r.answer_by IS NOT NULL
  AND o.state = 'exported' AND d.company_id = r.company_id AND d.status_code <> 1400 AND c.status <> 'closed';

-- Returns that wait for the seller.
CREATE VIEW "open_return_deadlines" AS
SELECT 'return-answer'::text AS kind, r.company_id, r.connection_id, c.partner_id, r.id AS subject_id,
    r.answer_by AS due_at, d.key, d.type AS document_type, d.link_key, d.partner_po, d.reference, d.status_code,
    NULL::int AS open_pieces,
    EXISTS (
        SELECT 1 FROM return_answers a WHERE a.return_key = r.id AND a.state IN ('pending', 'in_doubt')
    ) AS under_way,
    -- Other kinds of requests are read-only here: whatever TikTok asks, it is answered there.
    CASE WHEN r.type = 'return-and-refund' THEN r.next_action END AS next_action,
    NULL::timestamptz AS cancelled_at
FROM returns r
JOIN connections c ON c.id = r.connection_id
JOIN documents d ON d.key = r.document_key
WHERE r.answer_by IS NOT NULL
  AND d.company_id = r.company_id AND d.status_code <> 1400 AND c.status <> 'closed';

CREATE VIEW "open_deadlines" AS
SELECT * FROM open_order_deadlines
UNION ALL
SELECT * FROM open_cancellation_deadlines
UNION ALL
SELECT * FROM open_return_deadlines;

-- Which warnings were given. A deadline that moves is another one, and begins anew. `subject_id` is the row of the order,
-- cancellation or return, by kind, hence no foreign key.
CREATE TABLE "deadline_notices" (
    "kind" TEXT NOT NULL,
    "subject_id" BIGINT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "threshold_hours" INTEGER NOT NULL,
    "noticed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deadline_notices_pkey" PRIMARY KEY ("kind", "subject_id", "due_at", "threshold_hours"),
    CONSTRAINT "deadline_notices_kind_check" CHECK ("kind" IN ('order-ship', 'cancellation-request', 'return-answer')),
    CONSTRAINT "deadline_notices_threshold_check" CHECK ("threshold_hours" IN (0, 4, 24))
);

CREATE INDEX "deadline_notices_due_at_idx" ON "deadline_notices"("due_at");
