import type { BenchOptions } from './benchmark.js';
import { connectShop, recordPages, startShopWithOrders } from './connected-shop.js';
import { productIngest } from './ingest-variants.js';

/** A database of its own with a shop whose `orders` orders the product has taken in; the simulator is closed. */
export async function ordersTakenIn(
  { server }: Pick<BenchOptions, 'server'>,
  { database, orders }: { database: string; orders: number },
): Promise<{ url: string; connected: Awaited<ReturnType<typeof connectShop>> }> {
  const shop = await startShopWithOrders(orders);
  const url = await server.create(database);
  const connected = await connectShop(url, shop);
  const answers = await recordPages(url, connected, shop.simulator.url);
  await shop.simulator.close();
  const { fresh } = await productIngest({ server, url }, connected, answers);
  await fresh.run();
  await fresh.close();
  return { url, connected };
}
