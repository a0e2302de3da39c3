import type { AnswerTwists } from '../gateway/route.js';
import type { Order } from '../state/model.js';
import type { World } from '../state/world.js';

/** The order as it is, or (fault `stale_read`) as it was before its last change. */
export function asSeen(world: World, order: Order, twists: AnswerTwists, render: () => object): object {
  const previous = twists.stale ? world.previousOrders.get(order.id) : undefined;
  return previous?.wire ?? render();
}
