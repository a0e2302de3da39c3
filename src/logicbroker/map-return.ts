import { piecesPerUnit, shareOfLine } from '../domain/bundle.js';
import { renderAmount, sumDecimals, type DecimalString } from '../kernel/money.js';
import type { BuyersWords, NextAction, RefundAmounts, ReturnLine, ShopReturn } from '../domain/return.js';
import { toIsoSeconds, toUnixSeconds } from '../kernel/time.js';
import { attributes, jsonObject, moment, numbered, text, type Attribute } from './json-members.js';
import { returnReasonCode } from './return-reasons.js';

/** Raised whenever the text of an unchanged request changes, so that stored documents are rendered anew. */
export const RETURN_RENDERER_VERSION = 1;

/** What a return document is made of. */
interface ReturnDocument {
  key: number;
  statusCode: number;
  linkKey: string;
  senderCompanyId: number;
  receiverCompanyId: number;
  documentDate: Date;
  shown: ShopReturn;
  lines: readonly ReturnLine[];
  words: BuyersWords | null;
  orderedAt: Date | null;
  /** What the seller still has to do. */
  nextAction: NextAction | null;
}

/**
 * The v3 Return as JSON text, `StatusCode` first. Written by hand, as orders are, because amounts are JSON numbers that
 * keep every digit of TikTok's text.
 */
export function renderReturn(document: ReturnDocument): string {
  const { shown, lines, words } = document;
  const identifier =
    text('SourceKey', shown.returnId) +
    text('LogicbrokerKey', String(document.key)) +
    text('LinkKey', document.linkKey);
  return (
    `{"StatusCode":${document.statusCode},"Identifier":${jsonObject(identifier)}` +
    `,"SenderCompanyId":${document.senderCompanyId},"ReceiverCompanyId":${document.receiverCompanyId}` +
    moment('DocumentDate', document.documentDate) +
    text('ReturnNumber', shown.returnId) +
    moment('ReturnDate', shown.createdAt) +
    text('OrderNumber', shown.tiktokOrderId) +
    moment('OrderDate', document.orderedAt) +
    text('PartnerPO', shown.tiktokOrderId) +
    text('Note', words?.note) +
    shipTo(shown) +
    `,"ReturnLines":[${lines.map((line) => renderLine(line, document)).join(',')}]` +
    attributes(headerAttributes(document)) +
    '}'
  );
}

/** Where the goods go: the warehouse of the seller's that TikTok names. */
function shipTo({ warehouseAddress }: ShopReturn): string {
  return warehouseAddress ? `,"ShipToAddress":${jsonObject(text('Address1', warehouseAddress))}` : '';
}

function renderLine(line: ReturnLine, { shown, lines }: Pick<ReturnDocument, 'shown' | 'lines'>): string {
  const units = shown.units.filter(({ returnUnitId }) => line.returnUnitIds.includes(returnUnitId));
  const refunds = units.flatMap(({ refund }) => refund ?? []);
  const currency = currencyOf(shown);
  const item = text('SupplierSKU', line.supplierSku) + text('PartnerSKU', line.merchantSku);
  const total = refunds.length > 0 ? sumDecimals(refunds.map((refund) => refund.total)) : null;
  const all = total && shareOfLine(total, line, lines, currency);
  return (
    `{"ItemIdentifier":${jsonObject(item)}` +
    text('LineNumber', line.lineNumber) +
    `,"Quantity":${line.returnUnitIds.length * piecesPerUnit(line)},"QuantityUOM":"EA"` +
    money('Price', line.salePrice, currency) +
    money('RetailPrice', line.originalPrice, currency) +
    text('ReturnReason', shown.reasonText ?? shown.reason) +
    text('ReturnReasonCode', returnReasonCode(shown.reason)) +
    text('Description', line.productName) +
    attributes([
      ['TikTokProductId', line.productId],
      ['TikTokSkuId', line.skuId],
      ['TikTokSkuName', line.skuName],
      ['TikTokOrderLineId', line.unitIds.join(',')],
      ['TikTokReturnLineItemId', line.returnUnitIds.join(',')],
      ['TikTokReturnReason', shown.reason],
      ['TikTokBundleSKU', line.bundle?.merchantSku],
      ['Refund_Amount', all && renderAmount(all, currency)],
      ['TikTokProductImage', units[0]?.imageUrl],
    ]) +
    '}'
  );
}

function headerAttributes({ shown, words, nextAction }: ReturnDocument): Attribute[] {
  const deadline = nextAction?.deadline;
  return [
    // Seconds, as TikTok's retired API gave it; the order's TikTokCreatedTimestamp has milliseconds.
    ['TikTokRequestTimestamp', String(toUnixSeconds(shown.createdAt))],
    ['TikTokReturnTrackingId', shown.trackingNumber],
    ['TikTokReturnProviderId', shown.providerId],
    ['TikTokReturnProviderName', shown.providerName],
    ['TikTokReturnStatus', shown.statusText],
    ['TikTokReturnType', shown.typeText],
    ['TikTokReturnReason', shown.reason],
    ['TikTokNextAction', nextAction?.action],
    ['TikTokResponseDeadline', deadline && toIsoSeconds(deadline)],
    ['TikTokArbitrationStatus', shown.arbitration],
    ['TikTokRequestedBy', shown.role],
    ['TikTokUpdatedAt', toIsoSeconds(shown.updatedAt)],
    ...refundAttributes(shown.refund),
    ['TikTokProposedReturnType', shown.proposedType],
    ['TikTokPartialRefund', partialRefund(shown)],
    ['TikTokBuyerRejectedOffer', shown.buyerRejectedOffer ? 'true' : null],
    ['TikTokBuyerMayKeepItem', shown.buyerMayKeepItem ? 'true' : null],
    ['TikTokReturnMethod', shown.returnMethod],
    ['TikTokReturnShipmentType', shown.shipmentType],
    ['TikTokHandoverMethod', shown.handoverMethod],
    ['TikTokShippingDocument', shown.shippingDocument],
    ['TikTokPreviousReturnId', shown.previousReturnId],
    ['TikTokNextReturnId', shown.nextReturnId],
    ['TikTokCombinedReturn', shown.isCombined ? 'true' : null],
    ['TikTokCombinedReturnId', shown.combinedReturnId],
    ...numbered('TikTokBuyerImage', words?.imageUrls ?? []),
    ...numbered('TikTokBuyerVideo', words?.videoUrls ?? []),
  ];
}

function refundAttributes(refund: RefundAmounts | null): Attribute[] {
  if (!refund) return [];
  const amount = (value: DecimalString | null) => value && renderAmount(value, refund.currency ?? '');
  return [
    ['Refund_Amount', amount(refund.total)],
    ['Refund_Currency', refund.currency],
    ['TikTokRefundSubTotal', amount(refund.subTotal)],
    ['TikTokRefundTax', amount(refund.tax)],
    ['TikTokRefundShippingFee', amount(refund.shippingFee)],
    ['TikTokRefundRetailDeliveryFee', amount(refund.retailDeliveryFee)],
    ['TikTokRefundBuyerServiceFee', amount(refund.buyerServiceFee)],
  ];
}

function partialRefund(shown: ShopReturn): string | null {
  const offer = shown.partialRefund;
  if (!offer?.amount) return null;
  const currency = offer.currency ?? currencyOf(shown);
  return `${renderAmount(offer.amount, currency)} ${currency}`.trim();
}

function currencyOf({ refund, units }: ShopReturn): string {
  return refund?.currency ?? units[0]?.refund?.currency ?? '';
}

function money(name: string, value: DecimalString | null, currency: string): string {
  return value === null ? '' : `,"${name}":${renderAmount(value, currency)}`;
}
