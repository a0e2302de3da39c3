import type { Order, Sku } from '../state/model.js';
import type { Shop, World } from '../state/world.js';
import { buildOrder } from './build-order.js';
import { addSku } from './build-product.js';

export interface GenerateInput {
  count: number;
  unitsPerOrder?: number;
  skuCount?: number;
  /** How long ago the newest order was paid. */
  paidMinutesAgo?: number;
  /** The orders are spread evenly over this time before the newest. */
  spreadMinutes?: number;
  skuPrefix?: string;
}

const DEFAULT_PAID_MINUTES_AGO = 90;

/** Makes many like orders at once. Gives the ids of the first and the last. */
export function generateOrders(
  world: World,
  shop: Shop,
  input: GenerateInput,
): { count: number; firstId: string; lastId: string } {
  const { count, unitsPerOrder = 1, skuCount = 10 } = input;
  const skus = skusFor(world, shop, input.skuPrefix ?? 'GEN', skuCount);
  const newestSec = world.clock.nowSec() - (input.paidMinutesAgo ?? DEFAULT_PAID_MINUTES_AGO) * 60;
  const stepSec = count > 1 ? ((input.spreadMinutes ?? 0) * 60) / (count - 1) : 0;
  const made: Order[] = [];
  for (let index = 0; index < count; index++) {
    const lines = Array.from({ length: unitsPerOrder }, (_, unit) => skus[(index + unit) % skus.length])
      .filter((sku) => sku !== undefined)
      .map((sku) => ({ sku, quantity: 1 }));
    const paidSec = Math.floor(newestSec - stepSec * (count - 1 - index));
    const order = buildOrder(world, shop, { lines, paidSec, variant: index });
    world.orders.set(order.id, order);
    made.push(order);
  }
  shop.book.insertMany(made);
  world.changed();
  return { count, firstId: made[0]?.id ?? '', lastId: made.at(-1)?.id ?? '' };
}

function skusFor(world: World, shop: Shop, prefix: string, count: number): Sku[] {
  const sellerSku = (index: number): string => `${prefix}-${String(index + 1).padStart(4, '0')}`;
  return Array.from({ length: count }, (_, index) => {
    const [existing] = shop.catalogue.skusOf(sellerSku(index));
    return (
      existing ??
      addSku(world, shop, {
        sellerSku: sellerSku(index),
        productName: `Generated article ${index + 1}`,
        name: 'Default',
      })
    );
  });
}
