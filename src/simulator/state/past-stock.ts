import type { Sku, Stock } from './model.js';
import type { World } from './world.js';

interface Look {
  /** When it was replaced, by the simulator's clock. */
  untilMs: number;
  stock: Stock[];
}

// A read that lags needs only the last seconds: nothing of this belongs into a saved state.
const looks = new WeakMap<Sku, Look[]>();

/** Called before each change of the stock, so that a search that lags can still show how it was. */
export function rememberStock(world: World, sku: Sku): void {
  const { inventoryLagSec } = world.behaviour;
  if (inventoryLagSec === 0) return;
  const untilMs = world.clock.nowMs();
  const recent = (looks.get(sku) ?? []).filter((look) => look.untilMs > untilMs - inventoryLagSec * 1000);
  looks.set(sku, [...recent, { untilMs, stock: sku.stock.map((stock) => ({ ...stock })) }]);
}

/** The stock as Inventory Search shows it: as it was `inventoryLagSec` ago. */
export function stockSeen(world: World, sku: Sku): readonly Stock[] {
  const { inventoryLagSec } = world.behaviour;
  if (inventoryLagSec === 0) return sku.stock;
  const seenMs = world.clock.nowMs() - inventoryLagSec * 1000;
  return looks.get(sku)?.find(({ untilMs }) => untilMs > seenMs)?.stock ?? sku.stock;
}
