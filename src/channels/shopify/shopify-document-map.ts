import { createHash } from 'node:crypto';
import type { OrderRecord } from '../../orders/order-record.js';
import type { ShopifyFulfillment, ShopifyOrder } from './shopify-operations.js';
import { LINE_ATTRIBUTE, storeSkuOf, wantedLines } from './shopify-order-map.js';

/** Shopify's number of a thing, without what kind it is: `gid://shopify/Order/1` is `1`. */
export function numberOf(gid: string): string {
  return gid.slice(gid.lastIndexOf('/') + 1);
}

/** A fulfilment that TikTok is to be told of. */
interface ShippedParcel {
  document: object;
  /** What the seller should know of it. */
  remarks: string[];
}

interface Piece {
  lineNumber: string;
  sku: string | null;
}

/** Of everything that makes a shipment another one. */
export function parcelHash({ status, trackingInfo, fulfillmentLineItems }: ShopifyFulfillment): string {
  const lines = fulfillmentLineItems.nodes.map(({ quantity, lineItem }) => [lineItem.id, quantity]);
  const numbers = trackingInfo.map(({ company, number }) => [company, number]);
  return createHash('sha256')
    .update(JSON.stringify([status, numbers, lines]))
    .digest('hex');
}

/**
 * A fulfilment as a shipment of the API. Several tracking numbers are several parcels: Shopify does not say which pieces are in
 * which, so that each of them but the last gets one piece, in the order in which Shopify shows them.
 * @returns null while it has no tracking number, or holds nothing of the order
 */
export function shipmentOf(
  { order, lines }: Pick<OrderRecord, 'order' | 'lines'>,
  fulfillment: ShopifyFulfillment,
): ShippedParcel | null {
  const numbers = fulfillment.trackingInfo.filter(({ number }) => number?.trim());
  const pieces = fulfillment.fulfillmentLineItems.nodes.flatMap(({ quantity, lineItem }): Piece[] => {
    const lineNumber = lineItem.customAttributes.find(({ key }) => key === LINE_ATTRIBUTE)?.value;
    const line = lines.find((one) => one.lineNumber === lineNumber);
    return line
      ? Array.from({ length: quantity ?? 0 }, () => ({ lineNumber: line.lineNumber, sku: storeSkuOf(line) }))
      : [];
  });
  if (numbers.length === 0 || pieces.length === 0) return null;
  const parcels = numbers.slice(0, pieces.length);
  const counts = new Map<string, { piece: Piece; cartons: Map<number, number> }>();
  for (const [at, piece] of pieces.entries()) {
    const nth = Math.min(at, parcels.length - 1);
    const line = counts.get(piece.lineNumber) ?? { piece, cartons: new Map<number, number>() };
    line.cartons.set(nth, (line.cartons.get(nth) ?? 0) + 1);
    counts.set(piece.lineNumber, line);
  }
  const foreign = fulfillment.fulfillmentLineItems.nodes.length - counts.size;
  return {
    document: {
      ShipmentNumber: `SHOPIFY-${numberOf(fulfillment.id)}`,
      PartnerPO: order.tiktokOrderId,
      ShipmentDate: fulfillment.createdAt,
      ShipmentLines: [...counts.values()].map(({ piece: { lineNumber, sku }, cartons }) => ({
        LineNumber: lineNumber,
        ...(sku ? { ItemIdentifier: { SupplierSKU: sku } } : {}),
        Quantity: [...cartons.values()].reduce((sum, count) => sum + count, 0),
        ShipmentInfos: [...cartons].map(([nth, count]) => ({
          TrackingNumber: parcels[nth]?.number?.trim(),
          ...(parcels[nth]?.company ? { CarrierCode: parcels[nth].company } : {}),
          Qty: count,
        })),
      })),
    },
    remarks: [
      numbers.length > 1 &&
        `Shopify does not say which pieces are under which of ${numbers.length} tracking numbers; they were dealt out in its order.`,
      parcels.length < numbers.length &&
        `There are more tracking numbers than pieces; left out: ${numbers
          .slice(parcels.length)
          .map(({ number }) => number)
          .join(', ')}.`,
      foreign > 0 && `${foreign} of its lines are not of the TikTok order and stay out.`,
    ].filter((remark): remark is string => typeof remark === 'string'),
  };
}

/** Shopify: OrderCancelReason. What is not here TikTok has no reason for, unless the seller's own table has. */
const CHANGE_REASONS: Readonly<Record<string, string>> = {
  CUSTOMER: 'Customer changed mind',
  INVENTORY: 'Out of stock',
  FRAUD: 'Fraud detected',
};

/** A cancelled order of the store as the acknowledgement by which TikTok is asked to cancel. */
export function cancellationOf(record: OrderRecord, { id, cancelReason }: ShopifyOrder): object {
  return {
    AcknowledgementNumber: `SHOPIFY-${numberOf(id)}`,
    PartnerPO: record.order.tiktokOrderId,
    ChangeReason: CHANGE_REASONS[cancelReason ?? ''] ?? 'Other',
    AckLines: wantedLines(record).map(({ line, quantity }) => ({
      LineNumber: line.lineNumber,
      ItemIdentifier: { SupplierSKU: storeSkuOf(line) },
      QuantityCancelled: quantity,
    })),
  };
}
