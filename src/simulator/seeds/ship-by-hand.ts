import type { Order, Package, Unit } from '../state/model.js';
import { addPackage, arrangePackage, packageOfUnit, shopOf } from '../state/order-machine.js';
import { providersFor } from '../state/routes.js';
import type { World } from '../state/world.js';

/** What a seller does in Seller Center: the units go into one package (theirs, if they have one) with the first carrier. */
export function shipByHand(
  world: World,
  order: Order,
  units: readonly Unit[],
  trackingNumber: string | undefined,
  atSec: number,
): Package {
  const shop = shopOf(world, order);
  const [first] = units;
  const existing = first === undefined ? undefined : packageOfUnit(shop, first);
  const pack = existing ?? addPackage(world, shop, [order], units, 'DEFAULT', atSec);
  const provider =
    providersFor(shop, order)[0] ?? shop.deliveryOptions.flatMap((option) => option.providers)[0];
  const shipment = {
    trackingNumber: trackingNumber ?? `SIM${pack.id}`,
    providerId: provider?.id ?? '',
    providerName: provider?.name ?? '',
  };
  arrangePackage(world, pack, { ...shipment, via: 'seller_center', requestId: '' }, atSec);
  return pack;
}
