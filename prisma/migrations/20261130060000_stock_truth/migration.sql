-- Stock as it really is: every piece that was ordered in TikTok, what each file said and when it arrived, what TikTok has,
-- and calls of which nobody knows the outcome.

-- Pieces of all orders that the seller fulfils, whatever became of them: a count of the ERP is net of some of them.
CREATE TABLE "stock_pieces" (
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "unit_id" TEXT NOT NULL,
    "order_id" BIGINT NOT NULL,
    "sku_id" TEXT NOT NULL,
    "seller_sku" TEXT NOT NULL,
    "warehouse_id" TEXT,
    "born_at" TIMESTAMPTZ(3) NOT NULL,
    "exported_at" TIMESTAMPTZ(3),
    "handed_at" TIMESTAMPTZ(3),
    "shipped_at" TIMESTAMPTZ(3),
    "left_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),
    "cancelled_by" TEXT,
    "cancel_ready_at" TIMESTAMPTZ(3),
    -- Until when a count may have to be corrected by it: for ever while it is open, was never there (the seller cancelled it),
    -- or is given back without the ERP, which knows the order, having been told; else its last event.
    "matters_until" TIMESTAMPTZ(3) NOT NULL GENERATED ALWAYS AS (
      CASE WHEN "shipped_at" IS NULL AND ("cancelled_at" IS NULL OR "cancelled_by" = 'seller'
        OR ("handed_at" IS NOT NULL AND "cancel_ready_at" IS NULL)) THEN 'infinity'::timestamptz
      ELSE GREATEST("born_at", "exported_at", "handed_at", "shipped_at", "left_at", "cancelled_at", "cancel_ready_at") END
    ) STORED,

    CONSTRAINT "stock_pieces_pkey" PRIMARY KEY ("environment","shop_id","unit_id")
);

CREATE INDEX "stock_pieces_seller_sku_shop_id_environment_matters_until_idx" ON "stock_pieces"("seller_sku", "shop_id", "environment", "matters_until");
CREATE INDEX "stock_pieces_order_id_idx" ON "stock_pieces"("order_id");
-- Pieces that TikTok holds as committed.
CREATE INDEX "stock_pieces_open_idx" ON "stock_pieces"("sku_id", "shop_id", "environment")
  WHERE "left_at" IS NULL AND "cancelled_at" IS NULL;
ALTER TABLE "stock_pieces" ADD CONSTRAINT "stock_pieces_cancelled_check" CHECK (("cancelled_at" IS NULL) = ("cancelled_by" IS NULL));

-- Seller SKUs of which a piece was ordered, handed over, shipped or cancelled, with the last such time.
CREATE TABLE "touched_skus" (
    "environment" TEXT NOT NULL,
    "shop_id" TEXT NOT NULL,
    "seller_sku" TEXT NOT NULL,
    "touched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "touched_skus_pkey" PRIMARY KEY ("environment","shop_id","seller_sku")
);

CREATE INDEX "touched_skus_environment_shop_id_touched_at_idx" ON "touched_skus"("environment", "shop_id", "touched_at");

-- What is known of the pieces of orders that came before. An order that was exported counts as handed to the ERP then, but
-- for pieces that are on no line of its document. A cancellation of which no document tells counts as told when it was made.
INSERT INTO "stock_pieces" (environment, shop_id, unit_id, order_id, sku_id, seller_sku, warehouse_id, born_at, exported_at,
  handed_at, shipped_at, left_at, cancelled_at, cancelled_by, cancel_ready_at)
SELECT DISTINCT ON (o.environment, o.shop_id, given.unit->>'unitId')
  o.environment, o.shop_id, given.unit->>'unitId', o.id, given.unit->>'skuId',
  coalesce(nullif(given.unit->>'merchantSku', ''), given.unit->>'skuId'), o.data->>'warehouseId',
  o.tiktok_created_at, known.exported_at, known.exported_at,
  coalesce(u.shipped_at, (given.unit->>'shippedAt')::timestamptz, known.left_at), known.left_at,
  known.cancelled_at, known.cancelled_by,
  CASE WHEN known.cancelled_at IS NULL THEN NULL
    WHEN known.exported_at IS NULL OR known.cancelled_by = 'seller' THEN told.at
    ELSE coalesce(told.at, known.cancelled_at) END
FROM "orders" o
CROSS JOIN LATERAL jsonb_array_elements((o.data->'units')::jsonb) AS given (unit)
LEFT JOIN "order_units" u ON u.order_id = o.id AND u.unit_id = given.unit->>'unitId'
LEFT JOIN LATERAL (
  SELECT c.role, CASE WHEN c.type = 'CANCEL' THEN coalesce(c.requested_at, c.tiktok_updated_at) ELSE c.tiktok_updated_at END AS at
  FROM "cancellations" c
  WHERE c.environment = o.environment AND c.shop_id = o.shop_id AND c.tiktok_order_id = o.tiktok_order_id
    AND c.status = 'executed' AND given.unit->>'unitId' = ANY(c.unit_ids)
  ORDER BY c.id LIMIT 1
) listed ON true
CROSS JOIN LATERAL (
  SELECT listed.role IS NOT NULL OR coalesce(u.cancelled, false) OR (given.unit->>'cancelled')::boolean
    OR o.tiktok_status = 'CANCELLED' AS yes
) cancelled
CROSS JOIN LATERAL (
  SELECT CASE WHEN u.line_number IS NOT NULL THEN o.exported_at END AS exported_at,
    CASE WHEN o.tiktok_status IN ('IN_TRANSIT', 'DELIVERED', 'COMPLETED') AND NOT cancelled.yes
      THEN o.tiktok_updated_at END AS left_at,
    CASE WHEN cancelled.yes THEN coalesce(listed.at, o.tiktok_updated_at) END AS cancelled_at,
    CASE WHEN cancelled.yes THEN coalesce(listed.role, CASE upper(coalesce(given.unit->>'cancelledBy', ''))
      WHEN 'SELLER' THEN 'seller' WHEN 'BUYER' THEN 'buyer' WHEN 'SYSTEM' THEN 'system' WHEN 'OPERATOR' THEN 'operator'
      ELSE 'other' END) END AS cancelled_by
) known
LEFT JOIN LATERAL (
  SELECT min(CASE a.kind WHEN 'pulled' THEN d.created_at ELSE d.updated_at END) AS at
  FROM "acknowledgements" a JOIN "documents" d ON d.key = a.document_key
  WHERE known.cancelled_at IS NOT NULL AND a.order_id = o.id AND given.unit->>'unitId' = ANY(a.unit_ids)
    AND (a.kind = 'pulled' OR (a.kind = 'cancel' AND a.state = 'done'))
) told ON true
WHERE o.data->>'fulfillment' = 'seller' AND given.unit->>'unitId' IS NOT NULL AND given.unit->>'skuId' IS NOT NULL
ON CONFLICT DO NOTHING;

INSERT INTO "touched_skus" (environment, shop_id, seller_sku, touched_at)
SELECT environment, shop_id, seller_sku,
  max(GREATEST(born_at, exported_at, handed_at, shipped_at, left_at, cancelled_at, cancel_ready_at))
FROM "stock_pieces" GROUP BY environment, shop_id, seller_sku;

-- Which file said a quantity or a price last: files are numbered as their first byte is accepted, and only a later one
-- takes the place of an earlier one. `due_at`: to be compared with TikTok, though nothing of it need have changed.
ALTER TABLE "inventory_items" ADD COLUMN "count_n" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "cost_n" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "looked_n" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "due_at" TIMESTAMPTZ(3),
  ADD COLUMN "drift" JSONB,
  -- What inventory_states.named_* say does not count for it: its own numbers do.
  ADD COLUMN "is_apart" BOOLEAN NOT NULL DEFAULT false;

CREATE INDEX "inventory_items_drift_idx" ON "inventory_items" ("connection_id") WHERE "drift" IS NOT NULL;
CREATE INDEX "inventory_items_due_idx" ON "inventory_items" ("connection_id", "due_at") WHERE "due_at" IS NOT NULL;

ALTER TABLE "inventory_states" ADD COLUMN "zero_n" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "zero_at" TIMESTAMPTZ(3),
  ADD COLUMN "zero_pending" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "deleted_n" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "named_n" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "named_at" TIMESTAMPTZ(3),
  ADD COLUMN "named_cost_n" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "unmatched_n" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "compared_n" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "compared_at" TIMESTAMPTZ(3);

-- Files that are being received have a row from their first byte on; several feeds may wait to be confirmed.
ALTER TABLE "inventory_imports" DROP CONSTRAINT "inventory_imports_state_check",
  ADD CONSTRAINT "inventory_imports_state_check" CHECK ("state" IN ('receiving', 'applied', 'held', 'replaced', 'tried', 'refused'));
DROP INDEX "inventory_imports_held_key";
DROP INDEX "inventory_imports_unannounced_idx";
CREATE INDEX "inventory_imports_unannounced_idx" ON "inventory_imports" ("id") WHERE "announced_at" IS NULL AND "state" <> 'receiving';
CREATE INDEX "inventory_imports_receiving_idx" ON "inventory_imports" ("connection_id", "id") WHERE "state" = 'receiving';
CREATE INDEX "inventory_imports_held_idx" ON "inventory_imports" ("connection_id", "id") WHERE "state" = 'held';

-- Of a row that was taken a single value may have been refused, corrected or said anew by a later row.
ALTER TABLE "inventory_import_errors" ADD COLUMN "level" TEXT NOT NULL DEFAULT 'error';
ALTER TABLE "inventory_import_errors" ADD CONSTRAINT "inventory_import_errors_level_check"
  CHECK ("level" IN ('error', 'warning', 'overridden'));

-- When TikTok last showed the stock of the SKU; `warehouses` may have committed pieces besides.
ALTER TABLE "catalog_skus" ADD COLUMN "stock_read_at" TIMESTAMPTZ(3);

-- Calls that may still be carried out ([{number, until, stock or price}]); the last call's time, from the read before it to
-- the last moment at which it may act; what TikTok itself said of the warehouses that the seller does not name.
ALTER TABLE "sent_values" ADD COLUMN "call_number" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "stock_doubts" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "price_doubts" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "window_from" TIMESTAMPTZ(3),
  ADD COLUMN "window_until" TIMESTAMPTZ(3),
  ADD COLUMN "kept" JSONB,
  ADD COLUMN "repeats" INTEGER NOT NULL DEFAULT 0;

UPDATE "sent_values" SET
  stock_doubts = CASE WHEN stock_in_doubt = '{}' THEN '[]'::jsonb
    ELSE jsonb_build_array(jsonb_build_object('number', '0', 'until', now() + interval '80 seconds', 'stock', '{}'::jsonb)) END,
  price_doubts = CASE WHEN price_in_doubt
    THEN jsonb_build_array(jsonb_build_object('number', '0', 'until', now() + interval '80 seconds')) ELSE '[]'::jsonb END
WHERE stock_in_doubt <> '{}' OR price_in_doubt;

ALTER TABLE "sent_values" DROP COLUMN "stock_in_doubt", DROP COLUMN "price_in_doubt";

-- Calls that have to be read back.
CREATE INDEX "sent_values_doubts_idx" ON "sent_values" ("environment", "shop_id") WHERE "stock_doubts" <> '[]' OR "price_doubts" <> '[]';

-- A flow that runs although its connection is paused: the stop of all sales (ZeroOut).
ALTER TABLE "flows" ADD COLUMN "runs_paused" BOOLEAN NOT NULL DEFAULT false;

-- Every matched item is compared with TikTok once by the new version; what TikTok has already is not sent again.
UPDATE "inventory_items" SET due_at = now() WHERE merchant_sku IS NOT NULL AND (quantity IS NOT NULL OR cost IS NOT NULL);
