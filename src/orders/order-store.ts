import { Prisma, type Database, type SqlTx, type Tx } from '../store/database.js';
import { unitLineOf } from '../domain/bundle.js';
import { compareIds, type OrderLine, type CancelRequest, type StoredUnit } from '../domain/order.js';
import {
  joinOrder,
  readCancelRequest,
  type OrderRecord,
  type OrderState,
  type StoredOrderData,
  type StoredPersonal,
  type Written,
} from './order-record.js';

/** A TikTok shop; orders belong to it, whichever connection reads them. */
export interface Shop {
  environment: string;
  shopId: string;
}

/** What is needed to see that an answer of TikTok brings nothing new. */
export interface OrderVersion {
  tiktokOrderId: string;
  connectionId: number;
  tiktokStatus: string;
  tiktokUpdatedAt: Date;
  readAt: Date;
  state: OrderState;
  releaseAt: Date | null;
  parcelKey: string | null;
}

export async function findVersions(
  tx: SqlTx,
  { environment, shopId }: Shop,
  tiktokOrderIds: readonly string[],
): Promise<Map<string, OrderVersion>> {
  const rows = await tx.$queryRaw<OrderVersion[]>`
    SELECT tiktok_order_id AS "tiktokOrderId", connection_id AS "connectionId",
      tiktok_status AS "tiktokStatus", tiktok_updated_at AS "tiktokUpdatedAt", read_at AS "readAt", state,
      release_at AS "releaseAt", parcel_key AS "parcelKey"
    FROM orders
    WHERE environment = ${environment} AND shop_id = ${shopId} AND tiktok_order_id = ANY(${tiktokOrderIds}::text[])`;
  return new Map(rows.map((row) => [row.tiktokOrderId, row]));
}

/**
 * Until the transaction ends nobody else takes in orders of this shop. Two workers that hold the same page would
 * otherwise both find an order missing and both make a document of it.
 */
export async function lockShop(tx: SqlTx, { environment, shopId }: Shop): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`orders ${environment} ${shopId}`}, 0))`;
}

/** Records by TikTok's order id, locked in ascending order of our id. */
export async function lockOrders(
  tx: SqlTx,
  { environment, shopId }: Shop,
  tiktokOrderIds: readonly string[],
): Promise<Map<string, OrderRecord>> {
  const ids = await lockWhere(
    tx,
    Prisma.sql`o.environment = ${environment} AND o.shop_id = ${shopId}
      AND o.tiktok_order_id = ANY(${tiktokOrderIds}::text[])`,
  );
  const records = await readOrderRecords(tx, ids);
  return new Map(records.map((record) => [record.order.tiktokOrderId, record]));
}

/** Locks orders by the keys of their documents, in the order that all writers keep. @returns our order ids, ascending */
export async function lockOrdersByDocuments(
  tx: Tx,
  { companyId, documentKeys }: { companyId: number; documentKeys: readonly number[] },
): Promise<bigint[]> {
  return lockWhere(
    tx,
    Prisma.sql`o.company_id = ${companyId} AND o.document_key = ANY(${documentKeys}::int[])`,
  );
}

/**
 * Locks without reading. Who had to wait for a lock gets the newest row of the locked table from that statement, but the
 * pieces of the order as they were before the wait; only the next statement sees what the other has written.
 */
async function lockWhere(tx: SqlTx, where: Prisma.Sql): Promise<bigint[]> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT o.id FROM orders o WHERE ${where} ORDER BY o.id FOR UPDATE`;
  return rows.map(({ id }) => id);
}

/**
 * The order behind a document, locked for the rest of the transaction: every change of an order, its pieces or its
 * document starts here. Null also when the document is another company's.
 */
export async function lockOrderByDocument(
  tx: Tx,
  { companyId, documentKey }: { companyId: number; documentKey: number },
): Promise<OrderRecord | null> {
  const ids = await lockOrdersByDocuments(tx, { companyId, documentKeys: [documentKey] });
  const [record] = await readOrderRecords(tx, ids);
  return record ?? null;
}

/** By TikTok's order id, which is the PartnerPO; one company may have it in more than one shop. Newest first. */
export async function findOrdersByTiktokId(
  db: Database | Tx,
  { companyId, tiktokOrderId }: { companyId: number; tiktokOrderId: string },
): Promise<OrderRecord[]> {
  const where = Prisma.sql`o.company_id = ${companyId} AND o.tiktok_order_id = ${tiktokOrderId}`;
  const records = await selectOrders('prisma' in db ? db.prisma : db, where);
  return records.toReversed();
}

export async function findOrderByDocument(
  db: Database | Tx,
  { companyId, documentKey }: { companyId: number; documentKey: number },
): Promise<OrderRecord | null> {
  const where = Prisma.sql`o.company_id = ${companyId} AND o.document_key = ${documentKey}`;
  const [record] = await selectOrders('prisma' in db ? db.prisma : db, where);
  return record ?? null;
}

/** The orders behind documents, by our id, ascending; without a lock. */
export async function findOrdersByDocuments(
  tx: Tx,
  { companyId, documentKeys }: { companyId: number; documentKeys: readonly number[] },
): Promise<OrderRecord[]> {
  if (documentKeys.length === 0) return [];
  return selectOrders(
    tx,
    Prisma.sql`o.company_id = ${companyId} AND o.document_key = ANY(${documentKeys}::int[])`,
  );
}

/** Orders of a shop by TikTok's ids, without a lock; ones that no pull has seen are missing. */
export async function findOrdersOfShop(
  tx: Tx,
  { environment, shopId }: Shop,
  tiktokOrderIds: readonly string[],
): Promise<OrderRecord[]> {
  return selectOrders(
    tx,
    Prisma.sql`o.environment = ${environment} AND o.shop_id = ${shopId}
      AND o.tiktok_order_id = ANY(${tiktokOrderIds}::text[])`,
  );
}

/** Our ids, ascending, of a shop's orders that share these parcels, and of those that are named. */
export async function findSharing(
  tx: SqlTx,
  { environment, shopId }: Shop,
  { parcelKeys, tiktokOrderIds = [] }: { parcelKeys: readonly string[]; tiktokOrderIds?: readonly string[] },
): Promise<bigint[]> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM orders WHERE environment = ${environment} AND shop_id = ${shopId}
      AND parcel_key = ANY(${parcelKeys}::text[])
    UNION
    SELECT id FROM orders WHERE environment = ${environment} AND shop_id = ${shopId}
      AND tiktok_order_id = ANY(${tiktokOrderIds}::text[])
    ORDER BY id`;
  return rows.map(({ id }) => id);
}

/** The same for those that share parcels, by TikTok's id, so that they can be locked together with others. */
export async function findSharingIds(
  tx: SqlTx,
  { environment, shopId }: Shop,
  parcelKeys: readonly string[],
): Promise<string[]> {
  if (parcelKeys.length === 0) return [];
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT tiktok_order_id AS id FROM orders WHERE environment = ${environment} AND shop_id = ${shopId}
      AND parcel_key = ANY(${parcelKeys}::text[])`;
  return rows.map(({ id }) => id);
}

/** Document keys of orders that the company has been given, by TikTok's ids. */
export async function findDocumentKeys(
  tx: SqlTx,
  { environment, shopId, companyId }: Shop & { companyId: number },
  tiktokOrderIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ id: string; key: number }[]>`
    SELECT tiktok_order_id AS id, document_key AS key FROM orders
    WHERE environment = ${environment} AND shop_id = ${shopId} AND company_id = ${companyId}
      AND tiktok_order_id = ANY(${tiktokOrderIds}::text[]) AND document_key IS NOT NULL`;
  return new Map(rows.map(({ id, key }) => [id, key]));
}

/** By our own ids, ascending; without a lock. */
export async function readOrderRecords(tx: SqlTx, orderIds: readonly bigint[]): Promise<OrderRecord[]> {
  if (orderIds.length === 0) return [];
  return selectOrders(tx, Prisma.sql`o.id = ANY(${orderIds.map(String)}::bigint[])`);
}

interface SelectedOrder extends Omit<
  OrderRecord,
  'order' | 'laterRecipient' | 'cancelRequest' | 'constantAttributes' | 'lines' | 'units'
> {
  cancelRequest: Written<CancelRequest> | null;
  data: StoredOrderData;
  personal: StoredPersonal | null;
  lines: Omit<OrderLine, 'unitIds'>[];
  units: (Omit<StoredUnit, 'shippedAt'> & { shippedAt: string | null })[];
}

async function selectOrders(tx: SqlTx, where: Prisma.Sql): Promise<OrderRecord[]> {
  const rows = await tx.$queryRaw<SelectedOrder[]>`
    SELECT o.id, o.company_id AS "companyId", o.connection_id AS "connectionId", o.state, o.gate,
      o.gate_reason AS "gateReason", o.release_at AS "releaseAt", o.document_key AS "documentKey",
      o.exported_at AS "exportedAt", o.read_at AS "readAt", o.wiped_at AS "wipedAt", o.data, o.personal,
      o.cancel_request AS "cancelRequest", o.cancellation_acknowledged AS "cancellationAcknowledged",
      o.parcel_key AS "parcelKey",
      CASE WHEN o.parcel_key IS NULL THEN '[]'::json ELSE coalesce((SELECT json_agg(x.tiktok_order_id ORDER BY x.id)
        FROM orders x WHERE x.environment = o.environment AND x.shop_id = o.shop_id AND x.parcel_key = o.parcel_key
          AND x.id <> o.id), '[]'::json) END AS together,
      coalesce((SELECT json_agg(json_build_object('lineNumber', l.line_number::text, 'productId', l.product_id,
        'skuId', l.sku_id, 'merchantSku', l.merchant_sku, 'supplierSku', l.supplier_sku, 'lateSku', l.late_sku,
        'productName', l.product_name, 'skuName', l.sku_name, 'isGift', l.is_gift,
        'originalPrice', trim_scale(l.original_price)::text, 'salePrice', trim_scale(l.sale_price)::text,
        'quantity', l.quantity, 'bundle', l.bundle) ORDER BY l.line_number) FROM order_lines l WHERE l.order_id = o.id), '[]') AS lines,
      coalesce((SELECT json_agg(json_build_object('unitId', u.unit_id, 'lineNumber', u.line_number::text,
        'skuId', u.sku_id, 'displayStatus', u.display_status, 'cancelled', u.cancelled, 'packageId', u.package_id,
        'trackingNumber', u.tracking_number, 'shippedAt', u.shipped_at, 'shipmentKey', u.shipment_key)
        ORDER BY length(u.unit_id), u.unit_id) FROM order_units u WHERE u.order_id = o.id), '[]') AS units
    FROM orders o WHERE ${where} ORDER BY o.id`;
  return rows.map(toRecord);
}

function toRecord({ data, personal, lines, units, ...row }: SelectedOrder): OrderRecord {
  return {
    ...row,
    order: joinOrder(data, personal),
    laterRecipient: personal?.laterRecipient ?? null,
    cancelRequest: readCancelRequest(row.cancelRequest),
    constantAttributes: data.constantAttributes ?? [],
    lines: lines.map((line) => ({ ...line, unitIds: unitIdsOf(unitLineOf(line), units) })),
    units: units.map((unit) => ({
      ...unit,
      shippedAt: unit.shippedAt === null ? null : new Date(unit.shippedAt),
    })),
  };
}

function unitIdsOf(lineNumber: string, units: SelectedOrder['units']): string[] {
  const own = units.filter((unit) => unit.lineNumber === lineNumber);
  return own.map(({ unitId }) => unitId).toSorted(compareIds);
}

/**
 * Exported orders whose open request, as the order itself says it, is not the one that is shown: it is new, or over. By
 * our id, ascending, from `after` on.
 */
export async function findUnnotedRequests(
  tx: Tx,
  { connectionId, after, limit }: { connectionId: number; after: bigint; limit: number },
): Promise<{ id: bigint; tiktokOrderId: string }[]> {
  return tx.$queryRaw<{ id: bigint; tiktokOrderId: string }[]>`
    SELECT id, tiktok_order_id AS "tiktokOrderId" FROM orders
    WHERE connection_id = ${connectionId} AND state = 'exported' AND id > ${after}
      AND (buyer_requests_cancel OR cancel_request IS NOT NULL)
      AND (buyer_requests_cancel AND tiktok_status <> 'CANCELLED') <> (cancel_request IS NOT NULL)
    ORDER BY id LIMIT ${limit}`;
}

/** Ids of waiting orders that are due at `now` (TikTok's time), longest due first. */
export async function findDueOrders(
  tx: Tx,
  { connectionId, now, limit }: { connectionId: number; now: Date; limit: number },
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT tiktok_order_id AS id FROM orders
    WHERE connection_id = ${connectionId} AND state = 'waiting' AND release_at <= ${now}
    ORDER BY release_at, id LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** When the next waiting order of a connection may be due; null: none waits. */
export async function nextReleaseAt(tx: Tx, connectionId: number): Promise<Date | null> {
  const [row] = await tx.$queryRaw<{ at: Date | null }[]>`
    SELECT min(release_at) AS at FROM orders WHERE connection_id = ${connectionId} AND state = 'waiting'`;
  return row?.at ?? null;
}

/** When the newest order was placed, in TikTok's time, of those that a connection has handed out since; null: it has none. */
export async function newestOrderSince(
  tx: Tx,
  { connectionId, since }: { connectionId: number; since: Date },
): Promise<Date | null> {
  const [row] = await tx.$queryRaw<{ at: Date | null }[]>`
    SELECT max(tiktok_created_at) AS at FROM orders
    WHERE connection_id = ${connectionId} AND exported_at > ${since}`;
  return row?.at ?? null;
}

/** Looks again later at those of the named orders that are still due at `now`. */
export async function postponeOrders(
  tx: Tx,
  { connectionId, ids, now, until }: { connectionId: number; ids: string[]; now: Date; until: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE orders SET release_at = ${until}, updated_at = now()
    WHERE connection_id = ${connectionId} AND state = 'waiting' AND release_at <= ${now}
      AND tiktok_order_id = ANY(${ids}::text[])`;
}
