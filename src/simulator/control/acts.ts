import { shipByHand } from '../seeds/ship-by-hand.js';
import {
  changeOrder,
  collectPackage,
  completeOrder,
  deliverPackage,
  isShipped,
  liveUnits,
  packageOfUnit,
  payOrder,
  shopOf,
} from '../state/order-machine.js';
import type { Order, Package, Unit } from '../state/model.js';
import { moveStock, salesWarehouses } from '../state/stock.js';
import type { World } from '../state/world.js';
import type { ActSpec } from './act-spec.js';
import { performAftersalesAct } from './aftersales-acts.js';
import { ControlError } from './control-error.js';
import { performParcelAct } from './parcel-acts.js';

/** Does the act now. Throws a ControlError (409) when the order's state does not allow it. */
export function performAct(world: World, order: Order, act: ActSpec): void {
  const nowSec = world.clock.nowSec();
  switch (act.type) {
    case 'pay':
      mustBe(order, order.status === 'UNPAID', act);
      return payOrder(world, order, nowSec);
    case 'seller_ship':
      return sellerShips(world, order, act, nowSec);
    case 'other_warehouse':
      return useOtherWarehouse(world, order, act, nowSec);
    case 'carrier_collect':
      return move(world, order, act, collectPackage, 'PROCESSING');
    case 'carrier_deliver':
      return move(world, order, act, deliverPackage, 'PROCESSING', 'FULFILLING');
    case 'complete':
      mustBe(order, order.status === 'DELIVERED', act);
      return completeOrder(world, order, nowSec);
    case 'seller_combine':
    case 'seller_uncombine':
    case 'seller_split':
    case 'seller_corrects_tracking':
    case 'seller_uploads_invoice':
    case 'package_leaves_from':
      return performParcelAct(world, order, act);
    default:
      return performAftersalesAct(world, order, act);
  }
}

function mustBe(order: Order, allowed: boolean, act: ActSpec): void {
  if (!allowed)
    throw new ControlError(409, `order ${order.id} is ${order.status}: ${act.type} is not possible`);
}

function chosenUnits(order: Order, ids: readonly string[] | undefined): Unit[] {
  const live = liveUnits(order);
  return ids === undefined ? live : live.filter((unit) => ids.includes(unit.id));
}

function sellerShips(
  world: World,
  order: Order,
  act: ActSpec & { type: 'seller_ship' },
  nowSec: number,
): void {
  const shop = shopOf(world, order);
  const open = chosenUnits(order, act.unitIds).filter((unit) => !isShipped(packageOfUnit(shop, unit)));
  mustBe(order, open.length > 0 && order.status !== 'UNPAID' && order.status !== 'ON_HOLD', act);
  shipByHand(world, order, open, act.trackingNumber, nowSec);
}

function useOtherWarehouse(
  world: World,
  order: Order,
  act: ActSpec & { type: 'other_warehouse' },
  nowSec: number,
): void {
  const shop = shopOf(world, order);
  const { warehouseId } = act;
  if (!salesWarehouses(shop).some(({ id }) => id === warehouseId)) {
    throw new ControlError(400, `warehouse ${warehouseId} is none of the shop's for sales`);
  }
  const open = liveUnits(order);
  mustBe(order, open.length > 0 && !open.some((unit) => isShipped(packageOfUnit(shop, unit))), act);
  changeOrder(world, order, nowSec, () => moveStock(world, shop, order, open, warehouseId));
}

function move(
  world: World,
  order: Order,
  act: ActSpec & { packageId?: string | undefined },
  step: (world: World, pack: Package, atSec: number) => void,
  ...from: Package['status'][]
): void {
  const shop = shopOf(world, order);
  const packages = order.packageIds
    .filter((id) => act.packageId === undefined || id === act.packageId)
    .flatMap((id) => shop.packages.get(id) ?? [])
    .filter((pack) => from.includes(pack.status));
  mustBe(order, packages.length > 0, act);
  for (const pack of packages) step(world, pack, world.clock.nowSec());
}
