import type { ActSpec } from '../../src/simulator/control/act-spec.js';
import { ControlError } from '../../src/simulator/control/control-error.js';
import type { OrderView } from '../../src/simulator/control/views.js';
import type { Random } from '../scenarios/fire/random.js';
import type { ChaosShop, ChaosWorld } from './chaos-world.js';

export const SKUS = ['ALPHA', 'BETA', 'GAMMA'] as const;
const AWAITING = 'AWAITING_SHIPMENT';

/** Everybody on TikTok's side: buyers, carriers, Seller Center, other apps, TikTok. */
export interface Buyers {
  /** A buyer orders. @returns what */
  order(): string;
  /** One of them does something. @returns what, or null when it was not possible */
  act(): string | null;
  /** The same, but right before or after one of our next calls. */
  plan(): string | null;
  /** Orders in which somebody else than the ERP has had a hand. */
  disturbed: Set<string>;
}

type Choice = { order: OrderView; act: ActSpec } | null;

export function createBuyers({ simulator: { control }, shops }: ChaosWorld, random: Random): Buyers {
  const disturbed = new Set<string>();
  let buyers = 0;
  const someShop = (): ChaosShop => random.pick(shops);
  const some = (
    status: OrderView['status'],
    isWanted: (order: OrderView) => boolean = () => true,
  ): OrderView | null => {
    const orders = control
      .orders({ shop: someShop().shopId, status, limit: 1_000 })
      .filter((order) => order['fulfillment_type'] === 'FULFILLMENT_BY_SELLER' && isWanted(order));
    return orders.length > 0 ? random.pick(orders) : null;
  };
  const with_ = (order: OrderView | null, act: (order: OrderView) => ActSpec): Choice =>
    order && { order, act: act(order) };
  const unitsOf = (order: OrderView): string[] =>
    (order['line_items'] as { id: string }[]).map(({ id }) => id);
  const pieces = (order: OrderView): { unitIds?: string[] } => {
    const ids = unitsOf(order);
    return random.chance(0.5) ? {} : { unitIds: ids.slice(0, random.whole(1, ids.length)) };
  };
  const isAsked = (order: OrderView): boolean => order['is_buyer_request_cancel'] === true;
  const someReturn = (status: string, act: (returnId: string) => ActSpec): Choice => {
    const open = control
      .returns({ shop: someShop().shopId, limit: 1_000 })
      .filter((each) => each.return_status === status);
    if (open.length === 0) return null;
    const { order_id: orderId, return_id: returnId } = random.pick(open);
    return { order: control.order(orderId), act: act(returnId) };
  };
  const choices: [weight: number, choose: () => Choice][] = [
    [2, () => with_(some('UNPAID'), () => ({ type: 'pay' }))],
    [2, () => with_(some('ON_HOLD'), (order) => ({ type: 'buyer_cancel', ...pieces(order) }))],
    [
      4,
      () =>
        with_(some(AWAITING), (order) => ({
          type: 'buyer_cancel',
          atOnce: random.chance(0.4),
          ...pieces(order),
        })),
    ],
    [
      3,
      () =>
        with_(some(AWAITING, isAsked), () => ({
          type: random.pick([
            'buyer_withdraws_cancel',
            'seller_approves_cancel',
            'seller_rejects_cancel',
          ] as const),
        })),
    ],
    [1, () => with_(some(AWAITING), (order) => ({ type: 'system_cancel', ...pieces(order) }))],
    [2, () => with_(some(AWAITING), () => ({ type: 'seller_cancel' }))],
    [2, () => with_(some(AWAITING), () => ({ type: 'seller_ship' }))],
    [
      2,
      () =>
        with_(some(AWAITING), (order) => ({ type: 'seller_split', groups: [unitsOf(order).slice(0, 1)] })),
    ],
    [
      2,
      () => {
        const first = some(AWAITING);
        const other = first && some(AWAITING, (each) => each.id !== first.id && each.shopId === first.shopId);
        if (!first || !other) return null;
        disturbed.add(other.id);
        return { order: first, act: { type: 'seller_combine', orderIds: [other.id] } };
      },
    ],
    [2, () => with_(some('AWAITING_COLLECTION'), () => ({ type: 'carrier_collect' }))],
    [3, () => with_(some('AWAITING_COLLECTION'), () => ({ type: 'carrier_deliver' }))],
    [2, () => with_(some('IN_TRANSIT'), () => ({ type: 'carrier_deliver' }))],
    [4, () => with_(some('DELIVERED'), () => ({ type: 'buyer_opens_return' }))],
    [3, () => someReturn('AWAITING_BUYER_SHIP', (returnId) => ({ type: 'buyer_ships_return', returnId }))],
    [
      1,
      () =>
        someReturn('RETURN_OR_REFUND_REQUEST_PENDING', (returnId) => ({
          type: 'buyer_withdraws_return',
          returnId,
        })),
    ],
  ];
  const dice = choices.flatMap(([weight, choose]) => Array.from({ length: weight }, () => choose));
  const harmless = new Set(['pay', 'carrier_collect', 'carrier_deliver', 'buyer_opens_return']);

  function choose(): Choice {
    for (let tries = 0; tries < 6; tries++) {
      const choice = random.pick(dice)();
      if (choice) return choice;
    }
    return null;
  }

  function note({ order, act }: NonNullable<Choice>): void {
    if (!harmless.has(act.type)) disturbed.add(order.id);
  }

  function order(): string {
    const shop = someShop();
    const names = SKUS.toSorted(() => random.number() - 0.5).slice(0, random.whole(1, 3));
    const lines = names.map((sellerSku) => ({ sellerSku, quantity: random.whole(1, 3) }));
    const isKnown = buyers > 0 && random.chance(0.3);
    if (!isKnown) buyers += 1;
    const kind = random.number();
    const { id } = control.addOrder(shop.shopId, {
      lines,
      buyerUserId: `buyer-${shop.region}-${isKnown ? random.whole(1, buyers) : buyers}`,
      // Ordered now: an order of the past would have been counted by an ERP that has never seen it.
      paidMinutesAgo: null,
      ...(kind > 0.95 ? { shippingType: 'TIKTOK' as const } : {}),
    });
    if (random.chance(0.85)) control.act(id, { type: 'pay' });
    return `order ${id} in ${shop.region}: ${lines.map((line) => `${line.quantity} ${line.sellerSku}`).join(', ')}`;
  }

  function address(): string | null {
    const found = some(random.pick(['ON_HOLD', AWAITING] as const));
    if (!found) return null;
    control.patchOrder(found.id, { address: { line1: `${random.whole(1, 999)} Other Street` } });
    return `new address of ${found.id}`;
  }

  function something(): string | null {
    const kind = random.number();
    if (kind < 0.4) return order();
    if (kind < 0.48) return address();
    const choice = choose();
    if (!choice) return order();
    note(choice);
    control.act(choice.order.id, choice.act);
    return `${choice.act.type} on ${choice.order.id}`;
  }

  return {
    disturbed,
    order,
    act() {
      try {
        return something();
      } catch (error) {
        // TikTok does not allow it at this point: nothing to sell, or too late.
        if (!(error instanceof ControlError)) throw error;
        return null;
      }
    },
    plan() {
      const choice = choose();
      if (!choice) return null;
      note(choice);
      const when = random.pick(['before', 'after'] as const);
      const path = random.pick(['/order/', '/fulfillment/', '/return_refund/', '/product/', '/']);
      const deed = { kind: 'act' as const, orderId: choice.order.id, act: choice.act };
      control.schedule({ call: { path }, nth: random.whole(1, 3), when, deeds: [deed] });
      return `${choice.act.type} on ${choice.order.id} is planned ${when} a call of ${path}`;
    },
  };
}
