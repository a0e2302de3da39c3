import type {
  Address,
  BundlePart,
  FulfillmentType,
  Order,
  ShippingFee,
  ShippingType,
  Sku,
  Unit,
  UnitPrice,
} from '../state/model.js';
import type { OrderKind } from '../state/order-kind.js';
import { changeOrder, holdEndSec, holdUntil, openPackage, watchLimit } from '../state/order-machine.js';
import { addressOf } from '../state/addresses.js';
import { commitStock, defaultWarehouse, warehouseFor } from '../state/stock.js';
import type { Region } from '../state/regions.js';
import type { Shop, World } from '../state/world.js';
import { tellOrder } from '../webhooks/tell.js';

export interface LineInput {
  sku: Sku;
  quantity: number;
  isGift?: boolean;
  priceMinor?: number;
  sellerDiscountMinor?: number;
  platformDiscountMinor?: number;
  /** Of a gift; what the SKU costs when left out. */
  retailMinor?: number;
  depositMinor?: number;
  parts?: readonly BundlePart[];
  isTemporaryListing?: boolean;
  roomId?: string;
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
  /** Costs nothing where no price is named, as what replaces other goods does. */
  isSample?: boolean;
  kind?: Omit<OrderKind, 'listing' | 'limitSec'>;
  shippingFee?: Partial<ShippingFee>;
  retailDeliveryFeeMinor?: number;
  /**
   * The list shows the order only so many seconds after it was placed, with its old time of change; null: never.
   * Whoever reads the changes since the last look never sees it.
   */
  listedAfterSec?: number | null;
  /** Which of the region's invented buyers and places to take. */
  variant?: number;
}

const PAY_DELAY_SEC = 60;

/**
 * Makes the order with all that follows from its time of payment, without putting it into the shop's book. However long ago
 * it was paid, it has not changed before the shop's orders were last listed, unless the list is to be late with it: an order
 * that shows up behind the back of those who read the changes is a case of its own.
 */
export function buildOrder(world: World, shop: Shop, input: OrderInput): Order {
  const nowSec = world.clock.nowSec();
  const paidSec = input.paidSec === undefined ? nowSec : input.paidSec;
  const createdSec = paidSec === null ? nowSec : paidSec - PAY_DELAY_SEC;
  const seq = ++world.orderSeq;
  const shippingType = input.shippingType ?? 'SELLER';
  const free = isFree(input);
  const order: Order = {
    ...input.kind,
    id: world.ids.next('order'),
    seq,
    shopId: shop.id,
    status: 'UNPAID',
    createdSec,
    updatedSec: createdSec,
    holds: false,
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
    units: input.lines.flatMap((line) => unitsOf(world, shop.region, line, free)),
    packageIds: [],
    shippingFee: shippingFeeOf(shop.region, input, free),
    retailDeliveryFeeMinor: input.retailDeliveryFeeMinor ?? 0,
  };
  commitStock(world, shop, order);
  if (paidSec !== null) becomePaid(world, shop, order, paidSec, nowSec);
  if (input.buyerId !== undefined) recommendCombination(world, shop, order, nowSec);
  watchLimit(world, order, nowSec);
  const { listedAfterSec } = input;
  if (listedAfterSec === undefined) {
    order.updatedSec = Math.max(order.updatedSec, Math.min(shop.listedSec, nowSec));
  } else {
    order.listing = { fromSec: listedAfterSec === null ? null : createdSec + listedAfterSec };
    shop.hasLateOrders = true;
  }
  return order;
}

function isFree({ isSample, kind = {} }: OrderInput): boolean {
  return isSample === true || kind.replacedOrderId !== undefined || kind.exchangedOrderId !== undefined;
}

/**
 * US since May 2026: orders of one buyer to one address get the id of a group when they are placed; to ship them in one
 * parcel is up to the seller. UNCONFIRMED: that the first order gets its id with the second one only, and so changes then.
 */
function recommendCombination(world: World, shop: Shop, order: Order, nowSec: number): void {
  if (shop.region.code !== 'US' || world.behaviour.autoCombine !== 'recommends') return;
  const others = shop.book
    .sorted('create_time')
    .filter(
      ({ buyerId, status, address, warehouseId }) =>
        buyerId === order.buyerId &&
        (status === 'ON_HOLD' || status === 'AWAITING_SHIPMENT') &&
        address.fullAddress === order.address.fullAddress &&
        warehouseId === order.warehouseId,
    );
  const known = others.find(({ combineGroupId }) => combineGroupId !== undefined)?.combineGroupId;
  if (others.length === 0 || order.combineGroupId !== undefined) return;
  order.combineGroupId = known ?? world.ids.next('combination');
  for (const other of others.filter(({ combineGroupId }) => combineGroupId === undefined)) {
    changeOrder(world, other, nowSec, () => {
      other.combineGroupId = order.combineGroupId ?? '';
    });
  }
}

function addressFor(region: Region, input: OrderInput, seq: number): Address {
  const address = addressOf(region, input.variant ?? seq);
  return input.address === undefined ? address : { ...address, ...input.address };
}

function becomePaid(world: World, shop: Shop, order: Order, paidSec: number, nowSec: number): void {
  // Cash on delivery is paid at the door: such an order has no paid_time.
  if (!order.isCod) order.paidSec = paidSec;
  const holdEndsSec = holdEndSec(shop, order, paidSec);
  order.holds = holdEndsSec !== undefined;
  if (holdEndsSec !== undefined && holdEndsSec > nowSec) {
    order.status = 'ON_HOLD';
    order.updatedSec = paidSec;
    holdUntil(world, order, holdEndsSec);
    return;
  }
  order.status = 'AWAITING_SHIPMENT';
  order.updatedSec = holdEndsSec ?? paidSec;
  openPackage(world, order, order.updatedSec);
}

function unitsOf(world: World, region: Region, line: LineInput, free: boolean): Unit[] {
  const isGift = line.isGift ?? false;
  const usualMinor = free ? 0 : line.sku.priceMinor;
  const originalMinor = isGift ? 0 : (line.priceMinor ?? usualMinor);
  const sellerDiscountMinor = line.sellerDiscountMinor ?? 0;
  const platformDiscountMinor = line.platformDiscountMinor ?? 0;
  const taxedMinor = originalMinor - sellerDiscountMinor;
  const taxMinor = Math.round((taxedMinor * region.taxBasisPoints) / 10_000);
  const price: UnitPrice = {
    originalMinor,
    sellerDiscountMinor,
    platformDiscountMinor,
    taxMinor,
    retailMinor: line.retailMinor ?? line.sku.priceMinor,
  };
  if (line.depositMinor !== undefined) price.depositMinor = line.depositMinor;
  return Array.from({ length: line.quantity }, () => {
    const unit: Unit = { id: world.ids.next('unit'), sku: line.sku, price, isGift };
    if (line.parts !== undefined) unit.parts = [...line.parts];
    if (line.isTemporaryListing === true) unit.isTemporaryListing = true;
    if (line.roomId !== undefined) unit.roomId = line.roomId;
    return unit;
  });
}

function shippingFeeOf(region: Region, { shippingFee = {} }: OrderInput, free: boolean): ShippingFee {
  const given = Object.keys(shippingFee).length > 0;
  const typical = free || given ? 0 : region.typicalPriceMinor;
  const fee: ShippingFee = {
    originalMinor: Math.round(typical * 0.3),
    sellerDiscountMinor: 0,
    platformDiscountMinor: Math.round(typical * 0.1),
    taxMinor: 0,
    ...shippingFee,
  };
  if (shippingFee.taxMinor !== undefined) return fee;
  const taxedMinor =
    fee.originalMinor -
    fee.sellerDiscountMinor -
    fee.platformDiscountMinor -
    (fee.cofundedDiscountMinor ?? 0);
  return { ...fee, taxMinor: Math.round((taxedMinor * region.taxBasisPoints) / 10_000) };
}

export function addOrder(world: World, shop: Shop, input: OrderInput): Order {
  const order = buildOrder(world, shop, input);
  world.orders.set(order.id, order);
  shop.book.insert(order);
  world.changed();
  tellOrder(world, shop, order, order.updatedSec);
  return order;
}
