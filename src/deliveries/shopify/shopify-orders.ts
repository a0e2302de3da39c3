import { Prisma, type SqlTx, type Tx } from '../../store/database.js';
import { StatusCode } from '../../logicbroker/statuses.js';

/** How an order stands with a Shopify store. */
export interface ShopifyOrderRow {
  storeId: number;
  documentKey: number;
  tiktokOrderId: string;
  state: 'waiting' | 'sending' | 'delivered' | 'cancelling' | 'cancelled' | 'kept';
  reason: string | null;
  tries: number;
  nextAt: Date | null;
  shopifyId: string | null;
  shopifyName: string | null;
}

const columns = Prisma.sql`s.store_id AS "storeId", s.document_key AS "documentKey", s.tiktok_order_id AS "tiktokOrderId",
  s.state, s.reason, s.tries, s.next_at AS "nextAt", s.shopify_id AS "shopifyId", s.shopify_name AS "shopifyName"`;

/**
 * Documents of orders that wait to be taken, and that nobody is bringing to the store now. One that was moved back to
 * Submitted by hand is among them.
 */
export async function findUndeliveredOrders(
  db: SqlTx,
  which: { storeId: number; companyId: number; connectionId: number; now: Date; limit: number },
): Promise<number[]> {
  const { storeId, companyId, connectionId, now, limit } = which;
  const ready = [StatusCode.submitted, StatusCode.readyToAcknowledge];
  const rows = await db.$queryRaw<{ key: number }[]>`
    SELECT d.key FROM documents d
    LEFT JOIN shopify_orders s ON s.store_id = ${storeId} AND s.document_key = d.key
    WHERE d.company_id = ${companyId} AND d.type = 'order' AND d.status_code = ANY(${ready}::int[])
      AND d.connection_id = ${connectionId}
      AND (s.state IS NULL OR s.state = 'delivered' OR (s.state = 'waiting' AND s.next_at <= ${now}))
    ORDER BY d.key LIMIT ${limit}::int`;
  return rows.map(({ key }) => key);
}

/** Orders in a store which TikTok shows cancelled as a whole, and of which the store does not know. */
export async function findOrdersToCancel(
  db: SqlTx,
  { storeId, limit }: { storeId: number; limit: number },
): Promise<ShopifyOrderRow[]> {
  return db.$queryRaw<ShopifyOrderRow[]>`
    SELECT ${columns} FROM shopify_orders s JOIN documents d ON d.key = s.document_key
      JOIN orders o ON o.document_key = s.document_key
    WHERE s.store_id = ${storeId} AND s.state = 'delivered'
      AND (d.status_code = ${StatusCode.cancelled} OR o.data->>'status' = 'CANCELLED')
    ORDER BY s.document_key LIMIT ${limit}::int`;
}

export async function findShopifyOrders(
  db: SqlTx,
  which: { storeId: number } & ({ shopifyIds: readonly string[] } | { documentKeys: readonly number[] }),
): Promise<ShopifyOrderRow[]> {
  const chosen =
    'shopifyIds' in which
      ? Prisma.sql`s.shopify_id = ANY(${[...which.shopifyIds]}::text[])`
      : Prisma.sql`s.document_key = ANY(${[...which.documentKeys]}::int[])`;
  return db.$queryRaw<ShopifyOrderRow[]>`
    SELECT ${columns} FROM shopify_orders s WHERE s.store_id = ${which.storeId} AND ${chosen}`;
}

/** How an order stands with the store of its shop, for Explain; null where its shop has none. `state` null: nobody has looked at it. */
export async function findStandingOf(
  db: SqlTx,
  { companyId, orderKey }: { companyId: number; orderKey: number },
): Promise<
  | (Pick<ShopifyOrderRow, 'reason' | 'nextAt' | 'shopifyName'> & {
      state: ShopifyOrderRow['state'] | null;
      domain: string;
      storeState: string;
      storeReason: string | null;
    })
  | null
> {
  const [row] = await db.$queryRaw<NonNullable<Awaited<ReturnType<typeof findStandingOf>>>[]>`
    SELECT s.state, s.reason, s.next_at AS "nextAt", s.shopify_name AS "shopifyName", t.domain,
      t.state AS "storeState", t.state_reason AS "storeReason"
    FROM documents d JOIN shopify_stores t ON t.connection_id = d.connection_id AND t.state <> 'removed'
    LEFT JOIN shopify_orders s ON s.store_id = t.id AND s.document_key = d.key
    WHERE d.key = ${orderKey} AND d.company_id = ${companyId}`;
  return row ?? null;
}

/** Orders that cannot go to a store yet, oldest first, at most 100. */
export async function listWaitingOrders(tx: Tx, storeId: number): Promise<ShopifyOrderRow[]> {
  const rows = await tx.shopifyOrder.findMany({
    where: { storeId, state: 'waiting' },
    orderBy: { documentKey: 'asc' },
    take: 100,
  });
  return rows as unknown as ShopifyOrderRow[];
}

/** What a webhook has named is to be read. @returns whether the store has such an order of ours */
export async function askToReread(
  tx: SqlTx,
  { storeId, shopifyId, now }: { storeId: number; shopifyId: string; now: Date },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE shopify_orders SET reread_at = ${now} WHERE store_id = ${storeId} AND shopify_id = ${shopifyId}`;
  return count > 0;
}

/**
 * Parcels that were refused are tried again when they have not been for so long, as long as their order is open: a rule may let them
 * pass by now.
 */
export async function rereadRefused(
  tx: SqlTx,
  { storeId, now, olderThan }: { storeId: number; now: Date; olderThan: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE shopify_orders s SET reread_at = ${now}
    FROM shopify_parcels p JOIN documents d ON d.key = p.document_key
    WHERE p.store_id = s.store_id AND p.document_key = s.document_key AND s.store_id = ${storeId}
      AND p.state = 'refused' AND p.updated_at < ${olderThan} AND s.reread_at IS NULL
      AND d.status_code NOT IN (${StatusCode.complete}, ${StatusCode.cancelled}, ${StatusCode.ignored})`;
}

/** @returns Shopify's ids, with when that was asked for */
export async function findToReread(
  db: SqlTx,
  { storeId, limit }: { storeId: number; limit: number },
): Promise<{ shopifyId: string; rereadAt: Date }[]> {
  return db.$queryRaw`
    SELECT shopify_id AS "shopifyId", reread_at AS "rereadAt" FROM shopify_orders
    WHERE store_id = ${storeId} AND reread_at IS NOT NULL ORDER BY reread_at LIMIT ${limit}::int`;
}

/** Read, unless a webhook has named it again since. */
export async function noteReread(
  tx: SqlTx,
  { storeId, shopifyId, rereadAt }: { storeId: number; shopifyId: string; rereadAt: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE shopify_orders SET reread_at = NULL
    WHERE store_id = ${storeId} AND shopify_id = ${shopifyId} AND reread_at <= ${rereadAt}`;
}

/** The row of an order, new or changed. */
export async function saveShopifyOrder(
  tx: Tx,
  {
    now,
    ...row
  }: Omit<ShopifyOrderRow, 'shopifyId' | 'shopifyName'> &
    Partial<Pick<ShopifyOrderRow, 'shopifyId' | 'shopifyName'>> & { rereadAt?: Date; now: Date },
): Promise<void> {
  const { storeId, documentKey, ...rest } = row;
  await tx.shopifyOrder.upsert({
    where: { storeId_documentKey: { storeId, documentKey } },
    create: { ...row, updatedAt: now },
    update: { ...rest, updatedAt: now },
  });
}

/** A fulfilment as it was last taken. */
export interface ShopifyParcel {
  storeId: number;
  fulfillmentId: string;
  documentKey: number;
  shipmentKey: number | null;
  state: 'waiting' | 'taken' | 'refused' | 'cancelled';
  reason: string | null;
  hash: string;
}

export async function findParcels(tx: Tx, storeId: number, documentKey: number): Promise<ShopifyParcel[]> {
  const rows = await tx.shopifyParcel.findMany({
    where: { storeId, documentKey },
    orderBy: { fulfillmentId: 'asc' },
  });
  return rows as unknown as ShopifyParcel[];
}

export async function saveParcel(tx: Tx, { now, ...row }: ShopifyParcel & { now: Date }): Promise<void> {
  const { storeId, fulfillmentId, ...rest } = row;
  await tx.shopifyParcel.upsert({
    where: { storeId_fulfillmentId: { storeId, fulfillmentId } },
    create: { ...row, updatedAt: now },
    update: { ...rest, updatedAt: now },
  });
}
