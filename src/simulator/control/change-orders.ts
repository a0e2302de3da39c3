import { addOrder, type LineInput } from '../seeds/build-order.js';
import { addSku } from '../seeds/build-product.js';
import type { Address, FulfillmentType, Order, ShippingType, Sku } from '../state/model.js';
import { parseMinor } from '../state/money.js';
import { changeOrder } from '../state/order-machine.js';
import { availableOf, warehouseFor } from '../state/stock.js';
import type { Shop, World } from '../state/world.js';
import { ControlError } from './control-error.js';

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

/**
 * Throws a RangeError for an amount that is none in the shop's currency, a ControlError (409) when what is bought is
 * not for sale or not there.
 */
export function createOrder(world: World, shop: Shop, input: NewOrder): Order {
  const { paidMinutesAgo, buyerUserId, lines, ...rest } = input;
  const nowSec = world.clock.nowSec();
  const bought = lines.map((line) => lineOf(world, shop, line));
  if (rest.fulfillmentType !== 'FULFILLMENT_BY_TIKTOK') mustBeForSale(shop, bought);
  return addOrder(world, shop, {
    ...rest,
    lines: bought,
    paidSec: paidMinutesAgo === null ? null : Math.floor(nowSec - (paidMinutesAgo ?? 0) * 60),
    ...(buyerUserId === undefined ? {} : { buyerId: buyerUserId }),
  });
}

function lineOf(world: World, shop: Shop, line: NewOrderLine): LineInput {
  const minor = (amount: string | undefined): number =>
    amount === undefined ? 0 : parseMinor(amount, shop.region.currency);
  const alike = shop.catalogue.skusOf(line.sellerSku);
  const known = alike.find((sku) => isForSale(shop, sku)) ?? alike[0];
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

function isForSale(shop: Shop, sku: Sku): boolean {
  const status = shop.catalogue.product(sku.productId)?.status;
  return status === 'ACTIVATE' && sku.deactivatedBy === undefined && availableOf(sku) > 0;
}

/** TikTok sells nothing that is not live or not there. */
function mustBeForSale(shop: Shop, lines: readonly LineInput[]): void {
  for (const { sku } of lines) {
    const product = shop.catalogue.product(sku.productId);
    if (product?.status !== 'ACTIVATE' || sku.deactivatedBy !== undefined) {
      throw new ControlError(
        409,
        `${sku.sellerSku} is not for sale: product ${sku.productId} is ${product?.status}`,
      );
    }
  }
  if (warehouseFor(shop, lines) === undefined) {
    const left = lines.map(({ sku }) => `${sku.sellerSku} ${availableOf(sku)}`).join(', ');
    throw new ControlError(409, `no warehouse has enough for this order; left are: ${left}`);
  }
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
