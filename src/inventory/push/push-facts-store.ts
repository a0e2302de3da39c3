import { REMOVED } from '../../domain/product.js';
import { readOpenPieces, readPieces } from '../../orders/read-pieces.js';
import { readerOf, type Reader } from '../../store/bulk-reader.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import { Prisma } from '../../store/database.js';
import { MINUTE_MS } from '../../kernel/time.js';
import { readCounting, type Counting } from './counting.js';
import { factsOf, NO_PIECES, NONE_COMMITTED, type FactRow } from './push-fact-row.js';
import { ANYWHERE, type PushFacts, type ShopFacts } from '../rules/push-facts.js';
import type { PushTarget } from './push-store.js';
import { countRuleOf, type CountedPiece } from '../rules/stock-count.js';

const FACT_COLUMNS = Prisma.sql`i.sku_key AS "skuKey", i.supplier_sku AS "supplierSku", i.merchant_sku AS "merchantSku",
  i.quantity, trim_scale(i.cost)::text AS cost, i.warehouse, i.warehouses, i.version::text, i.resend,
  i.unsent_since AS "unsentSince", i.counted_at AS "countedAt", i.count_n::text AS "countN", i.cost_n::text AS "costN", i.is_apart AS "isApart",
  i.looked_n::text AS "lookedN", i.due_at AS "dueAt", i.push_gate AS "lastGate", i.drift,
  EXISTS (SELECT FROM inventory_items other WHERE other.connection_id = i.connection_id
    AND other.merchant_sku = i.merchant_sku AND other.sku_key <> i.sku_key) AS "isShared",
  s.sku_id AS "skuId", s.product_id AS "productId", s.seller_sku AS "sellerSku", s.product_status AS "productStatus",
  s.sku_status AS "skuStatus", trim_scale(s.price)::text AS price, s.currency, s.warehouses AS "skuWarehouses",
  EXISTS (SELECT FROM catalog_holds h WHERE h.environment = s.environment AND h.shop_id = s.shop_id
    AND h.product_id = s.product_id) AS "isHeld",
  s.read_at AS "readAt", s.stock_read_at AS "stockReadAt",
  NULLIF(v.stock, '{}') AS stock, v.stock_sent_at AS "stockSentAt", trim_scale(v.price)::text AS "sentPrice",
  v.price_sent_at AS "priceSentAt", NULLIF(v.stock_doubts, '[]') AS "stockDoubts",
  NULLIF(v.price_doubts, '[]') AS "priceDoubts", v.window_from AS "windowFrom", v.window_until AS "windowUntil", v.kept,
  v.repeats`;

/** Whose items, and what their shop is like. */
export interface ItemOwner {
  target: PushTarget;
  shop: ShopFacts;
}

/**
 * Everything that is to be known for deciding about items, those that wait longest first. All of it comes with one query:
 * of thousands of items the round trips and the lists of ids between several would cost more than the answers. What is
 * known of all items at once is read before: read afterwards, it could say that a newer feed has named values which the
 * rows had before that feed.
 * @param items a query of rows of `inventory_items` of the target's connection
 */
export async function readFacts(db: Reader, owner: ItemOwner, items: Prisma.Sql): Promise<PushFacts[]> {
  const counting = await readCounting(db, owner.target.connectionId);
  return completed(db, owner, counting, await db.$queryRaw<FactRow[]>(factQuery(owner, items)));
}

/** Few enough to be gone before Node looks for garbage a second time. */
const ROWS_AT_ONCE = 500;

/**
 * The same of any number of items, some hundred at a time: PostgreSQL looks the next ones up while these are worked on.
 * One reading at a time in a transaction.
 */
export async function* streamFacts(
  tx: Pick<BulkTx, 'query'>,
  owner: ItemOwner,
  items: Prisma.Sql,
): AsyncGenerator<PushFacts[]> {
  const { text, values } = factQuery(owner, items);
  const db = readerOf(tx);
  const counting = await readCounting(db, owner.target.connectionId);
  await tx.query(`DECLARE fact_rows NO SCROLL CURSOR FOR ${text}`, values);
  const readOn = (): Promise<FactRow[]> => {
    const rows = tx.query<FactRow>(`FETCH ${ROWS_AT_ONCE} FROM fact_rows`);
    // Who stops reading in the middle does not wait for it.
    rows.catch(() => undefined);
    return rows;
  };
  let begun: FactRow[] = [];
  for (let next = readOn(); ;) {
    const rows = await next;
    if (rows.length === 0) break;
    // The rows of the last item may go on in what comes next.
    const all = [...begun, ...rows];
    const whole = all.findLastIndex(({ skuKey }) => skuKey !== all.at(-1)?.skuKey) + 1;
    begun = all.slice(whole);
    const facts = completed(db, owner, counting, all.slice(0, whole));
    // Asked after what completes these, so that PostgreSQL works on it while the caller works on these.
    next = readOn();
    yield await facts;
  }
  await tx.query('CLOSE fact_rows');
  yield completed(db, owner, counting, begun);
}

function factQuery({ target }: ItemOwner, items: Prisma.Sql): Prisma.Sql {
  const { environment, shopId } = target;
  return Prisma.sql`
    SELECT ${FACT_COLUMNS} FROM (${items}) i
    LEFT JOIN catalog_skus s ON s.environment = ${environment} AND s.shop_id = ${shopId}
      AND s.seller_key = fold_sku(i.merchant_sku) AND s.sku_status <> ${REMOVED}
    LEFT JOIN sent_values v ON v.environment = ${environment} AND v.shop_id = ${shopId} AND v.sku_id = s.sku_id
    ORDER BY i.unsent_since, i.sku_key`;
}

async function completed(
  db: Reader,
  { target, shop }: ItemOwner,
  counting: Counting,
  rows: readonly FactRow[],
): Promise<PushFacts[]> {
  if (rows.length === 0) return [];
  const facts = factsOf(rows, shop, counting);
  await nameRivals(db, target, facts);
  await addPieces(db, target, facts);
  return facts;
}

/** Some of the other supplier SKUs that share an item's merchant SKU: as many as it takes to name them. */
async function nameRivals(
  db: Reader,
  { connectionId }: PushTarget,
  facts: readonly PushFacts[],
): Promise<void> {
  const shared = facts.filter(({ item }) => item.isShared);
  if (shared.length === 0) return;
  const merchantSkus = [...new Set(shared.map(({ item }) => item.merchantSku))];
  const rows = await db.$queryRaw<{ merchantSku: string; supplierSkus: string[] }[]>`
    SELECT merchant_sku AS "merchantSku", (array_agg(supplier_sku ORDER BY sku_key))[1:5] AS "supplierSkus"
    FROM inventory_items WHERE connection_id = ${connectionId} AND merchant_sku = ANY(${merchantSkus}::text[])
    GROUP BY merchant_sku`;
  const names = new Map(rows.map(({ merchantSku, supplierSkus }) => [merchantSku, supplierSkus]));
  for (const each of shared) {
    const all = names.get(each.item.merchantSku ?? '') ?? [];
    each.rivals = all.filter((other) => other !== each.item.supplierSku);
  }
}

/** Pieces by merchant SKU: a SKU that was made anew in TikTok keeps its history. */
async function addPieces(db: Reader, target: PushTarget, facts: readonly PushFacts[]): Promise<void> {
  const asked = facts.filter(({ sku, item }) => sku !== null && item.cells.length > 0);
  const [first] = asked;
  if (!first) return;
  const { lagMs } = countRuleOf(first.shop.settings);
  const counts = asked.flatMap(({ item }) => item.cells.map(({ at }) => at.getTime() - lagMs));
  const calls = asked.flatMap(({ sent: { window, kept } }) => [
    ...(window ? [window.from.getTime() - MINUTE_MS] : []),
    ...kept.map(({ at }) => Date.parse(at)),
  ]);
  const since = new Date(smallest([...counts, ...calls]));
  const sellerSkus = [...new Set(asked.map(({ sku }) => sku!.sellerSku))];
  const skuIds = asked.map(({ sku }) => sku!.skuId);
  const [pieces, open] = await Promise.all([
    readPieces(db, target, sellerSkus, since),
    readOpenPieces(db, target, skuIds),
  ]);
  const committed = new Map<string, Map<string, number>>();
  for (const { skuId, warehouseId, count } of open) {
    const known = committed.get(skuId) ?? new Map<string, number>();
    known.set(warehouseId ?? ANYWHERE, count);
    committed.set(skuId, known);
  }
  const bySku = new Map<string, CountedPiece[]>();
  for (const piece of pieces) {
    const others = bySku.get(piece.sellerSku);
    if (others) others.push(piece);
    else bySku.set(piece.sellerSku, [piece]);
  }
  for (const each of asked) {
    each.pieces = bySku.get(each.sku!.sellerSku) ?? NO_PIECES;
    each.knownCommitted = committed.get(each.sku!.skuId) ?? NONE_COMMITTED;
  }
}

/** Of any number of values, which a call's arguments do not hold. */
function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}
