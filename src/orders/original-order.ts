import type { NewEvent } from '../documents/document-store.js';
import type { ShopOrder } from '../domain/order.js';
import type { SqlTx } from '../store/database.js';
import { findDocumentKeys, type Shop } from './order-store.js';

type Kinded = Pick<ShopOrder, 'kind' | 'tiktokOrderId'>;

/** TikTok's id of the order whose goods this one replaces, or was taken in exchange for. */
function originalOf({ kind }: Kinded): string | null {
  return kind.replacedOrderId ?? kind.exchangedOrderId ?? null;
}

/** Document keys of the original orders of these, by TikTok's id; the ones that the company has no document of are missing. */
export async function findOriginals(
  tx: SqlTx,
  shop: Shop & { companyId: number },
  orders: readonly Kinded[],
): Promise<ReadonlyMap<string, number>> {
  const ids = [...new Set(orders.flatMap((order) => originalOf(order) ?? []))];
  return ids.length === 0 ? new Map() : findDocumentKeys(tx, shop, ids);
}

/** Leads from a replacement to the document of its original; like all of its attributes it freezes at export. */
export function originalAttributes(
  order: Kinded,
  originals: ReadonlyMap<string, number>,
): { name: string; value: string }[] {
  const key = originals.get(originalOf(order) ?? '');
  return key === undefined ? [] : [{ name: 'TikTokOriginalOrderKey', value: String(key) }];
}

/** Tells the original order of the new one. */
export function eventsOfOriginal(
  { companyId, connectionId, documentKey }: { companyId: number; connectionId: number; documentKey: number },
  order: Kinded,
  originals: ReadonlyMap<string, number>,
): NewEvent[] {
  const key = originals.get(originalOf(order) ?? '');
  if (key === undefined) return [];
  const does = order.kind.isExchange ? 'was taken in exchange for goods' : 'replaces goods';
  return [
    {
      companyId,
      connectionId,
      documentKey: key,
      event: 'order-changed',
      summary: `Order ${order.tiktokOrderId} (document ${documentKey}) ${does} of this order`,
    },
  ];
}
