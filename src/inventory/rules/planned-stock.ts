import type { WarehouseStock } from '../../domain/product.js';
import type { Movement } from './stock-count.js';
import type { ItemCell } from './push-item.js';

/** What is wanted in one warehouse, from what, and whether it may be sent. */
export interface PlannedWarehouse {
  warehouseId: string;
  /** The statement of the seller. */
  cell: ItemCell;
  movement: Movement;
  /** Committed in TikTok and not explained by any order that we know: they are ordered and not seen yet. */
  unseen: number;
  wanted: number;
  /** What TikTok shows; null: not known. */
  has: number | null;
  /** `same`; `send`; `told`: somebody decided otherwise in TikTok; `orders`: a rise waits until orders can be read. */
  decision: 'same' | 'send' | 'told' | 'orders';
}

export interface PlannedStock {
  warehouses: PlannedWarehouse[];
  /** Warehouses that the seller does not name, with what they are to keep. */
  kept: WarehouseStock[];
  /** What TikTok itself said of those before our calls; goes on with the calls. */
  keptBase: { id: string; quantity: number; at: string }[];
  /** All warehouses of the SKU, as an update carries them; null: TikTok has what it is to have. */
  send: WarehouseStock[] | null;
  /** The same values were sent three times, nobody has said anything since, and TikTok shows others again. */
  loops: boolean;
}
