import type { ActiveConnection } from '../connections/connection.js';
import type { ShopOrder } from '../domain/order.js';

/** TikTok tells it in the US only, where a package may leave from another warehouse than its order says. */
const TELLING_REGION = 'US';

/** TikTok's ids of the order's packages. */
export function packageIdsOf({ packageIds, units }: Pick<ShopOrder, 'packageIds' | 'units'>): string[] {
  const ofUnits = units.flatMap(({ packageId, cancelled }) => (packageId && !cancelled ? [packageId] : []));
  return [...new Set([...packageIds, ...ofUnits])];
}

/** Whether the order has packages of which nobody has read where they leave from. */
export function hasUnreadPackages(
  { shopRegion }: Pick<ActiveConnection, 'shopRegion'>,
  order: ShopOrder,
): boolean {
  if (shopRegion !== TELLING_REGION || order.status === 'CANCELLED') return false;
  const read = order.packageWarehouses ?? {};
  return packageIdsOf(order).some((id) => !Object.hasOwn(read, id));
}
