import type { Address, Order, Package, Unit } from '../state/model.js';
import { formatMinor } from '../state/money.js';
import { imageUrlOf } from '../state/product.js';
import type { Region } from '../state/regions.js';
import type { Shop, World } from '../state/world.js';
import { addressView, viewAddress, type AddressView } from './mask-address.js';
import { orderTotals } from './order-totals.js';

export type OrderShape = 'search' | '202309' | '202507';
type Wire = Record<string, unknown>;

const DAY = 86_400;
const SEA = new Set(['ID', 'MY', 'PH', 'SG', 'TH', 'VN']);

/**
 * An order as TikTok answers it (Get Order List 202309, Get Order Detail 202309 and 202507). Fields without a meaning
 * for the order (no time yet, another market's field) are left out; strings that are known to be empty are ''.
 */
export function renderOrder(
  world: World,
  shop: Shop,
  order: Order,
  shape: OrderShape,
  forceMask = false,
): Wire {
  const region = shop.region;
  const nowSec = world.clock.nowSec();
  const wire: Wire = {
    id: order.id,
    status: visibleStatus(world, order),
    user_id: order.buyerId,
    buyer_email: `${order.buyerId}@chat.seller.example`,
    buyer_message: order.buyerMessage,
    seller_note: order.sellerNote,
    order_type: 'NORMAL',
    create_time: order.createdSec,
    update_time: order.updatedSec,
    fulfillment_type: order.fulfillmentType,
    shipping_type: order.shippingType,
    delivery_type: 'HOME_DELIVERY',
    delivery_option_id: order.deliveryOptionId,
    delivery_option_name:
      shop.deliveryOptions.find((option) => option.id === order.deliveryOptionId)?.name ?? '',
    warehouse_id: order.warehouseId,
    payment_method_name: order.isCod ? 'Cash on delivery' : 'Credit/Debit card',
    is_cod: order.isCod,
    is_sample_order: order.isSample,
    is_on_hold_order: order.holds,
    is_replacement_order: order.replacedOrderId !== undefined,
    is_exchange_order: false,
    is_buyer_request_cancel: order.cancelRequestedSec !== undefined,
    has_updated_recipient_address: order.addressUpdated,
    need_upload_invoice: region.code === 'BR' ? 'NO_NEED' : 'UNKNOWN',
    packages: order.packageIds.map((id) => ({ id })),
    payment: renderPayment(order, region.currency),
    recipient_address: renderAddress(
      order.address,
      forceMask ? 'all_masked' : addressView(order, region, nowSec),
    ),
    line_items: order.units.map((unit) => renderUnit(shop, order, unit)),
  };
  addShipping(wire, shop, order);
  addTimes(wire, order);
  addCancellation(wire, order);
  if (order.replacedOrderId !== undefined) wire['replaced_order_id'] = order.replacedOrderId;
  addMarket(wire, region, shape);
  if (shape === '202507' && !order.isCod) {
    wire['payment_method_code'] = 'pm_pi_ccdc_visa_c_d';
    wire['payment_card_type'] = 'Debit';
  }
  return wire;
}

/** Until all apps of a shop support ON_HOLD, a held order looks like one that awaits shipment. */
export function visibleStatus(world: World, order: Order): string {
  return order.status === 'ON_HOLD' && !world.behaviour.showsOnHold ? 'AWAITING_SHIPMENT' : order.status;
}

function addShipping(wire: Wire, shop: Shop, order: Order): void {
  const first = order.packageIds.map((id) => shop.packages.get(id)).find((pack) => pack?.trackingNumber);
  wire['tracking_number'] = first?.trackingNumber ?? '';
  wire['shipping_provider'] = first?.providerName ?? '';
  wire['shipping_provider_id'] = first?.providerId ?? '';
  const tag = order.packageIds.map((id) => shop.packages.get(id)?.tag).find((found) => found !== 'DEFAULT');
  if (tag === 'SPLIT') wire['split_or_combine_tag'] = 'SPLIT';
  if (tag === 'COMBINE') wire['split_or_combine_tag'] = 'COMBINED';
}

function addTimes(wire: Wire, order: Order): void {
  if (order.paidSec !== undefined) wire['paid_time'] = order.paidSec;
  if (order.shippedSec !== undefined) wire['rts_time'] = order.shippedSec;
  if (order.collectedSec !== undefined) wire['collection_time'] = order.collectedSec;
  if (order.deliveredSec !== undefined) wire['delivery_time'] = order.deliveredSec;
  if (order.status === 'UNPAID') return;
  const from = order.paidSec ?? order.createdSec;
  wire['rts_sla_time'] = from + 3 * DAY;
  wire['tts_sla_time'] = from + 4 * DAY;
  wire['shipping_due_time'] = from + 5 * DAY;
  wire['collection_due_time'] = from + 6 * DAY;
  wire['delivery_sla_time'] = from + 9 * DAY;
  wire['delivery_due_time'] = from + 14 * DAY;
  wire['delivery_option_required_delivery_time'] = from + 9 * DAY;
}

function addCancellation(wire: Wire, order: Order): void {
  if (order.cancelRequestedSec !== undefined) wire['request_cancel_time'] = order.cancelRequestedSec;
  if (order.cancellation === undefined) return;
  const { reason, user, atSec } = order.cancellation;
  wire['cancel_time'] = atSec;
  wire['cancel_reason'] = reason;
  // cancellation_initiator has no OPERATOR: the platform's staff count as the system.
  wire['cancellation_initiator'] = user === 'OPERATOR' ? 'SYSTEM' : user;
}

function addMarket(wire: Wire, region: Region, shape: OrderShape): void {
  if (region.code === 'ID') wire['commerce_platform'] = 'TIKTOK_SHOP';
  if (region.code === 'BR') Object.assign(wire, { cpf: '000.000.000-00', cpf_name: 'Sample Buyer' });
  if (shape === 'search' && SEA.has(region.code)) wire['fulfillment_priority_level'] = 600;
  if (shape === 'search') wire['recommended_shipping_time'] = wire['rts_sla_time'] ?? wire['create_time'];
}

function renderPayment(order: Order, currency: string): Wire {
  const totals = orderTotals(order);
  const text = (minor: number): string => formatMinor(minor, currency);
  const zero = text(0);
  return {
    currency,
    sub_total: text(totals.subTotal),
    shipping_fee: text(totals.shippingFee),
    seller_discount: text(totals.sellerDiscount),
    platform_discount: text(totals.platformDiscount),
    total_amount: text(totals.total),
    original_total_product_price: text(totals.originalProducts),
    original_shipping_fee: text(order.shippingFee.originalMinor),
    shipping_fee_seller_discount: text(order.shippingFee.sellerDiscountMinor),
    shipping_fee_platform_discount: text(order.shippingFee.platformDiscountMinor),
    shipping_fee_cofunded_discount: zero,
    tax: text(totals.tax),
    product_tax: text(totals.productTax),
    shipping_fee_tax: text(order.shippingFee.taxMinor),
    retail_delivery_fee: text(order.retailDeliveryFeeMinor),
    small_order_fee: zero,
    buyer_service_fee: zero,
    handling_fee: zero,
    shipping_insurance_fee: zero,
    item_insurance_fee: zero,
    item_insurance_tax: zero,
  };
}

export function renderAddress(address: Address, view: AddressView): Wire {
  const shown = viewAddress(address, view);
  const wire: Wire = {
    name: shown.name,
    first_name: shown.firstName,
    last_name: shown.lastName,
    phone_number: shown.phone,
    full_address: shown.fullAddress,
    address_detail: [shown.line1, shown.line2].filter((line) => line !== '').join(', '),
    address_line1: shown.line1,
    address_line2: shown.line2,
    address_line3: shown.line3,
    address_line4: shown.line4,
    postal_code: shown.postalCode,
    region_code: shown.regionCode,
    district_info: shown.districts.map((district) => ({
      address_level: district.level,
      address_level_name: district.levelName,
      address_name: district.name,
    })),
    delivery_preferences: { drop_off_location: shown.dropOffLocation },
  };
  if (shown.postTown !== undefined) wire['post_town'] = shown.postTown;
  if (shown.firstNameLocalScript !== undefined) wire['first_name_local_script'] = shown.firstNameLocalScript;
  if (shown.lastNameLocalScript !== undefined) wire['last_name_local_script'] = shown.lastNameLocalScript;
  return wire;
}

function renderUnit(shop: Shop, order: Order, unit: Unit): Wire {
  const currency = shop.region.currency;
  const pack = unit.packageId === undefined ? undefined : shop.packages.get(unit.packageId);
  const { originalMinor, sellerDiscountMinor, platformDiscountMinor, taxMinor } = unit.price;
  const wire: Wire = {
    id: unit.id,
    product_id: unit.sku.productId,
    product_name: unit.sku.productName,
    sku_id: unit.sku.id,
    sku_name: unit.sku.name,
    sku_image: imageUrlOf(unit.sku.id),
    sku_type: 'NORMAL',
    seller_sku: unit.sku.sellerSku,
    currency,
    original_price: formatMinor(originalMinor, currency),
    sale_price: formatMinor(originalMinor - sellerDiscountMinor - platformDiscountMinor, currency),
    seller_discount: formatMinor(sellerDiscountMinor, currency),
    platform_discount: formatMinor(platformDiscountMinor, currency),
    is_gift: unit.isGift,
    is_dangerous_good: false,
    needs_prescription: false,
    display_status: displayStatus(order, unit, pack),
    package_status: unit.cancelled !== undefined ? 'CANCELLED' : (pack?.status ?? 'TO_FULFILL'),
    tracking_number: pack?.trackingNumber ?? '',
    shipping_provider_id: pack?.providerId ?? '',
    shipping_provider_name: pack?.providerName ?? '',
    retail_delivery_fee: formatMinor(0, currency),
    buyer_service_fee: formatMinor(0, currency),
    small_order_fee: formatMinor(0, currency),
  };
  if (pack !== undefined) wire['package_id'] = pack.id;
  if (pack?.shippedSec !== undefined) wire['rts_time'] = pack.shippedSec;
  if (unit.cancelled !== undefined) {
    wire['cancel_reason'] = unit.cancelled.reason;
    wire['cancel_user'] = unit.cancelled.user;
  }
  if (shop.region.taxBasisPoints > 0) {
    const rate = (shop.region.taxBasisPoints / 10_000).toFixed(4);
    wire['item_tax'] = [
      { tax_type: 'SALES_TAX', tax_amount: formatMinor(taxMinor, currency), tax_rate: rate },
    ];
  }
  const retailMinor = unit.price.retailMinor ?? unit.sku.priceMinor;
  if (unit.isGift) wire['gift_retail_price'] = formatMinor(retailMinor, currency);
  return wire;
}

/** UNCONFIRMED for a held order: the list of line statuses has no ON_HOLD, so its lines say AWAITING_SHIPMENT. */
function displayStatus(order: Order, unit: Unit, pack: Package | undefined): string {
  if (unit.cancelled !== undefined) return 'CANCELLED';
  if (order.status === 'UNPAID' || order.status === 'COMPLETED') return order.status;
  switch (pack?.status) {
    case 'PROCESSING':
      return 'AWAITING_COLLECTION';
    case 'FULFILLING':
      return 'IN_TRANSIT';
    case 'COMPLETED':
      return 'DELIVERED';
    default:
      return 'AWAITING_SHIPMENT';
  }
}
