import type { MirrorSku, MirrorWarehouse } from '../catalogue/catalogue.js';
import type { ConnectionSettings } from '../connections/settings.js';
import type { DecimalString } from '../money.js';
import type { CheckedPrice } from '../catalogue/price-limits.js';
import type { ResolvedStock, Unresolved } from './push-values.js';

/** An item as the push sees it. Of quantity and cost at least one is given. */
export interface PushItem {
  skuKey: string;
  supplierSku: string;
  /** Null: not matched. */
  merchantSku: string | null;
  quantity: number | null;
  cost: DecimalString | null;
  /** Another item is matched to the same merchant SKU. */
  isShared: boolean;
  /** Of the only warehouse that was given; null: no code was. */
  warehouse: string | null;
  /** All warehouses where several were given. */
  warehouses: { code: string | null; quantity: number | null }[] | null;
  /** Only its order counts. */
  version: string;
  /** To be sent although it was sent before. */
  resend: boolean;
  unsentSince: Date | null;
  /** When the seller last said how much he has. */
  countedAt: Date | null;
  /** The gate that the push stopped at last. */
  lastGate: string | null;
}

/** What the shop is like. The same for all items of a run. */
export interface ShopFacts {
  region: string;
  crossBorder: boolean;
  warehouses: MirrorWarehouse[];
  settings: ConnectionSettings;
}

/** What TikTok was last sent; `inDoubt` when nobody knows whether it took it. Times are there in explanations only. */
export interface SentQuantity {
  warehouseId: string;
  quantity: number | null;
  inDoubt: boolean;
  sentAt: Date | null;
}

export interface SentAmount {
  amount: DecimalString | null;
  inDoubt: boolean;
  sentAt: Date | null;
}

/** Everything that the decision about one item rests on. */
export interface PushFacts {
  item: PushItem;
  shop: ShopFacts;
  /** SKUs of the mirror with the merchant SKU of the item, in any case of its letters. */
  candidates: MirrorSku[];
  /** The one of them that the item means; null when there is none. */
  sku: MirrorSku | null;
  /** Other supplier SKUs of the connection that are matched to the same merchant SKU. */
  rivals: string[];
  sentStock: SentQuantity[];
  sentPrice: SentAmount | null;
  /** Pieces that were ordered in TikTok and that the last count cannot know; 0 unless the connection reserves. */
  reserved: number;
  /**
   * What several gates ask for; undefined until the first has worked it out. Kept here since a map of thousands of items
   * would keep the garbage collector busy.
   */
  resolvedStock: ResolvedStock | Unresolved | null | undefined;
  checkedPrice: CheckedPrice | null | undefined;
}
