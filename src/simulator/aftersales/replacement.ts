import { buildOrder } from '../seeds/build-order.js';
import type { ReturnCase } from '../state/aftersales-model.js';
import { shopOf } from '../state/order-machine.js';
import type { World } from '../state/world.js';
import { orderOfCase } from './cancel-machine.js';

/** TikTok makes a new order for the goods, free of charge; of an exchange it says where it comes from in fields of its own. */
export function sendReplacement(world: World, item: ReturnCase, atSec: number): void {
  const former = orderOfCase(world, item);
  const shop = shopOf(world, former);
  const skus = item.lines.flatMap(({ unitId }) => former.units.find(({ id }) => id === unitId)?.sku ?? []);
  const isExchange = item.kind === 'EXCHANGE';
  const order = buildOrder(world, shop, {
    lines: skus.map((sku) => ({ sku, quantity: 1 })),
    paidSec: atSec,
    buyerId: former.buyerId,
    address: former.address,
    shippingType: former.shippingType,
    fulfillmentType: former.fulfillmentType,
    kind: isExchange ? { exchangedOrderId: former.id } : { replacedOrderId: former.id },
  });
  world.orders.set(order.id, order);
  shop.book.insert(order);
}
