import type { Behaviour } from '../options.js';
import type { Order, Unit } from '../state/model.js';
import { formatMinor } from '../state/money.js';
import { isEuropean } from '../state/routes.js';
import type { Shop, World } from '../state/world.js';
import { orderTotals, share } from './order-totals.js';

type Wire = Record<string, unknown>;

/** What kind of order it is: the fields that an ordinary sale has with their usual values, or not at all. */
export function addKind(wire: Wire, world: World, shop: Shop, order: Order): void {
  Object.assign(wire, {
    order_type: order.orderType ?? 'NORMAL',
    delivery_type: order.deliveryType ?? 'HOME_DELIVERY',
    payment_method_name: order.paymentMethod ?? (order.isCod ? 'Cash on delivery' : 'Credit/Debit card'),
    is_replacement_order: order.replacedOrderId !== undefined,
    is_exchange_order: order.exchangedOrderId !== undefined,
  });
  if (order.replacedOrderId !== undefined) wire['replaced_order_id'] = order.replacedOrderId;
  // The changelog of 2025 writes exchange_order_source_id; the reference and the SDK have this name.
  if (order.exchangedOrderId !== undefined) wire['exchange_source_order_id'] = order.exchangedOrderId;
  if (order.isSubscription === true) wire['is_subscription_order'] = true;
  if (order.releaseSec !== undefined) wire['release_date'] = order.releaseSec;
  if (order.handling !== undefined) {
    wire['handling_duration'] = { days: String(order.handling.days), type: order.handling.type };
  }
  if ((order.fees?.distanceMinor ?? 0) > 0) wire['order_rights'] = [2];
  addCombineGroup(wire, world.behaviour, shop, order);
  addBrazil(wire, shop, order);
}

function addCombineGroup(wire: Wire, { autoCombine }: Behaviour, shop: Shop, order: Order): void {
  if (order.combineGroupId !== undefined) wire['auto_combine_group_id'] = order.combineGroupId;
  else if (autoCombine === 'opted_out' && shop.region.code === 'US') wire['auto_combine_group_id'] = 'N/A';
}

function addBrazil(wire: Wire, { region }: Shop, order: Order): void {
  const isBrazil = region.code === 'BR';
  wire['need_upload_invoice'] = order.invoice ?? (isBrazil ? 'NO_NEED' : 'UNKNOWN');
  const cpf = order.cpf ?? (isBrazil ? '000.000.000-00' : undefined);
  const name = order.cpfName ?? (isBrazil ? 'Sample Buyer' : undefined);
  if (cpf !== undefined) wire['cpf'] = cpf;
  if (name !== undefined) wire['cpf_name'] = name;
}

/** Every amount of `payment`. The fields that came after December 2025 are there only when they say something. */
export function renderPayment(order: Order, currency: string, behaviour: Behaviour): Wire {
  const totals = orderTotals(order, behaviour);
  const { shippingFee, fees = {} } = order;
  const text = (minor = 0): string => formatMinor(minor, currency);
  const wire: Wire = {
    currency,
    sub_total: text(totals.subTotal),
    shipping_fee: text(totals.shippingFee),
    seller_discount: text(totals.sellerDiscount),
    platform_discount: text(totals.platformDiscount),
    total_amount: text(totals.total),
    original_total_product_price: text(totals.originalProducts),
    original_shipping_fee: text(shippingFee.originalMinor),
    shipping_fee_seller_discount: text(shippingFee.sellerDiscountMinor),
    shipping_fee_platform_discount: text(shippingFee.platformDiscountMinor),
    shipping_fee_cofunded_discount: text(shippingFee.cofundedDiscountMinor),
    tax: text(totals.tax),
    product_tax: text(totals.productTax),
    shipping_fee_tax: text(shippingFee.taxMinor),
    retail_delivery_fee: text(order.retailDeliveryFeeMinor),
    small_order_fee: text(fees.smallOrderMinor),
    buyer_service_fee: text(fees.buyerServiceMinor),
    handling_fee: text(fees.handlingMinor),
    shipping_insurance_fee: text(fees.shippingInsuranceMinor),
    item_insurance_fee: text(fees.itemInsuranceMinor),
    item_insurance_tax: text(fees.itemInsuranceTaxMinor),
  };
  const newer = {
    distance_fee: fees.distanceMinor,
    distance_shipping_fee: fees.distanceShippingMinor,
    payment_platform_discount: fees.paymentDiscountMinor,
    payment_discount_service_fee: fees.paymentDiscountServiceMinor,
  };
  for (const [name, minor] of Object.entries(newer)) if (minor !== undefined) wire[name] = text(minor);
  return wire;
}

/**
 * UNCONFIRMED, behind `guesses`: where EU orders say what value added tax is in the shipping fee. The documents name the two
 * fields, not their place; prices there include the tax, so it is in no sum.
 */
export function addShippingTax(wire: Wire, world: World, shop: Shop, order: Order): void {
  const { vatBasisPoints } = order;
  if (vatBasisPoints === undefined || !isEuropean(shop.region.code) || world.behaviour.guesses === 'hidden')
    return;
  const paid = orderTotals(order, world.behaviour).shippingFee;
  wire['shipping_tax_amount'] = formatMinor(taxInside(paid, vatBasisPoints), shop.region.currency);
  wire['shipping_tax_rate'] = (vatBasisPoints / 10_000).toFixed(4);
}

function taxInside(grossMinor: number, basisPoints: number): number {
  return Math.round((grossMinor * basisPoints) / (10_000 + basisPoints));
}

/** What a line says about its taxes: on top of the price in the US, inside of it where value added tax is told. */
export function itemTax(shop: Shop, order: Order, unit: Unit): Wire[] {
  const { currency, taxBasisPoints } = shop.region;
  const { originalMinor, sellerDiscountMinor, platformDiscountMinor, taxMinor } = unit.price;
  const row = (type: string, minor: number, basisPoints: number): Wire[] => [
    {
      tax_type: type,
      tax_amount: formatMinor(minor, currency),
      tax_rate: (basisPoints / 10_000).toFixed(4),
    },
  ];
  if (taxBasisPoints > 0) return row('SALES_TAX', taxMinor, taxBasisPoints);
  if (order.vatBasisPoints === undefined || !isEuropean(shop.region.code)) return [];
  const paid = originalMinor - sellerDiscountMinor - platformDiscountMinor;
  // UNCONFIRMED: the word for value added tax; SALES_TAX is the only one that the reference has.
  return row('SALES_TAX', taxInside(paid, order.vatBasisPoints), order.vatBasisPoints);
}

/** What a line says because of what was bought: fees of the order in equal parts, deposit, bundle, making, live session. */
export function addUnitKind(wire: Wire, world: World, shop: Shop, order: Order, unit: Unit): void {
  const { currency } = shop.region;
  const { fees = {}, units } = order;
  const index = units.indexOf(unit);
  const part = (minor = 0): string => formatMinor(share(minor, index, units.length), currency);
  Object.assign(wire, {
    sku_type: order.orderType ?? 'NORMAL',
    retail_delivery_fee: part(order.retailDeliveryFeeMinor),
    buyer_service_fee: part(fees.buyerServiceMinor),
    small_order_fee: part(fees.smallOrderMinor),
  });
  if (unit.price.depositMinor !== undefined)
    wire['pfand_fee'] = formatMinor(unit.price.depositMinor, currency);
  if (order.handling !== undefined) wire['handling_duration_days'] = String(order.handling.days);
  if (unit.parts !== undefined) {
    wire['combined_listing_skus'] = unit.parts.map(({ sku, count }) => ({
      sku_id: sku.id,
      sku_count: count,
      product_id: sku.productId,
      seller_sku: sku.sellerSku,
    }));
  }
  if (unit.roomId !== undefined) wire['room_id'] = unit.roomId;
  if (unit.isTemporaryListing !== true) return;
  wire['seller_sku'] = '';
  if (world.behaviour.guesses === 'shown') wire['product_listing_type'] = 'TEMPORARY';
}
