import { cancelNow, requestCancellation } from '../aftersales/cancel-machine.js';
import { cancelReasonNamed } from '../aftersales/cancel-reasons.js';
import { openReturn } from '../aftersales/return-machine.js';
import { returnReasonNamed } from '../aftersales/return-reasons.js';
import type { Order, Sku } from '../state/model.js';
import { deliverPackage } from '../state/order-machine.js';
import type { Shop, World } from '../state/world.js';
import { buildOrder } from './build-order.js';
import { addSku } from './build-product.js';
import { shipByHand } from './ship-by-hand.js';

export interface GenerateInput {
  count: number;
  unitsPerOrder?: number;
  skuCount?: number;
  /** How long ago the newest order was paid. */
  paidMinutesAgo?: number;
  /** The orders are spread evenly over this time before the newest. */
  spreadMinutes?: number;
  skuPrefix?: string;
  /** How many of the orders, counted from the first, buyers ask to cancel now. */
  cancelRequests?: number;
  /** How many of the next ones the platform cancels now. */
  cancelled?: number;
  /** How many of the next ones are delivered now and asked to be returned. */
  returnRequests?: number;
}

const DEFAULT_PAID_MINUTES_AGO = 90;

/**
 * Makes many like orders at once. Gives the ids of the first and the last. Throws a RangeError when more of them are to be
 * cancelled or returned than there are.
 */
export function generateOrders(
  world: World,
  shop: Shop,
  input: GenerateInput,
): { count: number; firstId: string; lastId: string } {
  const { count, unitsPerOrder = 1, skuCount = 10 } = input;
  const { cancelRequests = 0, cancelled = 0, returnRequests = 0 } = input;
  if (cancelRequests + cancelled + returnRequests > count)
    throw new RangeError('more cancellations and returns than orders');
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
  for (const order of made.slice(0, cancelRequests)) askToCancel(world, order);
  for (const order of made.slice(cancelRequests).slice(0, cancelled)) cancelByPlatform(world, order);
  for (const order of made.slice(cancelRequests + cancelled).slice(0, returnRequests))
    askToReturn(world, order);
  world.changed();
  return { count, firstId: made[0]?.id ?? '', lastId: made.at(-1)?.id ?? '' };
}

function askToCancel(world: World, order: Order): void {
  const reason = cancelReasonNamed('No longer needed', 'buyer');
  requestCancellation(world, order, order.units, reason, world.clock.nowSec());
}

function cancelByPlatform(world: World, order: Order): void {
  const reason = cancelReasonNamed('Order cancelled by system', 'platform');
  const cause = { user: 'SYSTEM', reason, source: { via: 'platform' } } as const;
  cancelNow(world, order, order.units, cause, world.clock.nowSec());
}

function askToReturn(world: World, order: Order): void {
  const nowSec = world.clock.nowSec();
  deliverPackage(world, shipByHand(world, order, order.units, undefined, nowSec), nowSec);
  const reason = returnReasonNamed('Wrong product was sent', 'RETURN_AND_REFUND');
  openReturn(world, order, order.units, { type: 'RETURN_AND_REFUND', role: 'BUYER', reason }, nowSec);
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
