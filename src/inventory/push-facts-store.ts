import { REMOVED, type MirrorSku } from '../catalogue/catalogue.js';
import type { DecimalString } from '../money.js';
import { countUnitsOrderedSince } from '../orders/ordered-units.js';
import { readerOf, type Reader } from '../store/bulk-reader.js';
import type { BulkTx } from '../store/bulk-transaction.js';
import { Prisma } from '../store/database.js';
import type { PushFacts, PushItem, SentAmount, SentQuantity, ShopFacts } from './push-facts.js';
import type { PushTarget } from './push-store.js';
import { chooseSku } from './push-values.js';

/** An item with one of the SKUs that its merchant SKU may mean, and what that was last sent. */
interface FactRow extends PushItem {
  /** Null: TikTok has no such SKU. The columns up to `skuWarehouses` are of the SKU. */
  skuId: string | null;
  productId: string;
  sellerSku: string;
  productStatus: string;
  skuStatus: string;
  price: string | null;
  currency: string | null;
  skuWarehouses: MirrorSku['warehouses'];
  readAt?: Date | null;
  /** By warehouse; null: nothing was ever sent for the SKU. */
  stock: Record<string, number> | null;
  /** Warehouses; null: none. */
  stockInDoubt: string[] | null;
  stockSentAt?: Date | null;
  sentPrice: DecimalString | null;
  priceInDoubt: boolean | null;
  priceSentAt?: Date | null;
}

const FACT_COLUMNS = Prisma.sql`i.sku_key AS "skuKey", i.supplier_sku AS "supplierSku", i.merchant_sku AS "merchantSku",
  i.quantity, trim_scale(i.cost)::text AS cost, i.warehouse, i.warehouses, i.version::text, i.resend,
  i.unsent_since AS "unsentSince", i.counted_at AS "countedAt", i.push_gate AS "lastGate",
  EXISTS (SELECT FROM inventory_items other WHERE other.connection_id = i.connection_id
    AND other.merchant_sku = i.merchant_sku AND other.sku_key <> i.sku_key) AS "isShared",
  s.sku_id AS "skuId", s.product_id AS "productId", s.seller_sku AS "sellerSku", s.product_status AS "productStatus",
  s.sku_status AS "skuStatus", trim_scale(s.price)::text AS price, s.currency, s.warehouses AS "skuWarehouses",
  v.stock, NULLIF(v.stock_in_doubt, '{}') AS "stockInDoubt", trim_scale(v.price)::text AS "sentPrice",
  v.price_in_doubt AS "priceInDoubt"`;
/** Decide nothing and are dear to read: only an explanation tells them. */
const FACT_TIMES = Prisma.sql`, s.read_at AS "readAt", v.stock_sent_at AS "stockSentAt", v.price_sent_at AS "priceSentAt"`;

/** Whose items, and what their shop is like. */
export interface ItemOwner {
  target: PushTarget;
  shop: ShopFacts;
}

export interface FactOptions {
  /** Whether times are wanted that people are told and that decide nothing; null otherwise. */
  times?: boolean;
}

/**
 * Everything that is to be known for deciding about items, those that wait longest first. All of it comes with one query:
 * of thousands of items the round trips and the lists of ids between several would cost more than the answers.
 * @param items a query of rows of `inventory_items` of the target's connection
 */
export async function readFacts(
  db: Reader,
  owner: ItemOwner,
  items: Prisma.Sql,
  options: FactOptions = {},
): Promise<PushFacts[]> {
  return completed(db, owner, await db.$queryRaw<FactRow[]>(factQuery(owner, items, options)));
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
  const { text, values } = factQuery(owner, items, {});
  await tx.query(`DECLARE fact_rows NO SCROLL CURSOR FOR ${text}`, values);
  const readOn = (): Promise<FactRow[]> => {
    const rows = tx.query<FactRow>(`FETCH ${ROWS_AT_ONCE} FROM fact_rows`);
    // Who stops reading in the middle does not wait for it.
    rows.catch(() => undefined);
    return rows;
  };
  const db = readerOf(tx);
  let begun: FactRow[] = [];
  for (let next = readOn(); ;) {
    const rows = await next;
    if (rows.length === 0) break;
    next = readOn();
    // The rows of the last item may go on in what comes next.
    const all = [...begun, ...rows];
    const whole = all.findLastIndex(({ skuKey }) => skuKey !== all.at(-1)?.skuKey) + 1;
    begun = all.slice(whole);
    yield completed(db, owner, all.slice(0, whole));
  }
  await tx.query('CLOSE fact_rows');
  yield completed(db, owner, begun);
}

function factQuery({ target }: ItemOwner, items: Prisma.Sql, { times }: FactOptions): Prisma.Sql {
  const { environment, shopId } = target;
  return Prisma.sql`
    SELECT ${FACT_COLUMNS}${times ? FACT_TIMES : Prisma.empty} FROM (${items}) i
    LEFT JOIN catalog_skus s ON s.environment = ${environment} AND s.shop_id = ${shopId}
      AND s.seller_key = fold_sku(i.merchant_sku) AND s.sku_status <> ${REMOVED}
    LEFT JOIN sent_values v ON v.environment = ${environment} AND v.shop_id = ${shopId} AND v.sku_id = s.sku_id
    ORDER BY i.unsent_since, i.sku_key`;
}

async function completed(
  db: Reader,
  { target, shop }: ItemOwner,
  rows: readonly FactRow[],
): Promise<PushFacts[]> {
  const facts = factsOf(rows, shop);
  await nameRivals(db, target, facts);
  await addReserved(db, target, shop, facts);
  return facts;
}

/** The rows of an item follow each other. */
function factsOf(rows: readonly FactRow[], shop: ShopFacts): PushFacts[] {
  const facts: PushFacts[] = [];
  let start = 0;
  for (const [nth, row] of rows.entries()) {
    if (rows[nth + 1]?.skuKey === row.skuKey) continue;
    facts.push(factsOfItem(row, rows.slice(start, nth + 1), shop));
    start = nth + 1;
  }
  return facts;
}

function factsOfItem(item: FactRow, rows: readonly FactRow[], shop: ShopFacts): PushFacts {
  const candidates = rows.flatMap(skuOf);
  if (candidates.length > 1) candidates.sort((a, b) => (a.skuId < b.skuId ? -1 : 1));
  const sku = chooseSku({ item, candidates });
  const sent = sku && rows.find(({ skuId }) => skuId === sku.skuId);
  return {
    item,
    shop,
    candidates,
    sku,
    rivals: [],
    sentStock: sent ? sentStockOf(sent) : [],
    sentPrice: sent ? sentPriceOf(sent) : null,
    reserved: 0,
    resolvedStock: undefined,
    checkedPrice: undefined,
  };
}

function skuOf(row: FactRow): MirrorSku[] {
  const { skuId, productId, sellerSku, productStatus, skuStatus, price, currency } = row;
  const readAt = row.readAt ?? null;
  const warehouses = row.skuWarehouses;
  return skuId === null
    ? []
    : [{ skuId, productId, sellerSku, productStatus, skuStatus, price, currency, warehouses, readAt }];
}

function sentStockOf({ stock, stockInDoubt, stockSentAt }: FactRow): SentQuantity[] {
  const [doubts, sentAt] = [stockInDoubt ?? [], stockSentAt ?? null];
  const sent = Object.entries(stock ?? {}).map(([warehouseId, quantity]): SentQuantity => {
    return { warehouseId, quantity, inDoubt: doubts.includes(warehouseId), sentAt };
  });
  for (const warehouseId of doubts)
    if (!sent.some((known) => known.warehouseId === warehouseId))
      sent.push({ warehouseId, quantity: null, inDoubt: true, sentAt: null });
  return sent;
}

function sentPriceOf({ sentPrice, priceInDoubt, priceSentAt }: FactRow): SentAmount | null {
  return sentPrice === null && priceInDoubt !== true
    ? null
    : { amount: sentPrice, inDoubt: priceInDoubt === true, sentAt: priceSentAt ?? null };
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

async function addReserved(
  db: Reader,
  { connectionId }: PushTarget,
  { settings }: ShopFacts,
  facts: readonly PushFacts[],
): Promise<void> {
  if (settings.countKnows === 'everything') return;
  const asked = facts.flatMap((each) => {
    const { sku, item } = each;
    return sku && item.countedAt ? [{ each, skuId: sku.skuId, since: item.countedAt }] : [];
  });
  const counts = await countUnitsOrderedSince(
    db,
    connectionId,
    asked.map(({ skuId, since }) => ({ skuId, since })),
  );
  for (const { each, skuId } of asked) each.reserved = counts.get(skuId) ?? 0;
}
