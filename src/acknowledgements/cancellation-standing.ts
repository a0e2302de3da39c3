import type { ShopCancellation } from '../domain/cancellation.js';
import type { ShopOrder } from '../domain/order.js';
import type { ShopApi } from '../tiktok/shop-api.js';

/** What TikTok shows about the cancelling of an order. */
export interface CancellationStanding {
  /** Pieces that are cancelled, whoever did it. */
  cancelledUnitIds: ReadonlySet<string>;
  /** Cancellations that were carried out, oldest first. */
  executed: ShopCancellation[];
  /** The buyer's request that waits for an answer. */
  request: ShopCancellation | null;
  /** Something else is under way that TikTok has not finished. */
  isBusy: boolean;
  /** Null when the order was not asked for, or is not shown. */
  order: ShopOrder | null;
}

const PAGE_SIZE = 50;

/** From the order's cancellations alone: all that is needed before something is sent. */
export async function readCancellations(api: ShopApi, tiktokOrderId: string): Promise<CancellationStanding> {
  const found: ShopCancellation[] = [];
  let pageToken: string | null = null;
  do {
    const page = await api.searchCancellations({
      orderIds: [tiktokOrderId],
      pageSize: PAGE_SIZE,
      pageToken,
      sort: 'create_time',
      order: 'ASC',
    });
    found.push(...page.cancellations.filter(({ orderId }) => orderId === tiktokOrderId));
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  const executed = found.filter(({ status }) => status === 'executed');
  const pending = found.filter(({ status }) => status === 'pending');
  const request = pending.find(({ type, role }) => type === 'buyer-request' || role === 'buyer') ?? null;
  return {
    cancelledUnitIds: new Set(executed.flatMap(({ unitIds }) => unitIds)),
    executed,
    request,
    isBusy: pending.some((each) => each !== request),
    order: null,
  };
}

/** From the order as well, whose pieces tell of cancellations that the search does not show yet. */
export async function readStanding(api: ShopApi, tiktokOrderId: string): Promise<CancellationStanding> {
  const standing = await readCancellations(api, tiktokOrderId);
  const { orders } = await api.getOrders([tiktokOrderId]);
  const order = orders.find((each) => each.tiktokOrderId === tiktokOrderId) ?? null;
  const shown = (order?.units ?? []).filter(({ cancelled }) => cancelled).map(({ unitId }) => unitId);
  return { ...standing, order, cancelledUnitIds: new Set([...standing.cancelledUnitIds, ...shown]) };
}

/** Pieces that are still to be cancelled. */
export function leftOf(unitIds: readonly string[], { cancelledUnitIds }: CancellationStanding): string[] {
  return unitIds.filter((unitId) => !cancelledUnitIds.has(unitId));
}

/** Ids of the cancellations that these pieces went with; one that names no pieces may be about any. */
export function cancelIdsOf(unitIds: readonly string[], { executed }: CancellationStanding): string[] {
  return executed
    .filter((each) => each.unitIds.length === 0 || each.unitIds.some((unitId) => unitIds.includes(unitId)))
    .map(({ cancelId }) => cancelId);
}
