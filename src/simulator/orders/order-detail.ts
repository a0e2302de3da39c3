import { Type } from 'typebox';

import { ApiError } from '../gateway/api-error.js';
import { CommaList, NoBody, NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { Order, Unit } from '../state/model.js';
import { formatMinor } from '../state/money.js';
import type { Shop, World } from '../state/world.js';
import { asSeen } from './as-seen.js';
import { orderTotals } from './order-totals.js';
import { renderOrder } from './render-order.js';

/** The order, if this shop has it. Throws 21008111 for another shop's or an unknown one. */
export function orderOfShop(world: World, shop: Shop, orderId: string): Order {
  const order = world.orders.get(orderId);
  if (order === undefined || order.shopId !== shop.id) {
    throw new ApiError(21008111, 'The order or package does not belong to the current seller.');
  }
  return order;
}

/** TikTok: Get Order Detail. UNCONFIRMED: one foreign id among many refuses the whole call. */
export const orderDetailRoute = shopRoute({
  method: 'GET',
  path: '/order/{version}/orders',
  versions: ['202309', '202507'],
  scopes: ['seller.order.info'],
  query: Type.Object({ ids: CommaList({ maxItems: 50 }) }),
  body: NoBody,
  handle: ({ world, shop, query, version, twists }) => ({
    orders: [...new Set(query.ids)].map((id) => {
      const order = orderOfShop(world, shop, id);
      const shape = version === '202507' ? '202507' : '202309';
      return asSeen(world, order, twists, () => renderOrder(world, shop, order, shape, twists.maskAddress));
    }),
  }),
});

/** TikTok: Get Price Detail 202407. */
export const priceDetailRoute = shopRoute({
  method: 'GET',
  path: '/order/{version}/orders/{order_id}/price_detail',
  versions: ['202407'],
  scopes: ['seller.order.info'],
  query: NoQuery,
  body: NoBody,
  handle: ({ world, shop, params }) =>
    priceDetail(world, shop, orderOfShop(world, shop, params['order_id'] ?? '')),
});

interface PriceParts {
  listMinor: number;
  sellerMinor: number;
  platformMinor: number;
  productTaxMinor: number;
  shippingListMinor: number;
  shippingSellerMinor: number;
  shippingPlatformMinor: number;
  taxMinor: number;
  giftMinor: number;
  /** Deposits and fees, which have no field here but are in the total. */
  feesMinor: number;
}

function priceDetail(world: World, shop: Shop, order: Order): object {
  const totals = orderTotals(order, world.behaviour);
  const parts: PriceParts = {
    listMinor: totals.originalProducts,
    sellerMinor: totals.sellerDiscount,
    platformMinor: totals.platformDiscount,
    productTaxMinor: totals.productTax,
    shippingListMinor: order.shippingFee.originalMinor,
    // The co-funded discount is given by the seller as well; there is no field of its own for it here.
    shippingSellerMinor:
      order.shippingFee.sellerDiscountMinor + (order.shippingFee.cofundedDiscountMinor ?? 0),
    shippingPlatformMinor: order.shippingFee.platformDiscountMinor,
    taxMinor: totals.tax,
    feesMinor: totals.fees,
    giftMinor: order.units.reduce((sum, unit) => sum + giftValue(unit), 0),
  };
  const zero = formatMinor(0, shop.region.currency);
  return {
    ...renderPrice(shop, parts),
    cod_fee_net_amount: zero,
    line_items: order.units.map((unit) => ({
      id: unit.id,
      ...renderPrice(shop, unitParts(unit)),
      cod_fee_amount: zero,
    })),
  };
}

function unitParts(unit: Unit): PriceParts {
  return {
    listMinor: unit.price.originalMinor,
    sellerMinor: unit.price.sellerDiscountMinor,
    platformMinor: unit.price.platformDiscountMinor,
    productTaxMinor: unit.price.taxMinor,
    shippingListMinor: 0,
    shippingSellerMinor: 0,
    shippingPlatformMinor: 0,
    taxMinor: unit.price.taxMinor,
    feesMinor: unit.price.depositMinor ?? 0,
    giftMinor: giftValue(unit),
  };
}

function giftValue(unit: Unit): number {
  return unit.isGift ? (unit.price.retailMinor ?? unit.sku.priceMinor) : 0;
}

function renderPrice(shop: Shop, parts: PriceParts): object {
  const currency = shop.region.currency;
  const text = (minor: number): string => formatMinor(minor, currency);
  const subtotal = parts.listMinor - parts.sellerMinor - parts.platformMinor;
  const shipping = parts.shippingListMinor - parts.shippingSellerMinor - parts.shippingPlatformMinor;
  return {
    currency,
    total: text(subtotal + shipping + parts.taxMinor + parts.feesMinor),
    payment: text(subtotal + shipping + parts.taxMinor + parts.feesMinor),
    sku_list_price: text(parts.listMinor),
    sku_sale_price: text(subtotal),
    subtotal: text(subtotal),
    subtotal_deduction_seller: text(parts.sellerMinor),
    subtotal_deduction_platform: text(parts.platformMinor),
    subtotal_tax_amount: text(parts.productTaxMinor),
    voucher_deduction_platform: text(0),
    voucher_deduction_seller: text(0),
    shipping_list_price: text(parts.shippingListMinor),
    shipping_sale_price: text(shipping),
    shipping_fee_deduction_seller: text(parts.shippingSellerMinor),
    shipping_fee_deduction_platform: text(parts.shippingPlatformMinor),
    shipping_fee_deduction_platform_voucher: text(0),
    tax_amount: text(parts.taxMinor),
    tax_rate: (shop.region.taxBasisPoints / 10_000).toFixed(4),
    net_price_amount: text(subtotal),
    cod_fee: text(0),
    sku_gift_original_price: text(parts.giftMinor),
    sku_gift_net_price: text(0),
  };
}
