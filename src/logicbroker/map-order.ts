import { isDecimalString, renderAmount, sumDecimals, type DecimalString } from '../kernel/money.js';
import {
  legacyStatusCode,
  parcelKeyOf,
  type AddedAttribute,
  type OrderLine,
  type ShopOrder,
  type CancelRequest,
  type StoredUnit,
} from '../domain/order.js';
import { toIsoSeconds } from '../kernel/time.js';
import { withUnguardedMembers } from './unguarded-members.js';
import { attributes, jsonObject, list, moment, numbered, text, type Attribute } from './json-members.js';

/** Raised whenever the text of an unchanged order changes, so that stored documents are rendered anew. */
export const ORDER_RENDERER_VERSION = 3;

/** What an order document is made of. */
export interface OrderDocument {
  key: number;
  statusCode: number;
  linkKey: string;
  senderCompanyId: number;
  receiverCompanyId: number;
  documentDate: Date;
  order: ShopOrder;
  lines: readonly OrderLine[];
  units: readonly StoredUnit[];
  constantAttributes: readonly AddedAttribute[];
  cancelRequest: CancelRequest | null;
  /** TikTok's ids of the orders that share its parcel. */
  together?: readonly string[];
}

/**
 * The v3 SalesOrder as JSON text, `StatusCode` first. Written by hand rather than through objects, because amounts are
 * JSON numbers that keep every digit of TikTok's text (`19.90`, never 19.9).
 */
export function renderOrder(document: OrderDocument): string {
  const { order } = document;
  const orderId = order.tiktokOrderId;
  const identifier =
    text('SourceKey', orderId) +
    text('LogicbrokerKey', String(document.key)) +
    text('LinkKey', document.linkKey);
  return withUnguardedMembers(
    `{"StatusCode":${document.statusCode},"Identifier":${jsonObject(identifier)}` +
      `,"SenderCompanyId":${document.senderCompanyId},"ReceiverCompanyId":${document.receiverCompanyId}` +
      moment('DocumentDate', document.documentDate) +
      text('OrderNumber', orderId) +
      text('PartnerPO', orderId) +
      moment('OrderDate', order.createdAt) +
      moment('RequestedShipDate', order.shipBy) +
      moment('DoNotShipAfter', order.autoCancelAt ?? order.shipBy) +
      moment('ExpectedDeliveryDate', order.deliverBy) +
      text('TypeCode', 'DS') +
      shipTo(order) +
      // The contract requires the list, even of an order whose pieces were all cancelled.
      `,"OrderLines":[${linesOf(document).join(',')}]` +
      headerAmounts(order) +
      text('Currency', order.currency) +
      text('Note', order.buyerMessage) +
      attributes(headerAttributes(document)) +
      '}',
  );
}

/** The article has the whole name in FirstName and the whole address in Address1; the parts are extended attributes. */
function shipTo({ recipient, buyerEmail }: ShopOrder): string {
  const lines = recipient?.addressLines.join(', ');
  const contact =
    text('FirstName', recipient?.name ?? joined(recipient?.firstName, recipient?.lastName)) +
    text('Address1', recipient?.fullAddress ?? (lines || recipient?.addressDetail)) +
    text('City', recipient?.city) +
    text('State', recipient?.state) +
    text('Zip', recipient?.postalCode) +
    text('Country', recipient?.regionCode) +
    text('CountryCode', recipient?.regionCode) +
    text('Phone', recipient?.phone) +
    text('Email', buyerEmail);
  return contact && `,"ShipToAddress":${jsonObject(contact)}`;
}

function joined(...parts: (string | null | undefined)[]): string {
  return parts.filter((part) => part).join(' ');
}

function headerAmounts(order: ShopOrder): string {
  const { amounts, currency } = order;
  const amount = (name: string, value: DecimalString | null) => money(name, value, currency);
  const discount = (name: string, value: DecimalString | null) =>
    value === null ? [] : [jsonObject(text('DiscountName', name) + amount('DiscountAmount', value))];
  const payment =
    text('Method', order.paymentMethod) +
    moment('PaymentDate', order.paidAt) +
    amount('Amount', amounts.total);
  const freight =
    text('ServiceLevelCode', order.deliveryOptionId) +
    text('ServiceLevelDescription', order.deliveryOptionName) +
    list('ShippingDiscounts', [
      ...discount('ShippingSellerDiscount', unlessZero(amounts.shippingSellerDiscount)),
      ...discount('ShippingPlatformDiscount', unlessZero(amounts.shippingPlatformDiscount)),
    ]) +
    amount('ShipmentCost', amounts.shippingFee) +
    list(
      'ShipmentTaxes',
      taxes([{ title: 'ShippingTax', amount: unlessZero(amounts.shippingTax) }], currency),
    );
  return (
    list('Discounts', [
      ...discount('SellerDiscount', amounts.sellerDiscount),
      ...discount('PlatformDiscount', amounts.platformDiscount),
    ]) +
    list('Taxes', taxes([{ title: 'Tax', amount: amounts.tax }], currency)) +
    list('Payments', payment ? [jsonObject(payment)] : []) +
    list('ShipmentInfos', freight ? [jsonObject(freight)] : []) +
    amount('SubTotal', amounts.subTotal) +
    amount('TotalAmount', amounts.total)
  );
}

function headerAttributes(document: OrderDocument): Attribute[] {
  const { order } = document;
  const { amounts, currency, recipient } = order;
  const legacyCode = legacyStatusCode(order.status);
  const packageIds = new Set([...order.packageIds, ...packagesOf(document.units)]);
  const amount = (value: DecimalString | null) => value && renderAmount(value, currency);
  return [
    // TikTok's retired API gave milliseconds as text; readers of the old attribute expect that.
    ['TikTokCreatedTimestamp', String(order.createdAt.getTime())],
    ['TikTokOrderStatus', order.status],
    ['TikTokOrderStatusCode', legacyCode === null ? null : String(legacyCode)],
    ['TikTokOrderType', order.orderType],
    ['TikTokShipBy', timeText(order.shipBy)],
    ['TikTokCollectBy', timeText(order.collectBy)],
    ['TikTokAutoCancelAt', timeText(order.autoCancelAt)],
    ['TikTokBuyerRequestsCancel', order.buyerRequestsCancel ? 'true' : null],
    ...cancelRequestAttributes(document.cancelRequest),
    ['TikTokSampleOrder', order.isSample ? 'true' : null],
    ['TikTokDeliveryOptionId', order.deliveryOptionId],
    ['TikTokWarehouseId', order.warehouseId],
    ['TikTokSellerNote', order.sellerNote],
    // SubTotal is no field of the v3 order: as an attribute it reaches strict readers too.
    ['SubTotal', amount(amounts.subTotal)],
    ['TikTokOriginalShippingFee', amount(unlessZero(amounts.originalShippingFee))],
    ['TikTokRetailDeliveryFee', amount(unlessZero(amounts.retailDeliveryFee))],
    ['TikTokBuyerServiceFee', amount(unlessZero(amounts.buyerServiceFee))],
    ['TikTokSmallOrderFee', amount(unlessZero(amounts.smallOrderFee))],
    ['TikTokDistrict', recipient?.district],
    ['TikTokTown', recipient?.town],
    ['TikTokFirstName', recipient?.firstName],
    ['TikTokLastName', recipient?.lastName],
    ['TikTokAddressDetail', recipient?.addressDetail],
    ...(recipient?.addressLines ?? []).map((line, index): Attribute => [
      `TikTokAddressLine${index + 1}`,
      line,
    ]),
    ['TikTokDropOffLocation', recipient?.dropOffLocation],
    ...numbered('TikTokPackageId_', [...packageIds]),
    ...numbered('TikTokTrackingNumber_', trackingNumbersOf(document.units)),
    ...sharingAttributes(document),
    ...addedTo(document, undefined),
  ];
}

/** Who travels with it: in one package, which ships as a whole, or in a group that TikTok recommends to send as one. */
function sharingAttributes({ order, together = [] }: OrderDocument): Attribute[] {
  const isPackage = parcelKeyOf(order)?.startsWith('package:') ?? false;
  const others = together.length > 0 ? together.join(',') : null;
  return [
    ['TikTokCombinedOrders', isPackage ? others : null],
    ['TikTokCombineGroupId', order.sharing?.groupId],
    ['TikTokCombineGroupOrders', isPackage ? null : others],
  ];
}

/** TikTok: a request of the buyer that nobody answers is approved when its deadline passes. */
function cancelRequestAttributes(request: CancelRequest | null): Attribute[] {
  if (!request) return [];
  return [
    ['TikTokCancelRequestId', request.cancelId],
    ['TikTokCancelRequestReason', request.reasonText ?? request.reason],
    ['TikTokCancelRequestDeadline', timeText(request.answerBy)],
    ['TikTokCancelRequestOutcome', 'approved automatically at the deadline'],
  ];
}

/** @param line undefined: the order itself */
function addedTo({ constantAttributes }: OrderDocument, line: string | undefined): Attribute[] {
  const own = constantAttributes.filter((added) => added.line === line);
  return own.map(({ name, value }): Attribute => [name, value]);
}

function linesOf(document: OrderDocument): string[] {
  const { order, lines, units } = document;
  const shown = new Map(order.units.map((unit) => [unit.unitId, unit]));
  return lines.map((line) => {
    const own = units.filter((unit) => unit.lineNumber === line.lineNumber);
    const lineTaxes = line.unitIds.flatMap((unitId) => shown.get(unitId)?.taxes ?? []);
    const item = text('SupplierSKU', line.supplierSku) + text('PartnerSKU', line.merchantSku);
    return (
      `{"ItemIdentifier":${jsonObject(item)}` +
      text('LineNumber', line.lineNumber) +
      `,"Quantity":${line.quantity},"QuantityUOM":"EA"` +
      money('Price', line.salePrice, order.currency) +
      money('RetailPrice', line.originalPrice, order.currency) +
      text('Description', line.productName) +
      `,"IsDropShip":true` +
      list('Taxes', taxes(sumTaxes(lineTaxes), order.currency)) +
      attributes([
        ['TikTokProductId', line.productId],
        ['TikTokSkuId', line.skuId],
        ['TikTokSkuName', line.skuName],
        ['TikTokOrderLineId', line.unitIds.join(',')],
        ['TikTokGift', line.isGift ? 'true' : null],
        ...numbered('TikTokPackageId_', packagesOf(own)),
        ...numbered('TikTokTrackingNumber_', trackingNumbersOf(own)),
        ['ShippedQuantity', countText(own, ({ shippedAt, cancelled }) => shippedAt !== null && !cancelled)],
        ['CancelledQuantity', countText(own, ({ cancelled }) => cancelled)],
        ...addedTo(document, line.lineNumber),
      ]) +
      '}'
    );
  });
}

interface TaxSum {
  title: string;
  amount: DecimalString | null;
  rate?: DecimalString | null;
}

/** One entry per kind and rate of tax: the amounts of the line's pieces together. */
function sumTaxes(all: ShopOrder['units'][number]['taxes']): TaxSum[] {
  const sums = new Map<string, TaxSum>();
  for (const { type, amount, rate } of all) {
    const kind = `${type} ${rate}`;
    sums.set(kind, { title: type, rate, amount: sumDecimals([sums.get(kind)?.amount, amount]) });
  }
  return [...sums.values()];
}

function taxes(sums: TaxSum[], currency: string): string[] {
  return sums
    .filter(({ amount }) => amount !== null)
    .map(({ title, amount, rate }) =>
      jsonObject(text('TaxTitle', title) + money('TaxAmount', amount, currency) + rateOf(rate)),
    );
}

function rateOf(rate: DecimalString | null | undefined): string {
  return rate && isDecimalString(rate) ? `,"TaxRate":${rate}` : '';
}

function money(name: string, value: DecimalString | null, currency: string): string {
  return value === null ? '' : `,"${name}":${renderAmount(value, currency)}`;
}

function unlessZero(value: DecimalString | null): DecimalString | null {
  return value === null || /^[-0.]*$/.test(value) ? null : value;
}

function packagesOf(units: readonly StoredUnit[]): string[] {
  return [...new Set(units.map(({ packageId }) => packageId).filter((id) => id !== null))];
}

/** Under which pieces are shipped, whoever has done it. */
function trackingNumbersOf(units: readonly StoredUnit[]): string[] {
  const shipped = units.filter(({ shippedAt, cancelled }) => shippedAt !== null && !cancelled);
  return [...new Set(shipped.flatMap(({ trackingNumber }) => trackingNumber ?? []))];
}

function countText(units: readonly StoredUnit[], matches: (unit: StoredUnit) => boolean): string | null {
  return String(units.filter(matches).length || '') || null;
}

function timeText(time: Date | null): string | null {
  return time && toIsoSeconds(time);
}
