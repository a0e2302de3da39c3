import type { DecimalString } from '../../kernel/money.js';

/** What the seller said of one warehouse code, which file said it, and when its first byte arrived. */
export interface ItemCell {
  /** Null: no code was given. */
  code: string | null;
  quantity: number;
  /** The file's number of arrival. */
  n: number;
  at: Date;
}

/** An item as the push sees it. Of quantity and cost at least one is given. */
export interface PushItem {
  skuKey: string;
  supplierSku: string;
  /** Null: not matched. */
  merchantSku: string | null;
  /** Empty: no quantity was ever given. */
  cells: ItemCell[];
  cost: DecimalString | null;
  /** Number of the file that said the cost. */
  costN: number;
  /** Another item is matched to the same merchant SKU. */
  isShared: boolean;
  /** Only its order counts. */
  version: string;
  /** To be sent although TikTok has it. */
  resend: boolean;
  /** Since when TikTok lacks something that the seller has said; null: nothing that is known. */
  unsentSince: Date | null;
  /** The newest file that the push has already compared with TikTok. */
  lookedN: number;
  /** To be compared with TikTok since then, in ISO 8601; null: nothing asks for it. */
  dueAt: string | null;
  /** The gate that the push stopped at last. */
  lastGate: string | null;
  drift: ItemDrift | null;
}

/** A difference in TikTok that nothing known explains, as it was told. */
export interface ItemDrift {
  /** ISO 8601. */
  since: string;
  stock: { warehouseId: string; has: number; wanted: number }[];
  price: { has: DecimalString; wanted: DecimalString } | null;
}
