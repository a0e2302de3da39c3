import type { MirrorSku } from '../../domain/product.js';
import type { DecimalString } from '../../kernel/money.js';
import type { Counting } from './counting.js';
import type { WarehouseStock } from '../../domain/stock.js';
import {
  nothingSent,
  type OpenCall,
  type PushFacts,
  type SentMemory,
  type ShopFacts,
} from '../rules/push-facts.js';
import { chooseSku } from '../rules/push-values.js';
import type { CountedPiece } from '../rules/stock-count.js';
import type { ItemCell, ItemDrift } from '../rules/push-item.js';

/** An item with one of the SKUs that its merchant SKU may mean, and what that was last sent. */
export interface FactRow {
  skuKey: string;
  supplierSku: string;
  merchantSku: string | null;
  isShared: boolean;
  quantity: number | null;
  cost: DecimalString | null;
  warehouse: string | null;
  warehouses: StoredCell[] | null;
  countedAt: Date | null;
  countN: string;
  costN: string;
  /** Feeds that named all items have not named this one as it is (see wanted-cells.ts). */
  isApart: boolean;
  lookedN: string;
  dueAt: Date | null;
  version: string;
  resend: boolean;
  unsentSince: Date | null;
  lastGate: string | null;
  drift: ItemDrift | null;
  /** Null: TikTok has no such SKU. The columns up to `stockReadAt` are of the SKU. */
  skuId: string | null;
  productId: string;
  sellerSku: string;
  productStatus: string;
  skuStatus: string;
  price: string | null;
  currency: string | null;
  skuWarehouses: MirrorSku['warehouses'];
  isHeld: boolean;
  stockReadAt: Date | null;
  readAt: Date | null;
  /** By warehouse; null: nothing was ever sent for the SKU. */
  stock: Record<string, number> | null;
  stockSentAt: Date | null;
  sentPrice: DecimalString | null;
  priceSentAt: Date | null;
  stockDoubts: StoredCall[] | null;
  priceDoubts: StoredCall[] | null;
  windowFrom: Date | null;
  windowUntil: Date | null;
  kept: SentMemory['kept'] | null;
  repeats: number | null;
}

/** A cell of an item with several, as column `warehouses` has it. */
type StoredCell = WarehouseStock & { n?: number; at?: string };

/** As columns `stock_doubts` and `price_doubts` have it. */
interface StoredCall {
  number: string;
  until: string;
  stock?: Record<string, number>;
  price?: DecimalString;
}

/** The rows of an item follow each other. */
export function factsOf(rows: readonly FactRow[], shop: ShopFacts, counting: Counting): PushFacts[] {
  const facts: PushFacts[] = [];
  let start = 0;
  for (const [nth, row] of rows.entries()) {
    if (rows[nth + 1]?.skuKey === row.skuKey) continue;
    facts.push(factsOfItem(row, rows.slice(start, nth + 1), { shop, counting }));
    start = nth + 1;
  }
  return facts;
}

export const NO_PIECES: CountedPiece[] = [];
export const NONE_COMMITTED: ReadonlyMap<string, number> = new Map();

function factsOfItem(
  row: FactRow,
  rows: readonly FactRow[],
  { shop, counting }: { shop: ShopFacts; counting: Counting },
): PushFacts {
  const candidates = rows.flatMap(skuOf);
  if (candidates.length > 1) candidates.sort((a, b) => (a.skuId < b.skuId ? -1 : 1));
  const { skuKey, supplierSku, merchantSku, isShared, cost, version, resend, unsentSince, lastGate, drift } =
    row;
  const item = {
    skuKey,
    supplierSku,
    merchantSku,
    isShared,
    cells: cellsOf(row, counting),
    cost,
    costN: Math.max(Number(row.costN), cost === null || row.isApart ? 0 : counting.namedCostN),
    version,
    resend,
    unsentSince,
    lookedN: Math.max(Number(row.lookedN), counting.comparedN),
    dueAt: row.dueAt?.toISOString() ?? null,
    lastGate,
    drift,
  };
  const sku = chooseSku({ item, candidates });
  const own = sku && rows.find(({ skuId }) => skuId === sku.skuId);
  return {
    item,
    shop,
    candidates,
    sku,
    isHeld: own?.isHeld ?? false,
    rivals: [],
    sent: own ? sentOf(own) : nothingSent,
    pieces: NO_PIECES,
    knownCommitted: NONE_COMMITTED,
    read: own ? readOf(own) : null,
    resolvedStock: undefined,
    plannedStock: undefined,
    checkedPrice: undefined,
  };
}

/** A feed that named all items counts for each of them although their rows were not written. */
function cellsOf(row: FactRow, { namedN, namedAt }: Counting): ItemCell[] {
  const { quantity, warehouse, warehouses } = row;
  const [countN, countedAt] = [Number(row.countN), row.countedAt ?? new Date(0)];
  if (warehouses !== null)
    return warehouses.map(({ code, quantity: pieces, n, at }) => ({
      code: codeOf(code),
      quantity: pieces,
      n: n ?? countN,
      at: at === undefined ? countedAt : new Date(at),
    }));
  if (quantity === null) return [];
  const isNamed = namedAt !== null && !row.isApart && namedN > countN;
  return [
    {
      code: codeOf(warehouse),
      quantity,
      n: isNamed ? namedN : countN,
      at: isNamed ? namedAt : countedAt,
    },
  ];
}

function codeOf(code: string | null): string | null {
  return code?.trim() || null;
}

function skuOf(row: FactRow): MirrorSku[] {
  const { skuId, productId, sellerSku, productStatus, skuStatus, price, currency, readAt } = row;
  const warehouses = row.skuWarehouses;
  return skuId === null
    ? []
    : [{ skuId, productId, sellerSku, productStatus, skuStatus, price, currency, warehouses, readAt }];
}

function readOf({ skuWarehouses, readAt, stockReadAt }: FactRow): PushFacts['read'] {
  const at = stockReadAt ?? readAt;
  return (
    at && {
      at,
      warehouses: skuWarehouses.map(({ id, quantity, committed }) => ({
        id,
        available: quantity,
        committed: committed ?? null,
      })),
    }
  );
}

function sentOf(row: FactRow): SentMemory {
  const { stock, stockDoubts, priceDoubts, windowFrom, windowUntil } = row;
  return {
    stock: stock ?? {},
    stockSentAt: row.stockSentAt,
    price: row.sentPrice,
    priceSentAt: row.priceSentAt,
    stockDoubts: (stockDoubts ?? []).map(callOf),
    priceDoubts: (priceDoubts ?? []).map(callOf),
    window: windowFrom && windowUntil ? { from: windowFrom, until: windowUntil } : null,
    kept: row.kept ?? [],
    repeats: row.repeats ?? 0,
  };
}

function callOf({ number, until, stock, price }: StoredCall): OpenCall {
  return { number, until: new Date(until), stock: stock ?? null, price: price ?? null };
}
