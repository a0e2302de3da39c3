import type { Actor } from '../companies/actor.js';
import { listConnections } from '../connections/connection-store.js';
import { readNow } from '../sync/pull/read-now.js';
import { askShops } from './ask-shops.js';
import { findOrdersByTiktokId } from './order-store.js';
import { orderPull } from './pull-orders.js';
import type { PullOrdersDeps } from './pull-orders-deps.js';

/**
 * Reads one order of the company from TikTok now, by TikTok's id, and takes it in through the gates of the pull: an order
 * that no pull has seen, or one that is decided anew although it has not changed. What the ERP has is only brought up to
 * date.
 * @returns whether TikTok shows the order in one of the company's shops
 * @throws AppError as the calls of TikTok do, when no shop that answers has the order and one could not be asked
 */
export async function lookAgain(
  deps: PullOrdersDeps,
  { companyId, tiktokOrderId, by }: { companyId: number; tiktokOrderId: string; by: Actor },
): Promise<boolean> {
  const [known] = await findOrdersByTiktokId(deps.db, { companyId, tiktokOrderId });
  const connections = await listConnections(deps.db.prisma, { companyId });
  const ownFirst = connections.toSorted(
    (a, b) => Number(b.id === known?.connectionId) - Number(a.id === known?.connectionId),
  );
  const { answer, unasked } = await askShops(ownFirst, async (id) => {
    const source = await deps.openShop(id, 'urgent');
    const options = { deps, source, now: () => deps.clock.now(), by, again: true };
    const { items } = await readNow(orderPull, options, [tiktokOrderId]);
    return items.length > 0 ? true : null;
  });
  if (answer) return true;
  const [first] = unasked;
  if (first) throw first.error;
  return false;
}
