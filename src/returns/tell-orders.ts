import type { NewEvent } from '../documents/document-store.js';
import { isOver, type ShopReturn } from '../domain/return.js';
import { toIsoSeconds } from '../kernel/time.js';
import { findOrdersOfShop } from '../orders/order-store.js';
import type { ReturnContext, ShownReturn } from './return-context.js';

/**
 * History of the orders whose buyers ask for something that is no document here (refund only, replacement): when they ask,
 * and when it is over. An order that the ERP does not have, or another company's, is left out.
 */
export async function eventsOnOrders(
  { tx, source }: ReturnContext,
  kept: readonly ShownReturn[],
): Promise<NewEvent[]> {
  const news = kept.filter(({ record, shown }) => isNew(record?.shown ?? null, shown));
  if (news.length === 0) return [];
  const { companyId, id: connectionId } = source.connection;
  const ids = [...new Set(news.map(({ shown }) => shown.tiktokOrderId))];
  const orders = await findOrdersOfShop(tx, source.connection, ids);
  const keys = new Map(
    orders
      .filter((order) => order.companyId === companyId)
      .map(({ order, documentKey }) => [order.tiktokOrderId, documentKey]),
  );
  return news.flatMap(({ shown }): NewEvent[] => {
    const documentKey = keys.get(shown.tiktokOrderId) ?? null;
    return documentKey === null ? [] : [{ companyId, connectionId, documentKey, ...eventOf(shown) }];
  });
}

/** A request that was over when it was first seen is told too: the buyer has got money for it. */
function isNew(held: ShopReturn | null, shown: ShopReturn): boolean {
  return held === null || isOver(held.stage) !== isOver(shown.stage);
}

function eventOf(shown: ShopReturn): Pick<NewEvent, 'event' | 'summary' | 'details' | 'additional'> {
  const { returnId, typeText, statusText, units, nextActions } = shown;
  const additional = { returnId, unitIds: units.map(({ unitId }) => unitId) };
  if (isOver(shown.stage)) {
    const summary = `The buyer's request ${returnId} (${typeText}) is over: TikTok shows ${statusText}`;
    return { event: 'refund-request-closed', summary, additional };
  }
  const deadline = nextActions[0]?.deadline;
  const until = deadline ? ` until ${toIsoSeconds(deadline)}; TikTok decides by itself then` : '';
  return {
    event: 'refund-requested',
    summary: `The buyer asks for ${units.length} piece(s): request ${returnId} (${typeText}, ${statusText})`,
    details: `No return document is made of it. Answer it in TikTok Seller Center${until}.`,
    additional,
  };
}
