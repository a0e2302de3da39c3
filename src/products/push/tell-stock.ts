import { Decimal } from 'decimal.js';
import type { ActiveConnection } from '../../connections/connection.js';
import { AppError } from '../../kernel/errors.js';
import { isDecimalString } from '../../kernel/money.js';
import { bulkTransaction, type BulkTx } from '../../store/bulk-transaction.js';
import type { Database } from '../../store/database.js';
import { limitsOf } from '../specification/held-rules.js';
import {
  findAskedStock,
  noteStockTold,
  timesOfFiles,
  type AskedStock,
  type FileTime,
} from './told-stock-store.js';

/** What a product feed says of the stock or the price of a SKU: ToldItem of inventory/feed/tell-items.ts. */
interface StockOfSku {
  merchantSku: string;
  n: number;
  at: Date;
  cells: { code: string | null; quantity: number }[];
  cost: string | null;
}

/** The inventory, as products see it. */
export interface InventoryOfProducts {
  tell(
    tx: BulkTx,
    connection: ActiveConnection,
    items: readonly StockOfSku[],
  ): Promise<{ toSend: boolean; toZero: boolean }>;
  /** After the commit. */
  changed(connectionId: number, options: { urgent: boolean }): Promise<void>;
}

const MOST_AT_ONCE = 10_000;
/** A column of pieces, with the code of its warehouse behind it where the file has several. */
const PIECES = /^Quantity(?::(.*))?$/s;
const MOST_PIECES = 99_999;
const DEAREST = '1e12';
const MOST_DECIMALS = 6;

/**
 * Quantities and prices of listed products whose feed was sent count as a count of the time when it arrived: price and stock are
 * never changed by an edit. What a create carries is not told, so that nobody who looks after stock in Seller Center is
 * disturbed by the file that made the product.
 * @returns false when the inventory is busy: it is told later
 */
export async function tellStock(
  { db, inventory }: { db: Database; inventory?: InventoryOfProducts },
  connection: ActiveConnection,
): Promise<boolean> {
  if (!inventory) return true;
  const { currency } = limitsOf(connection);
  try {
    for (let isMore = true; isMore;) {
      const done = await bulkTransaction(db, async (tx) => {
        const asked = await findAskedStock(tx, connection.id, MOST_AT_ONCE);
        if (asked.length === 0) return null;
        const numbers = [...new Set(asked.flatMap((product) => numbersOf(product)))];
        const times = await timesOfFiles(tx, numbers);
        const items = asked.flatMap((product) => stockOf(product, { currency, times }));
        const changed = await inventory.tell(tx, connection, items);
        await noteStockTold(tx, connection.id, asked);
        return changed;
      });
      if (done?.toSend) await inventory.changed(connection.id, { urgent: done.toZero });
      isMore = done !== null;
    }
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return false;
    throw error;
  }
}

/** A file that says the same as the one before is a new count, though its rows were not written. */
function numberOf({ saidN, lastFeed }: AskedStock, arrival: number): number {
  return arrival === saidN && lastFeed !== null ? lastFeed : arrival;
}

function numbersOf(product: AskedStock): number[] {
  return product.skus.flatMap(({ arrivals }) =>
    Object.entries(arrivals).flatMap(([field, n]) => (isOfStock(field) ? [numberOf(product, n)] : [])),
  );
}

function isOfStock(field: string): boolean {
  return PIECES.test(field) || /^Cost(?: [A-Z]{3})?$/.test(field);
}

/** What is said of its SKUs up to the file that was asked for, by the file. Pure. */
function stockOf(
  product: AskedStock,
  { currency, times }: { currency: string | null; times: ReadonlyMap<number, FileTime> },
): StockOfSku[] {
  return product.skus.flatMap((sku) => {
    const files = new Map<number, StockOfSku>();
    const of = (field: string): StockOfSku | null => {
      const n = numberOf(product, sku.arrivals[field] ?? 0);
      if (n === 0 || n > product.askedN) return null;
      const time = times.get(n);
      // A call has no file: its time stands with the SKU, or is later than that of the file before it.
      const own = time?.isFile !== true && sku.importId === n ? new Date(sku.updatedAt) : null;
      const at = own ?? time?.at ?? new Date(sku.updatedAt);
      const said = files.get(n) ?? { merchantSku: sku.sku, n, at, cells: [], cost: null };
      files.set(n, said);
      return said;
    };
    const named = Object.keys(sku.fields).filter((field) => field.startsWith('Quantity:'));
    for (const field of named.length > 0 ? named : ['Quantity']) {
      const quantity = piecesOf(sku.fields[field]);
      const code = PIECES.exec(field)?.[1] ?? (sku.fields['Warehouse Code'] || null);
      if (quantity !== null) of(field)?.cells.push({ code, quantity });
    }
    const priced = priceField(sku.fields, currency);
    const said = priced === null ? null : of(priced);
    if (said && priced !== null) said.cost = sku.fields[priced] ?? null;
    return [...files.values()].filter(({ cells, cost }) => cells.length > 0 || cost !== null);
  });
}

/** As an inventory feed has it: less than nothing is 0, too much is the most that TikTok takes. Null: nothing is said. */
function piecesOf(text: string | null | undefined): number | null {
  if (!text || !isDecimalString(text)) return null;
  const pieces = new Decimal(text);
  return pieces.isInteger() ? Decimal.max(0, Decimal.min(MOST_PIECES, pieces)).toNumber() : null;
}

/** The column with the price in the currency of the shop. */
function priceField(fields: AskedStock['skus'][number]['fields'], currency: string | null): string | null {
  const given = fields['Currency'];
  if (given && currency !== null && given !== currency) return null;
  const names = ['Cost', ...(currency === null ? [] : [`Cost ${currency}`])];
  return names.find((name) => isPrice(fields[name] ?? '')) ?? null;
}

/** What the inventory can hold; the checks say what TikTok would say of others. */
function isPrice(text: string): boolean {
  if (!isDecimalString(text)) return false;
  const price = new Decimal(text);
  return price.gt(0) && price.lt(DEAREST) && price.decimalPlaces() <= MOST_DECIMALS;
}
