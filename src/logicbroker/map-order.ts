import {
  legacyStatusCode,
  parcelKeyOf,
  type AddedAttribute,
  type OrderLine,
  type ShopOrder,
  type CancelRequest,
  type StoredUnit,
} from '../domain/order.js';
import { piecesPerUnit, shareOfLine, unitLineOf } from '../domain/bundle.js';
import { toIsoSeconds } from '../kernel/time.js';
import { attributes, jsonObject, moment, numbered, text, type Attribute } from './json-members.js';
import {
  amountAttributes,
  headerAmounts,
  lineDiscounts,
  lineFees,
  lineTaxes,
  money,
  type Shared,
} from './map-order-amounts.js';
import { bundleAttributes, giftPriceOf, kindAttributes, lineKindAttributes } from './map-order-kind.js';
import { neverOfLine, neverOfOrder, orEmpty, otherAddresses, textOrEmpty } from './unguarded-members.js';

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
  return (
    `{"StatusCode":${document.statusCode},"Identifier":${jsonObject(identifier)}` +
    `,"SenderCompanyId":${document.senderCompanyId},"ReceiverCompanyId":${document.receiverCompanyId}` +
    moment('DocumentDate', document.documentDate) +
    text('OrderNumber', orderId) +
    text('PartnerPO', orderId) +
    moment('OrderDate', order.createdAt) +
    moment('RequestedShipDate', order.shipBy) +
    moment('DoNotShipBefore', order.kind.releaseAt ?? null) +
    moment('DoNotShipAfter', order.autoCancelAt ?? order.shipBy) +
    moment('ExpectedDeliveryDate', order.deliverBy) +
    text('TypeCode', 'DS') +
    shipTo(order) +
    otherAddresses +
    // The contract requires the list, even of an order whose pieces were all cancelled.
    `,"OrderLines":[${linesOf(document).join(',')}]` +
    headerAmounts(order) +
    text('Currency', order.currency) +
    textOrEmpty('Note', order.buyerMessage) +
    neverOfOrder +
    attributes(headerAttributes(document)) +
    '}'
  );
}

/** The article has the whole name in FirstName and the whole address in Address1; the parts are extended attributes. */
function shipTo({ recipient, taxpayer, buyerEmail }: ShopOrder): string {
  const lines = recipient?.addressLines.join(', ');
  const contact =
    orEmpty('', 'CompanyName') +
    textOrEmpty('FirstName', recipient?.name ?? joined(recipient?.firstName, recipient?.lastName)) +
    orEmpty('', 'LastName') +
    textOrEmpty('Address1', recipient?.fullAddress ?? (lines || recipient?.addressDetail)) +
    orEmpty('', 'Address2') +
    textOrEmpty('City', recipient?.city) +
    textOrEmpty('State', recipient?.state) +
    textOrEmpty('Zip', recipient?.postalCode) +
    textOrEmpty('Country', recipient?.regionCode) +
    text('CountryCode', recipient?.regionCode) +
    textOrEmpty('Phone', recipient?.phone) +
    textOrEmpty('Email', buyerEmail) +
    text('TaxNumber', taxpayer?.cpf);
  return `,"ShipToAddress":${jsonObject(contact)}`;
}

function joined(...parts: (string | null | undefined)[]): string {
  return parts.filter((part) => part).join(' ');
}

function headerAttributes(document: OrderDocument): Attribute[] {
  const { order } = document;
  const { recipient } = order;
  const legacyCode = legacyStatusCode(order.status);
  const packageIds = new Set([...order.packageIds, ...packagesOf(document.units)]);
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
    ...kindAttributes(order),
    ['TikTokDeliveryOptionId', order.deliveryOptionId],
    ['TikTokWarehouseId', order.warehouseId],
    ['TikTokSellerNote', order.sellerNote],
    ...amountAttributes(order, document.lines),
    ['TikTokDistrict', recipient?.district],
    ['TikTokTown', recipient?.town],
    ['TikTokFirstName', recipient?.firstName],
    ['TikTokLastName', recipient?.lastName],
    ['TikTokFirstNameLocalScript', recipient?.firstNameLocal],
    ['TikTokLastNameLocalScript', recipient?.lastNameLocal],
    ['TikTokAddressDetail', recipient?.addressDetail],
    ...(recipient?.addressLines ?? []).map((line, index): Attribute => [
      `TikTokAddressLine${index + 1}`,
      line,
    ]),
    ['TikTokDropOffLocation', recipient?.dropOffLocation],
    ...numbered('TikTokPackageId_', [...packageIds]),
    ...warehousesOf(order, [...packageIds]),
    ...numbered('TikTokTrackingNumber_', trackingNumbersOf(document.units)),
    ...sharingAttributes(document),
    ...addedTo(document, undefined),
  ];
}

/** Where packages really leave from, each under the number of its package. */
function warehousesOf({ packageWarehouses = {} }: ShopOrder, packageIds: readonly string[]): Attribute[] {
  return numbered('TikTokPackageWarehouseId_', packageIds).map(([name, id]) => [
    name,
    packageWarehouses[id ?? ''],
  ]);
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
    const own = units.filter((unit) => unit.lineNumber === unitLineOf(line));
    const share: Shared = (amount) => shareOfLine(amount, line, lines, order.currency);
    const count = (matches: (unit: StoredUnit) => boolean) => countText(own, matches, piecesPerUnit(line));
    const pieces = line.unitIds.flatMap((unitId) => shown.get(unitId) ?? []);
    const item = text('SupplierSKU', line.supplierSku) + text('PartnerSKU', line.merchantSku);
    return (
      `{"ItemIdentifier":${jsonObject(item)}` +
      text('LineNumber', line.lineNumber) +
      `,"Quantity":${line.quantity},"QuantityUOM":"EA"` +
      money('Price', line.salePrice, order.currency) +
      money('RetailPrice', line.originalPrice, order.currency) +
      money('MSRP', giftPriceOf(line, pieces), order.currency) +
      textOrEmpty('Description', line.productName) +
      `,"IsDropShip":true` +
      orEmpty(lineDiscounts(pieces, order.currency, share), 'Discounts', '[]') +
      orEmpty(lineTaxes(pieces, order.currency, share), 'Taxes', '[]') +
      neverOfLine +
      attributes([
        ['TikTokProductId', line.productId],
        ['TikTokSkuId', line.skuId],
        ['TikTokSkuName', line.skuName],
        ['TikTokOrderLineId', line.unitIds.join(',')],
        ['TikTokGift', line.isGift ? 'true' : null],
        ...bundleAttributes(line),
        ...lineKindAttributes(line, pieces, order.currency),
        ...lineFees(pieces, order.currency, share),
        ...numbered('TikTokPackageId_', packagesOf(own)),
        ...numbered('TikTokTrackingNumber_', trackingNumbersOf(own)),
        ['ShippedQuantity', count(({ shippedAt, cancelled }) => shippedAt !== null && !cancelled)],
        ['CancelledQuantity', count(({ cancelled }) => cancelled)],
        ...addedTo(document, line.lineNumber),
      ]) +
      '}'
    );
  });
}

function packagesOf(units: readonly StoredUnit[]): string[] {
  return [...new Set(units.map(({ packageId }) => packageId).filter((id) => id !== null))];
}

/** Under which pieces are shipped, whoever has done it. */
function trackingNumbersOf(units: readonly StoredUnit[]): string[] {
  const shipped = units.filter(({ shippedAt, cancelled }) => shippedAt !== null && !cancelled);
  return [...new Set(shipped.flatMap(({ trackingNumber }) => trackingNumber ?? []))];
}

function countText(
  units: readonly StoredUnit[],
  matches: (unit: StoredUnit) => boolean,
  piecesEach: number,
): string | null {
  return String(units.filter(matches).length * piecesEach || '') || null;
}

function timeText(time: Date | null): string | null {
  return time && toIsoSeconds(time);
}
