import { Prisma, type SqlTx, type Tx } from '../store/database.js';
import { jsonTexts } from '../store/json-list.js';
import { keepPlan } from '../store/sql-transaction.js';
import type { OrderLine, CancelRequest, StoredUnit } from '../domain/order.js';
import type { OrderState } from './order-record.js';
import { markPiecesShipped } from './piece-store.js';

/** One row of `orders`, as it goes to the database in JSON. */
export interface OrderRow {
  /** Ours; a bigint in digits. */
  id: string;
  companyId: number;
  connectionId: number;
  environment: string;
  shopId: string;
  tiktokOrderId: string;
  tiktokStatus: string;
  tiktokUpdatedAt: Date;
  readAt: Date;
  state: OrderState;
  gate: string | null;
  gateReason: string | null;
  releaseAt: Date | null;
  documentKey: number | null;
  exportedAt: Date | null;
  tiktokCreatedAt: Date;
  paidAt: Date | null;
  shipBy: Date | null;
  buyerRequestsCancel: boolean;
  currency: string;
  total: string | null;
  deliveryOptionId: string | null;
  /** What it shares a parcel with others by. */
  parcelKey: string | null;
  packagesDue: boolean;
  data: object;
  personal: object | null;
}

/** Ids for orders that are about to be stored, so that nothing has to wait for their rows. */
export async function allocateOrderIds(tx: SqlTx, count: number): Promise<bigint[]> {
  if (count === 0) return [];
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT nextval('orders_id_seq') AS id FROM generate_series(1, ${count}::int)`;
  return rows.map(({ id }) => id);
}

/** Stores new orders in one statement. */
export async function insertOrders(tx: SqlTx, rows: OrderRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.$executeRaw(
    keepPlan(Prisma.sql`
    INSERT INTO orders (id, company_id, connection_id, environment, shop_id, tiktok_order_id, tiktok_status,
      tiktok_updated_at, read_at, state, gate, gate_reason, release_at, document_key, exported_at, tiktok_created_at,
      paid_at, ship_by, buyer_requests_cancel, currency, total, delivery_option_id, parcel_key, packages_due, data, personal)
    SELECT id, "companyId", "connectionId", environment, "shopId", "tiktokOrderId", "tiktokStatus",
      "tiktokUpdatedAt", "readAt", state, gate, "gateReason", "releaseAt", "documentKey", "exportedAt",
      "tiktokCreatedAt", "paidAt", "shipBy", "buyerRequestsCancel", currency, total, "deliveryOptionId", "parcelKey", "packagesDue", data::json,
      personal::json
    FROM json_to_recordset(${factsOf(rows)}::json) AS given (nth int, id bigint, "companyId" int, "connectionId" int,
      environment text, "shopId" text, "tiktokOrderId" text, "tiktokStatus" text, "tiktokUpdatedAt" timestamptz,
      "readAt" timestamptz, state text, gate text, "gateReason" text, "releaseAt" timestamptz, "documentKey" int,
      "exportedAt" timestamptz, "tiktokCreatedAt" timestamptz, "paidAt" timestamptz, "shipBy" timestamptz,
      "buyerRequestsCancel" boolean, currency text, total numeric, "deliveryOptionId" text, "parcelKey" text,
      "packagesDue" boolean)
    JOIN unnest(${dataOf(rows)}, ${personalOf(rows)}) WITH ORDINALITY AS texts (data, personal, nth) USING (nth)`),
  );
}

/** Overwrites locked orders in one statement. */
export async function updateOrders(tx: SqlTx, rows: OrderRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.$executeRaw`
    UPDATE orders o SET
      company_id = g."companyId", connection_id = g."connectionId", tiktok_status = g."tiktokStatus",
      tiktok_updated_at = g."tiktokUpdatedAt", read_at = g."readAt", state = g.state, gate = g.gate,
      gate_reason = g."gateReason", release_at = g."releaseAt", document_key = g."documentKey",
      exported_at = g."exportedAt", paid_at = g."paidAt", ship_by = g."shipBy",
      buyer_requests_cancel = g."buyerRequestsCancel", total = g.total, delivery_option_id = g."deliveryOptionId",
      parcel_key = g."parcelKey", packages_due = g."packagesDue",
      data = t.data::json, personal = CASE WHEN o.wiped_at IS NULL THEN t.personal::json END, updated_at = now()
    FROM json_to_recordset(${factsOf(rows)}::json) AS g (nth int, id bigint, "companyId" int, "connectionId" int,
      "tiktokStatus" text, "tiktokUpdatedAt" timestamptz, "readAt" timestamptz, state text, gate text,
      "gateReason" text, "releaseAt" timestamptz, "documentKey" int, "exportedAt" timestamptz, "paidAt" timestamptz,
      "shipBy" timestamptz, "buyerRequestsCancel" boolean, total numeric, "deliveryOptionId" text, "parcelKey" text,
      "packagesDue" boolean)
    JOIN unnest(${dataOf(rows)}, ${personalOf(rows)}) WITH ORDINALITY AS t (data, personal, nth) USING (nth)
    WHERE o.id = g.id`;
}

/** The columns but the two large ones, numbered so that these find their rows. */
function factsOf(rows: OrderRow[]): string {
  return JSON.stringify(
    rows.map(({ data: _data, personal: _personal, ...row }, index) => ({ nth: index + 1, ...row })),
  );
}

function dataOf(rows: OrderRow[]): Prisma.Sql {
  return jsonTexts(rows.map(({ data }) => JSON.stringify(data)));
}

function personalOf(rows: OrderRow[]): Prisma.Sql {
  return jsonTexts(rows.map(({ personal }) => personal && JSON.stringify(personal)));
}

/** Lines freeze at export: they are written once. */
export async function insertLines(
  tx: SqlTx,
  orders: { orderId: bigint; lines: OrderLine[] }[],
): Promise<void> {
  const rows = orders.flatMap(({ orderId, lines }) =>
    lines.map(({ unitIds: _unitIds, ...line }) => ({ orderId: String(orderId), ...line })),
  );
  if (rows.length === 0) return;
  await tx.$executeRaw(
    keepPlan(Prisma.sql`
    INSERT INTO order_lines (order_id, line_number, merchant_sku, supplier_sku, product_id, sku_id, product_name,
      sku_name, is_gift, original_price, sale_price, quantity, bundle)
    SELECT "orderId", "lineNumber", "merchantSku", "supplierSku", "productId", "skuId", "productName", "skuName",
      "isGift", "originalPrice", "salePrice", quantity, bundle
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("orderId" bigint, "lineNumber" int,
      "merchantSku" text, "supplierSku" text, "productId" text, "skuId" text, "productName" text, "skuName" text,
      "isGift" boolean, "originalPrice" numeric, "salePrice" numeric, quantity int, bundle jsonb)`),
  );
}

/** Pieces as they are to be from now on; whoever calls holds the order's lock. Claims of shipments stay untouched. */
export async function saveUnits(
  tx: SqlTx,
  orders: { orderId: bigint; units: StoredUnit[] }[],
): Promise<void> {
  const rows = orders.flatMap(({ orderId, units }) =>
    units.map((unit) => ({ orderId: String(orderId), ...unit })),
  );
  if (rows.length === 0) return;
  await tx.$executeRaw(
    keepPlan(Prisma.sql`
    INSERT INTO order_units (order_id, unit_id, line_number, sku_id, display_status, cancelled, package_id,
      tracking_number, shipped_at)
    SELECT "orderId", "unitId", "lineNumber", "skuId", "displayStatus", cancelled, "packageId", "trackingNumber",
      "shippedAt"
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("orderId" bigint, "unitId" text,
      "lineNumber" int, "skuId" text, "displayStatus" text, cancelled boolean, "packageId" text,
      "trackingNumber" text, "shippedAt" timestamptz)
    ON CONFLICT (order_id, unit_id) DO UPDATE SET display_status = excluded.display_status,
      cancelled = excluded.cancelled, package_id = excluded.package_id, tracking_number = excluded.tracking_number,
      shipped_at = excluded.shipped_at`),
  );
}

/** Pieces of an order for a shipment. */
export interface ClaimedPieces {
  orderId: bigint;
  unitIds: readonly string[];
  shipmentKey: number;
}

/**
 * Gives pieces to shipments, in one statement. Pieces that another shipment holds, or that are shipped or cancelled, are not
 * given.
 * @returns how many pieces they got; fewer than asked for means that a plan was made on old facts
 */
export async function claimUnits(tx: Tx, claims: readonly ClaimedPieces[]): Promise<number> {
  const rows = claims.flatMap(({ orderId, unitIds, shipmentKey }) =>
    unitIds.map((unitId) => ({ orderId: String(orderId), unitId, shipmentKey })),
  );
  if (rows.length === 0) return 0;
  return tx.$executeRaw`
    UPDATE order_units u SET shipment_key = given."shipmentKey"
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("orderId" bigint, "unitId" text, "shipmentKey" int)
    WHERE u.order_id = given."orderId" AND u.unit_id = given."unitId" AND NOT u.cancelled AND u.shipped_at IS NULL
      AND (u.shipment_key IS NULL OR u.shipment_key = given."shipmentKey")`;
}

/** Gives pieces that TikTok shows as shipped by it to a shipment that they were taken back from. */
export async function attributeUnits(
  tx: Tx,
  { orderId, unitIds, shipmentKey }: { orderId: bigint; unitIds: string[]; shipmentKey: number },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE order_units SET shipment_key = ${shipmentKey}
    WHERE order_id = ${orderId} AND unit_id = ANY(${unitIds}::text[]) AND NOT cancelled AND shipment_key IS NULL`;
}

/** Takes pieces back from a shipment that failed for good; those that did ship keep it. */
export async function releaseUnits(
  tx: Tx,
  { orderId, shipmentKey, unitIds }: { orderId: bigint; shipmentKey: number; unitIds?: string[] },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE order_units SET shipment_key = NULL
    WHERE order_id = ${orderId} AND shipment_key = ${shipmentKey} AND shipped_at IS NULL
      AND (${unitIds ?? null}::text[] IS NULL OR unit_id = ANY(${unitIds ?? null}::text[]))`;
}

/** Pieces that TikTok has cancelled. */
interface CancelledPieces {
  orderId: bigint;
  unitIds: readonly string[];
}

/**
 * Notes pieces as cancelled, whatever was known of them; whoever calls holds the orders' locks and settles them
 * afterwards. A claim of a shipment that is not sent yet stays: the shipment finds its pieces cancelled and says so.
 * @returns ids of the pieces that were not cancelled before
 */
export async function cancelUnits(tx: Tx, cancelled: readonly CancelledPieces[]): Promise<string[]> {
  const rows = cancelled.flatMap(({ orderId, unitIds }) =>
    unitIds.map((unitId) => ({ orderId: String(orderId), unitId })),
  );
  if (rows.length === 0) return [];
  const news = await tx.$queryRaw<{ unitId: string }[]>`
    UPDATE order_units u SET cancelled = true
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("orderId" bigint, "unitId" text)
    WHERE u.order_id = given."orderId" AND u.unit_id = given."unitId" AND NOT u.cancelled
    RETURNING u.unit_id AS "unitId"`;
  return news.map(({ unitId }) => unitId);
}

/** Notes that an acknowledgement tells of cancelled pieces, so that the order may end as Cancelled. */
export async function markCancellationAcknowledged(tx: Tx, orderIds: readonly bigint[]): Promise<void> {
  await tx.order.updateMany({
    where: { id: { in: [...orderIds] }, cancellationAcknowledged: false },
    data: { cancellationAcknowledged: true },
  });
}

/** Shows, or with null no longer shows, the buyer's open request on orders that the caller has locked. */
export async function setCancelRequests(
  tx: Tx,
  requests: readonly { orderId: bigint; request: CancelRequest | null }[],
): Promise<void> {
  if (requests.length === 0) return;
  const rows = requests.map(({ orderId, request }) => ({ orderId: String(orderId), request }));
  await tx.$executeRaw`
    UPDATE orders o SET updated_at = now(),
      cancel_request = CASE WHEN o.wiped_at IS NULL OR given.request IS NULL THEN given.request
        ELSE jsonb_set(given.request, '{reasonText}', 'null') END
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("orderId" bigint, request jsonb)
    WHERE o.id = given."orderId"`;
}

/** Keeps waiting orders out for good; nobody needs to know their buyers any more. */
export async function keepOut(
  tx: Tx,
  orders: readonly { orderId: bigint; gate: string; reason: string }[],
): Promise<void> {
  if (orders.length === 0) return;
  const rows = orders.map((order) => ({ ...order, orderId: String(order.orderId) }));
  await tx.$executeRaw`
    UPDATE orders o SET state = 'not_imported', gate = given.gate, gate_reason = given.reason, release_at = NULL,
      personal = NULL, updated_at = now()
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("orderId" bigint, gate text, reason text)
    WHERE o.id = given."orderId" AND o.state = 'waiting'`;
}

/** Notes what TikTok has confirmed about pieces; the order's document is rendered anew by the caller. */
export async function markUnitsShipped(
  tx: Tx,
  shipped: {
    orderId: bigint;
    unitIds: string[];
    packageId: string | null;
    trackingNumber: string;
    shippedAt: Date;
  },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE order_units SET package_id = coalesce(${shipped.packageId}::text, package_id),
      tracking_number = ${shipped.trackingNumber}, shipped_at = coalesce(shipped_at, ${shipped.shippedAt})
    WHERE order_id = ${shipped.orderId} AND unit_id = ANY(${shipped.unitIds}::text[]) AND NOT cancelled`;
  await markPiecesShipped(tx, shipped, shipped.shippedAt);
}
