import type { Simulator } from '../../../src/simulator/server.js';
import type { OrderView } from '../../../src/simulator/control/views.js';
import { harborGoods, tokoPelangi } from '../../support/connect-shop.js';
import { changesOfMind } from './changes-of-mind.js';
import type { Random } from './random.js';

const HOUR_MS = 3_600_000;
const RETURNS_PER_SHOP = 6;
const shopIds = [harborGoods.shopId, tokoPelangi.shopId];
const SKUS = ['ALPHA', 'BETA', 'GAMMA', 'DELTA', 'EPSILON'];

/** TikTok's side of the story: buyers buy, change their minds and move; time goes by quickly. */
export interface Market {
  /** Orders that were there before: their hold is over; some are delivered, and their buyers send them back. */
  stock(perShop: number): void;
  /** A few minutes of TikTok's time, and what happens in them. */
  step(): void;
  /** Orders in which somebody interfered on TikTok's side after the hold, so that a shipment of ours may be refused. */
  disturbed: Set<string>;
  /** When the order may reach the seller at the earliest, in TikTok's time. */
  sellableAt: (id: string) => number;
  now: () => number;
}

export function createMarket({ control }: Simulator, random: Random): Market {
  const disturbed = new Set<string>();
  const lines = () => {
    const skus = SKUS.toSorted(() => random.number() - 0.5).slice(0, random.whole(1, 3));
    return skus.map((sellerSku) => ({ sellerSku, quantity: random.whole(1, 3) }));
  };
  const someOrder = (status: 'ON_HOLD' | 'AWAITING_SHIPMENT' | 'UNPAID'): OrderView | undefined => {
    const orders = control.orders({ shop: random.pick(shopIds), status, limit: 10_000 });
    return orders.length > 0 ? random.pick(orders) : undefined;
  };
  const events: [weight: number, happens: () => void][] = [
    [6, () => void control.addOrder(random.pick(shopIds), { lines: lines(), paidMinutesAgo: 0 })],
    [1, () => void control.addOrder(random.pick(shopIds), { lines: lines(), paidMinutesAgo: null })],
    [1, () => void control.addOrder(random.pick(shopIds), { lines: lines(), shippingType: 'TIKTOK' })],
    [
      1,
      () =>
        void control.addOrder(random.pick(shopIds), {
          lines: lines(),
          fulfillmentType: 'FULFILLMENT_BY_TIKTOK',
        }),
    ],
    [2, () => actOn(someOrder('UNPAID'), (id) => control.act(id, { type: 'pay' }))],
    [1, () => actOn(someOrder('ON_HOLD'), (id) => control.act(id, { type: 'buyer_cancel' }))],
    [1, () => actOn(someOrder('ON_HOLD'), (id) => control.patchOrder(id, { buyerMessage: 'Hurry!' }))],
    [
      1,
      () =>
        actOn(
          someOrder('AWAITING_SHIPMENT'),
          disturb((id) => control.act(id, { type: 'seller_ship' })),
        ),
    ],
    ...changesOfMind(control, random, disturbed),
  ];
  const dice = events.flatMap(([weight, happens]) => Array.from({ length: weight }, () => happens));

  function disturb(act: (id: string) => void): (id: string) => void {
    return (id) => {
      disturbed.add(id);
      act(id);
    };
  }

  function actOn(order: OrderView | undefined, act: (id: string) => void): void {
    if (order) act(order.id);
  }

  return {
    disturbed,
    stock(perShop) {
      for (const shop of shopIds) {
        for (let index = 0; index < perShop; index++)
          control.addOrder(shop, { lines: lines(), paidMinutesAgo: random.whole(61, 600) });
        for (let index = 0; index < RETURNS_PER_SHOP; index++) {
          const { id } = control.addOrder(shop, { lines: lines(), paidMinutesAgo: 6_000 });
          for (const type of ['seller_ship', 'carrier_deliver', 'buyer_opens_return'] as const)
            control.act(id, { type });
        }
      }
    },
    step() {
      for (let count = random.whole(1, 4); count > 0; count--) random.pick(dice)();
      control.setClock({ advanceSeconds: random.whole(30, 180) });
    },
    sellableAt: (id) => {
      const order = control.order(id);
      return Number(order['paid_time'] || order['create_time']) * 1000 + HOUR_MS;
    },
    now: () => control.clock().nowMs,
  };
}
