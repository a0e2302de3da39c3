import type { ActSpec } from '../../../src/simulator/control/act-spec.js';
import { ControlError } from '../../../src/simulator/control/control-error.js';
import type { OrderView } from '../../../src/simulator/control/views.js';
import type { Simulator } from '../../../src/simulator/server.js';
import { harborGoods, tokoPelangi } from '../../support/connect-shop.js';
import type { Random } from './random.js';

type Event = [weight: number, happens: () => void];
type Control = Simulator['control'];

const shopIds = [harborGoods.shopId, tokoPelangi.shopId];

/**
 * Buyers cancel, ask for it and take it back, TikTok cancels, somebody answers in Seller Center; goods arrive and are sent
 * back. Orders whose pieces are concerned are noted as disturbed.
 */
export function changesOfMind(control: Control, random: Random, disturbed: Set<string>): Event[] {
  /** What is not possible just now does not happen. */
  const act = (id: string, what: ActSpec): void => {
    try {
      control.act(id, what);
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
    }
  };
  const someOrder = (
    status: OrderView['status'],
    isWanted: (order: OrderView) => boolean = () => true,
  ): OrderView | undefined => {
    const orders = control.orders({ shop: random.pick(shopIds), status, limit: 10_000 }).filter(isWanted);
    return orders.length > 0 ? random.pick(orders) : undefined;
  };
  const disturb = (order: OrderView | undefined, what: (order: OrderView) => ActSpec): void => {
    if (!order) return;
    disturbed.add(order.id);
    act(order.id, what(order));
  };
  const somePieces = (order: OrderView): { unitIds?: string[] } => {
    const ids = (order['line_items'] as { id: string }[]).map(({ id }) => id);
    return random.chance(0.4) ? {} : { unitIds: ids.slice(0, random.whole(1, ids.length)) };
  };
  const someReturn = (status: string, what: (returnId: string) => ActSpec): void => {
    const found = control.returns({ shop: random.pick(shopIds), limit: 10_000 });
    const open = found.filter(({ return_status: each }) => each === status);
    if (open.length === 0) return;
    const { order_id: orderId, return_id: returnId } = random.pick(open);
    act(orderId, what(returnId));
  };
  const isAsked = (order: OrderView): boolean => order['is_buyer_request_cancel'] === true;
  const awaiting = 'AWAITING_SHIPMENT';
  const answers = ['buyer_withdraws_cancel', 'seller_approves_cancel', 'seller_rejects_cancel'] as const;
  return [
    [
      2,
      () =>
        disturb(someOrder(awaiting), (order) => ({
          type: 'buyer_cancel',
          atOnce: random.chance(0.4),
          ...somePieces(order),
        })),
    ],
    [1, () => disturb(someOrder('ON_HOLD'), (order) => ({ type: 'buyer_cancel', ...somePieces(order) }))],
    [2, () => disturb(someOrder(awaiting, isAsked), () => ({ type: random.pick(answers) }))],
    [1, () => disturb(someOrder(awaiting), (order) => ({ type: 'system_cancel', ...somePieces(order) }))],
    [1, () => disturb(someOrder(awaiting), () => ({ type: 'seller_cancel' }))],
    [
      2,
      () => {
        const order = someOrder('AWAITING_COLLECTION');
        if (!order) return;
        act(order.id, { type: 'carrier_deliver' });
        act(order.id, { type: 'buyer_opens_return' });
      },
    ],
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
}
