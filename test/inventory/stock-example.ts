import type { Test } from 'tap';
import type { Database } from '../../src/store/database.js';
import { startStockWorld, type StockWorld } from './stock-world.js';

export type Play = (shop: StockWorld, t: Test) => Promise<void>;
type Options = NonNullable<Parameters<typeof startStockWorld>[2]>;

/** Examples that all begin alike: Main has 12, which the ERP has counted and TikTok shows. */
export function exampleOf(t: Test, db: Database) {
  return async (name: string, play: Play, options: Options = {}): Promise<void> => {
    await t.test(name, async (t) => {
      const shop = await startStockWorld(t, db, options);
      shop.product('A', 12, '20.00');
      await shop.run('pull-orders');
      await shop.run('pull-catalogue');
      await shop.feed('SupplierSKU,Quantity', 'A,12');
      await shop.round();
      if (!options.settings) t.equal(shop.calls(), 0, 'what TikTok shows already is not sent');
      await play(shop, t);
    });
  };
}

/** Sold, past the hour of remorse, and read by the ERP. */
export async function soldAndHanded(shop: StockWorld, quantity: number): Promise<string> {
  shop.wait(5);
  const id = shop.order('A', quantity);
  await shop.run('pull-orders');
  shop.wait(70);
  await shop.run('pull-orders');
  await shop.fetchOrders();
  shop.wait(5);
  return id;
}

/** TikTok's id of the default warehouse. */
export function mainOf(shop: StockWorld): string {
  const [main] = shop.simulator.control.warehouses(shop.shopId).filter(({ isDefault }) => isDefault);
  return main?.id ?? '';
}
