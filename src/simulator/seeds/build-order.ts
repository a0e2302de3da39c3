import type { Address, FulfillmentType, Order, ShippingType, Sku, Unit, UnitPrice } from '../state/model.js';
import { HOLD_SEC, holdUntil, openPackage } from '../state/order-machine.js';
import { addressOf } from '../state/addresses.js';
import { commitStock, defaultWarehouse, warehouseFor } from '../state/stock.js';
import type { Region } from '../state/regions.js';
import type { Shop, World } from '../state/world.js';

export interface LineInput {
  sku: Sku;
  quantity: number;
  isGift?: boolean;
  priceMinor?: number;
  sellerDiscountMinor?: number;
  platformDiscountMinor?: number;
}

export interface OrderInput {
  lines: readonly LineInput[];
  /** Seconds; now when left out. Null leaves the order unpaid. */
  paidSec?: number | null;
  shippingType?: ShippingType;
  fulfillmentType?: FulfillmentType;
  buyerMessage?: string;
  buyerId?: string;
  address?: Partial<Address>;
  isCod?: boolean;
  isSample?: boolean;
  /** Which of the region's invented buyers and places to take. */
  variant?: number;
}

const PAY_DELAY_SEC = 60;

/**
 * Makes the order with all that follows from its time of payment, without putting it into the shop's book. However long ago
 * it was paid, it has not changed before the shop's orders were last listed: whoever reads the changes since then would
 * never see it, and in TikTok no order shows up like that.
 */
export function buildOrder(world: World, shop: Shop, input: OrderInput): Order {
  const nowSec = world.clock.nowSec();
  const paidSec = input.paidSec === undefined ? nowSec : input.paidSec;
  const createdSec = paidSec === null ? nowSec : paidSec - PAY_DELAY_SEC;
  const seq = ++world.orderSeq;
  const shippingType = input.shippingType ?? 'SELLER';
  const holds = shop.region.holds && paidSec !== null;
  const order: Order = {
    id: world.ids.next('order'),
    seq,
    shopId: shop.id,
    status: 'UNPAID',
    createdSec,
    updatedSec: createdSec,
    holds,
    fulfillmentType: input.fulfillmentType ?? 'FULFILLMENT_BY_SELLER',
    shippingType,
    deliveryOptionId: shop.deliveryOptions.find((option) => option.shippingType === shippingType)?.id ?? '',
    warehouseId: (warehouseFor(shop, input.lines) ?? defaultWarehouse(shop))?.id ?? '',
    buyerId: input.buyerId ?? world.ids.next('user'),
    buyerMessage: input.buyerMessage ?? '',
    sellerNote: '',
    address: addressFor(shop.region, input, seq),
    addressUpdated: false,
    isCod: input.isCod ?? false,
    isSample: input.isSample ?? false,
    units: input.lines.flatMap((line) => unitsOf(world, shop.region, line)),
    packageIds: [],
    shippingFee: shippingFeeOf(shop.region),
    retailDeliveryFeeMinor: 0,
  };
  commitStock(world, shop, order);
  if (paidSec !== null) becomePaid(world, order, paidSec, nowSec);
  order.updatedSec = Math.max(order.updatedSec, Math.min(shop.listedSec, nowSec));
  return order;
}

function addressFor(region: Region, input: OrderInput, seq: number): Address {
  const address = addressOf(region, input.variant ?? seq);
  return input.address === undefined ? address : { ...address, ...input.address };
}

function becomePaid(world: World, order: Order, paidSec: number, nowSec: number): void {
  // Cash on delivery is paid at the door: such an order has no paid_time.
  if (!order.isCod) order.paidSec = paidSec;
  const holdEndsSec = paidSec + HOLD_SEC;
  if (order.holds && holdEndsSec > nowSec) {
    order.status = 'ON_HOLD';
    order.updatedSec = paidSec;
    holdUntil(world, order, holdEndsSec);
    return;
  }
  order.status = 'AWAITING_SHIPMENT';
  order.updatedSec = order.holds ? holdEndsSec : paidSec;
  openPackage(world, order, order.updatedSec);
}

function unitsOf(world: World, region: Region, line: LineInput): Unit[] {
  const isGift = line.isGift ?? false;
  const originalMinor = isGift ? 0 : (line.priceMinor ?? line.sku.priceMinor);
  const sellerDiscountMinor = line.sellerDiscountMinor ?? 0;
  const platformDiscountMinor = line.platformDiscountMinor ?? 0;
  const taxedMinor = originalMinor - sellerDiscountMinor;
  const taxMinor = Math.round((taxedMinor * region.taxBasisPoints) / 10_000);
  const price: UnitPrice = {
    originalMinor,
    sellerDiscountMinor,
    platformDiscountMinor,
    taxMinor,
    retailMinor: line.sku.priceMinor,
  };
  return Array.from({ length: line.quantity }, () => ({
    id: world.ids.next('unit'),
    sku: line.sku,
    price,
    isGift,
  }));
}

function shippingFeeOf(region: Region): Order['shippingFee'] {
  const originalMinor = Math.round(region.typicalPriceMinor * 0.3);
  const platformDiscountMinor = Math.round(region.typicalPriceMinor * 0.1);
  const taxMinor = Math.round(((originalMinor - platformDiscountMinor) * region.taxBasisPoints) / 10_000);
  return { originalMinor, sellerDiscountMinor: 0, platformDiscountMinor, taxMinor };
}

export function addOrder(world: World, shop: Shop, input: OrderInput): Order {
  const order = buildOrder(world, shop, input);
  world.orders.set(order.id, order);
  shop.book.insert(order);
  world.changed();
  return order;
}
