import { addOrder, addSku, type LineInput } from '../seeds/build-order.js';
import type { Address, FulfillmentType, Order, ShippingType } from '../state/model.js';
import { parseMinor } from '../state/money.js';
import { changeOrder } from '../state/order-machine.js';
import type { Shop, World } from '../state/world.js';

export interface NewOrderLine {
  sellerSku: string;
  quantity: number;
  /** Decimal strings in the shop's currency. */
  price?: string;
  sellerDiscount?: string;
  platformDiscount?: string;
  isGift?: boolean;
  productName?: string;
  skuName?: string;
}

export interface NewOrder {
  lines: NewOrderLine[];
  /** Negative values lie in the future; left out: paid now; null: not paid. */
  paidMinutesAgo?: number | null;
  shippingType?: ShippingType;
  fulfillmentType?: FulfillmentType;
  buyerMessage?: string;
  buyerUserId?: string;
  isCod?: boolean;
  address?: Partial<Address>;
}

export interface OrderPatch {
  address?: Partial<Address>;
  buyerMessage?: string;
  sellerNote?: string;
}

/** Throws a RangeError for an amount that is none in the shop's currency. */
export function createOrder(world: World, shop: Shop, input: NewOrder): Order {
  const { paidMinutesAgo, buyerUserId, lines, ...rest } = input;
  const nowSec = world.clock.nowSec();
  return addOrder(world, shop, {
    ...rest,
    lines: lines.map((line) => lineOf(world, shop, line)),
    paidSec: paidMinutesAgo === null ? null : Math.floor(nowSec - (paidMinutesAgo ?? 0) * 60),
    ...(buyerUserId === undefined ? {} : { buyerId: buyerUserId }),
  });
}

function lineOf(world: World, shop: Shop, line: NewOrderLine): LineInput {
  const minor = (amount: string | undefined): number =>
    amount === undefined ? 0 : parseMinor(amount, shop.region.currency);
  const known = shop.skus.find((sku) => sku.sellerSku === line.sellerSku);
  const sku =
    known ??
    addSku(world, shop, {
      sellerSku: line.sellerSku,
      productName: line.productName ?? `Article ${line.sellerSku}`,
      name: line.skuName ?? 'Default',
      ...(line.price === undefined ? {} : { priceMinor: minor(line.price) }),
    });
  return {
    sku,
    quantity: line.quantity,
    isGift: line.isGift ?? false,
    sellerDiscountMinor: minor(line.sellerDiscount),
    platformDiscountMinor: minor(line.platformDiscount),
    ...(line.price === undefined ? {} : { priceMinor: minor(line.price) }),
  };
}

export function patchOrder(world: World, order: Order, patch: OrderPatch): Order {
  changeOrder(world, order, world.clock.nowSec(), () => {
    if (patch.address !== undefined) {
      order.address = { ...order.address, ...patch.address };
      order.addressUpdated = true;
    }
    if (patch.buyerMessage !== undefined) order.buyerMessage = patch.buyerMessage;
    if (patch.sellerNote !== undefined) order.sellerNote = patch.sellerNote;
  });
  return order;
}
