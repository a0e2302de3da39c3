import type { Address, Order, Package, Unit } from '../state/model.js';
import { formatMinor } from '../state/money.js';
import { limitsOf } from '../state/order-limits.js';
import { imageUrlOf } from '../state/product.js';
import type { Region } from '../state/regions.js';
import type { Shop, World } from '../state/world.js';
import { addressView, viewAddress, type AddressView } from './mask-address.js';
import { addKind, addShippingTax, addUnitKind, itemTax, renderPayment } from './render-kind.js';

type OrderShape = 'search' | '202309' | '202507';
type Wire = Record<string, unknown>;

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
    create_time: order.createdSec,
    update_time: order.updatedSec,
    fulfillment_type: order.fulfillmentType,
    shipping_type: order.shippingType,
    delivery_option_id: order.deliveryOptionId,
    delivery_option_name:
      shop.deliveryOptions.find((option) => option.id === order.deliveryOptionId)?.name ?? '',
    warehouse_id: order.warehouseId,
    is_cod: order.isCod,
    is_sample_order: order.isSample,
    is_on_hold_order: order.holds,
    is_buyer_request_cancel: order.cancelRequestedSec !== undefined,
    has_updated_recipient_address: order.addressUpdated,
    packages: order.packageIds.map((id) => ({ id })),
    payment: renderPayment(order, region.currency, world.behaviour),
    recipient_address: renderAddress(
      order.address,
      forceMask ? 'all_masked' : addressView(order, region, nowSec),
    ),
    line_items: order.units.map((unit) => renderUnit(world, shop, order, unit)),
  };
  addKind(wire, world, shop, order);
  addShippingTax(wire, world, shop, order);
  addShipping(wire, shop, order);
  addTimes(wire, order);
  addCancellation(wire, order);
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
  const limits = limitsOf(order);
  wire['rts_sla_time'] = limits.shipBySec;
  wire['tts_sla_time'] = limits.scanBySec;
  wire['shipping_due_time'] = limits.shippingDueSec;
  wire['collection_due_time'] = limits.collectionDueSec;
  wire['delivery_sla_time'] = limits.deliverBySec;
  wire['delivery_due_time'] = limits.deliveryDueSec;
  wire['delivery_option_required_delivery_time'] = limits.deliverBySec;
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
  if (shape === 'search' && SEA.has(region.code)) wire['fulfillment_priority_level'] = 600;
  if (shape === 'search') wire['recommended_shipping_time'] = wire['rts_sla_time'] ?? wire['create_time'];
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

function renderUnit(world: World, shop: Shop, order: Order, unit: Unit): Wire {
  const currency = shop.region.currency;
  const pack = unit.packageId === undefined ? undefined : shop.packages.get(unit.packageId);
  const { originalMinor, sellerDiscountMinor, platformDiscountMinor } = unit.price;
  const wire: Wire = {
    id: unit.id,
    product_id: unit.sku.productId,
    product_name: unit.sku.productName,
    sku_id: unit.sku.id,
    sku_name: unit.sku.name,
    sku_image: imageUrlOf(unit.sku.id),
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
  };
  addUnitKind(wire, world, shop, order, unit);
  if (pack !== undefined) wire['package_id'] = pack.id;
  if (pack?.shippedSec !== undefined) wire['rts_time'] = pack.shippedSec;
  if (unit.cancelled !== undefined) {
    wire['cancel_reason'] = unit.cancelled.reason;
    wire['cancel_user'] = unit.cancelled.user;
  }
  const taxes = itemTax(shop, order, unit);
  if (taxes.length > 0) wire['item_tax'] = taxes;
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
