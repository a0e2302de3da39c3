import { findSkus } from '../catalogue/catalogue-store.js';
import type { MirrorSku } from '../catalogue/catalogue.js';
import { countUnitsOrderedSince } from '../orders/ordered-units.js';
import type { Reader } from '../store/bulk-reader.js';
import { Prisma } from '../store/database.js';
import type { PushFacts, PushItem, ShopFacts } from './push-facts.js';
import { findSent, undecided, type PushTarget } from './push-store.js';
import { chooseSku } from './push-values.js';
import { foldSku } from './sku.js';

/** Of items whose prices wait until all sold-out SKUs are sent. */
export const SOLD_OUT_FIRST = 'sold-out-first';

/** Others of the products that were picked; a product with more changed SKUs gets another call. */
const MOST_SIBLINGS = 2_000;

const ITEM_COLUMNS = Prisma.sql`i.sku_key AS "skuKey", i.supplier_sku AS "supplierSku", i.merchant_sku AS "merchantSku",
  i.quantity, trim_scale(i.cost)::text AS cost, i.warehouse, i.warehouses, i.version::text, i.resend, i.unsent_since AS "unsentSince",
  i.counted_at AS "countedAt", i.push_gate AS "lastGate"`;

/**
 * The items to decide about next, those that wait longest first, and with them all others of the same products, so that
 * a product takes one call. `soldOut`: only items of which the seller has none left.
 */
export async function pickItems(
  db: Reader,
  { connectionId, environment, shopId }: PushTarget,
  { soldOut, limit }: { soldOut: boolean; limit: number },
): Promise<PushItem[]> {
  const which = soldOut
    ? Prisma.sql`${undecided} AND i.quantity = 0 AND i.push_gate IS DISTINCT FROM ${SOLD_OUT_FIRST}`
    : undecided;
  return db.$queryRaw<PushItem[]>`
    WITH picked AS (
      SELECT i.sku_key, i.merchant_sku FROM inventory_items i
      WHERE i.connection_id = ${connectionId} AND ${which} ORDER BY i.unsent_since LIMIT ${limit}
    ), products AS (
      SELECT DISTINCT s.product_id FROM picked p JOIN catalog_skus s
        ON s.environment = ${environment} AND s.shop_id = ${shopId} AND s.seller_key = fold_sku(p.merchant_sku)
    ), siblings AS (
      SELECT i.sku_key FROM products JOIN catalog_skus s
        ON s.environment = ${environment} AND s.shop_id = ${shopId} AND s.product_id = products.product_id
      JOIN inventory_items i ON i.connection_id = ${connectionId} AND i.merchant_sku = s.seller_sku
      WHERE ${which} LIMIT ${MOST_SIBLINGS}
    )
    SELECT ${ITEM_COLUMNS} FROM inventory_items i
    WHERE i.connection_id = ${connectionId}
      AND i.sku_key IN (SELECT sku_key FROM picked UNION SELECT sku_key FROM siblings)
    ORDER BY i.unsent_since, i.sku_key`;
}

const ITEMS_PER_PAGE = 2_000;

/** All items that wait for a decision, by key, page by page. */
export async function* readUndecided(db: Reader, connectionId: number): AsyncGenerator<PushItem[]> {
  for (let after = ''; ;) {
    const page = await db.$queryRaw<PushItem[]>`
      SELECT ${ITEM_COLUMNS} FROM inventory_items i
      WHERE i.connection_id = ${connectionId} AND ${undecided} AND i.sku_key > ${after}
      ORDER BY i.sku_key LIMIT ${ITEMS_PER_PAGE}`;
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = last.skuKey;
  }
}

/** By the ERP's SKU, whose case counts only where the connection says so. Null: there is no such item. */
export async function findPushItem(
  db: Reader,
  connectionId: number,
  supplierSku: string,
): Promise<PushItem | null> {
  const [item] = await db.$queryRaw<PushItem[]>`
    SELECT ${ITEM_COLUMNS} FROM inventory_items i
    WHERE i.connection_id = ${connectionId} AND i.sku_key = CASE
      WHEN (SELECT s.case_sensitive FROM inventory_states s WHERE s.connection_id = ${connectionId})
      THEN ${supplierSku}::text ELSE fold_sku(${supplierSku}::text) END`;
  return item ?? null;
}

/** What the last push that decided about an item came to. */
export interface LastVerdict {
  state: 'sent' | 'waiting' | 'refused' | null;
  reason: string | null;
  next: string | null;
  retryAt: Date | null;
  pushedAt: Date | null;
}

export async function findVerdict(
  db: Reader,
  connectionId: number,
  skuKey: string,
): Promise<LastVerdict | null> {
  const [row] = await db.$queryRaw<LastVerdict[]>`
    SELECT push_state AS state, push_reason AS reason, push_next AS next, retry_at AS "retryAt",
      pushed_at AS "pushedAt"
    FROM inventory_items WHERE connection_id = ${connectionId} AND sku_key = ${skuKey}`;
  return row ?? null;
}

/** Everything that is to be known for deciding about these items, in a fixed number of queries. */
export async function gatherFacts(
  db: Reader,
  target: PushTarget,
  shop: ShopFacts,
  items: readonly PushItem[],
): Promise<PushFacts[]> {
  const merchantSkus = [...new Set(items.flatMap(({ merchantSku }) => merchantSku ?? []))];
  const candidates = byKey(await findSkus(db, target, merchantSkus));
  const rivals = await findRivals(db, target.connectionId, merchantSkus);
  const chosen = items.map((item) => {
    const known = item.merchantSku === null ? [] : (candidates.get(foldSku(item.merchantSku, false)) ?? []);
    return { item, candidates: known, sku: chooseSku({ item, candidates: known }) };
  });
  const sent = await findSent(
    db,
    target,
    chosen.flatMap(({ sku }) => sku?.skuId ?? []),
  );
  const reserved = await findReserved(db, target, shop, chosen);
  return chosen.map(({ item, candidates: known, sku }) => ({
    item,
    shop,
    candidates: known,
    rivals: (rivals.get(item.merchantSku ?? '') ?? []).filter((other) => other !== item.supplierSku),
    sentStock: sent.stock.get(sku?.skuId ?? '') ?? [],
    sentPrice: sent.prices.get(sku?.skuId ?? '') ?? null,
    reserved: reserved.get(sku?.skuId ?? '') ?? 0,
  }));
}

async function findRivals(
  db: Reader,
  connectionId: number,
  merchantSkus: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await db.$queryRaw<{ merchantSku: string; supplierSkus: string[] }[]>`
    SELECT merchant_sku AS "merchantSku", (array_agg(supplier_sku ORDER BY sku_key))[1:5] AS "supplierSkus"
    FROM inventory_items
    WHERE connection_id = ${connectionId} AND merchant_sku = ANY(${merchantSkus}::text[])
    GROUP BY merchant_sku HAVING count(*) > 1`;
  return new Map(rows.map(({ merchantSku, supplierSkus }) => [merchantSku, supplierSkus]));
}

async function findReserved(
  db: Reader,
  { connectionId }: PushTarget,
  { settings }: ShopFacts,
  chosen: readonly { item: PushItem; sku: MirrorSku | null }[],
): Promise<Map<string, number>> {
  if (!settings.reserveOrdered) return new Map();
  const asked = chosen.flatMap(({ item, sku }) =>
    sku && item.countedAt ? [{ skuId: sku.skuId, since: item.countedAt }] : [],
  );
  return countUnitsOrderedSince(db, connectionId, asked);
}

function byKey(skus: readonly MirrorSku[]): Map<string, MirrorSku[]> {
  const groups = new Map<string, MirrorSku[]>();
  for (const sku of skus) {
    const key = foldSku(sku.sellerSku, false);
    const others = groups.get(key);
    if (others) others.push(sku);
    else groups.set(key, [sku]);
  }
  return groups;
}
