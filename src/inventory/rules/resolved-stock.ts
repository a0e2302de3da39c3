import type { ItemCell } from './push-item.js';

/** Why a value cannot be made, and what to do. */
export interface Unresolved {
  ok: false;
  reason: string;
  next: string;
}

/** Which statement of the seller counts for one of TikTok's warehouses. */
export interface WantedCell {
  warehouseId: string;
  cell: ItemCell;
}

export interface ResolvedStock {
  ok: true;
  /** Warehouses that the seller has said something about, in the order in which buffer pieces are held back. */
  wanted: WantedCell[];
  /** The SKU's other warehouses: an update has to carry them too, with TikTok's own present values. */
  kept: string[];
  /** A statement that means no warehouse of the SKU; the others count all the same. */
  unresolved: Unresolved | null;
}
