import type { MirrorSku, MirrorWarehouse } from '../../domain/product.js';
import type { CheckedPrice } from '../../catalogue/price-limits.js';
import type { ConnectionSettings } from '../../connections/settings.js';
import type { DecimalString } from '../../kernel/money.js';
import type { CountedPiece } from './stock-count.js';
import type { PlannedStock } from './planned-stock.js';
import type { ResolvedStock, Unresolved } from './resolved-stock.js';
import type { PushItem } from './push-item.js';
import type { UpdatesSet } from './updates-set.js';
import type { StockRead } from './stock-read.js';

/** What the shop is like. The same for all items of a run. */
export interface ShopFacts {
  region: string;
  crossBorder: boolean;
  warehouses: MirrorWarehouse[];
  settings: ConnectionSettings;
  /** Number of the last ZeroOut; 0 for none. */
  zeroN: number;
  /** Orders were read up to now, so that a quantity may be raised. */
  ordersRead: boolean;
  /** Products that have changed were read up to now, so that a price that was just named may be compared. */
  productsRead: boolean;
  /** What an update of stock sets; null until a write has told it. */
  updatesSet: UpdatesSet | null;
  now: Date;
}

/** A call without a clear answer, which TikTok may carry out until `until`. */
export interface OpenCall {
  number: string;
  until: Date;
  /** By warehouse; of a price null. */
  stock: Record<string, number> | null;
  price: DecimalString | null;
}

/** What TikTok was last sent: a memory, not what it has. */
export interface SentMemory {
  stock: Record<string, number>;
  stockSentAt: Date | null;
  price: DecimalString | null;
  priceSentAt: Date | null;
  stockDoubts: OpenCall[];
  priceDoubts: OpenCall[];
  /** From the read before the last call to its answer, or to the last moment at which it may act. */
  window: { from: Date; until: Date } | null;
  /** Of warehouses that the seller does not name: what TikTok showed before our first call. */
  kept: { id: string; quantity: number; at: string }[];
  repeats: number;
}

export const nothingSent: SentMemory = {
  stock: {},
  stockSentAt: null,
  price: null,
  priceSentAt: null,
  stockDoubts: [],
  priceDoubts: [],
  window: null,
  kept: [],
  repeats: 0,
};

/** Pieces of which TikTok does not say where it takes them from. */
export const ANYWHERE = '';

/** Everything that the decision about one item rests on. */
export interface PushFacts {
  item: PushItem;
  shop: ShopFacts;
  /** SKUs of the mirror with the merchant SKU of the item, in any case of its letters. */
  candidates: MirrorSku[];
  /** The one of them that the item means; null when there is none. */
  sku: MirrorSku | null;
  /** Its product is being changed as a whole just now. */
  isHeld: boolean;
  /** Other supplier SKUs of the connection that are matched to the same merchant SKU. */
  rivals: string[];
  sent: SentMemory;
  /** Ordered pieces of the merchant SKU that a count may have to be corrected by. */
  pieces: CountedPiece[];
  /** Pieces that TikTok has committed and that we know, by warehouse (see ANYWHERE). */
  knownCommitted: ReadonlyMap<string, number>;
  /** What TikTok shows: read just before where something is sent, else what the mirror has. Null: never read. */
  read: StockRead | null;
  /**
   * What several gates ask for; undefined until the first has worked it out. Kept here since a map of thousands of items
   * would keep the garbage collector busy.
   */
  resolvedStock: ResolvedStock | Unresolved | null | undefined;
  plannedStock: PlannedStock | null | undefined;
  checkedPrice: CheckedPrice | null | undefined;
}

/** What was worked out from an older read is worked out anew. */
export function withRead(facts: PushFacts, read: StockRead): PushFacts {
  return { ...facts, read, plannedStock: undefined };
}
