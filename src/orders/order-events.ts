import type { NewEvent } from '../documents/document-store.js';
import type { OrderUpdate } from './order-changes.js';
import type { OrderLine, ShopOrder } from '../domain/order.js';

/** The document that lines of history belong to. */
interface EventSubject {
  companyId: number;
  connectionId: number;
  documentKey: number;
}

/** History of a fresh document. */
export function eventsOfExport(
  subject: EventSubject,
  order: ShopOrder,
  lines: readonly OrderLine[],
): NewEvent[] {
  const events: NewEvent[] = [
    {
      ...subject,
      documentType: 'order',
      event: 'order-created',
      summary: `Order ${order.tiktokOrderId} came in from TikTok Shop`,
    },
  ];
  const unnamed = lines.filter(({ merchantSku, skuId }) => merchantSku === skuId);
  if (unnamed.length > 0) {
    events.push({
      ...subject,
      event: 'sku-not-matched',
      summary: `Line ${unnamed.map(({ lineNumber }) => lineNumber).join(', ')}: TikTok shows no seller SKU`,
      details:
        'The SKU id of TikTok stands in its place. Give the product a seller SKU in TikTok Seller Center.',
    });
  }
  return events;
}

/** Lines whose SKU the matching file does not have. */
export function eventsOfUnmatched(subject: EventSubject, lines: readonly OrderLine[]): NewEvent[] {
  if (lines.length === 0) return [];
  const named = lines.map(({ lineNumber, merchantSku }) => `${lineNumber} (${merchantSku})`).join(', ');
  return [
    {
      ...subject,
      event: 'sku-not-matched',
      summary: `No match for line ${named}`,
      details:
        'The seller SKU of TikTok stands in both fields. Send a matching file; until you have fetched the order it is completed.',
    },
  ];
}

/** Lines whose SKU another SKU of the shop, or of the order, equals but for the case of its letters. */
export function eventsOfTwins(
  subject: EventSubject,
  lines: readonly { line: OrderLine; twins: readonly string[] }[],
): NewEvent[] {
  if (lines.length === 0) return [];
  const named = lines.map(
    ({ line, twins }) => `line ${line.lineNumber}: ${line.merchantSku} (not ${twins.slice(0, 5).join(', ')})`,
  );
  return [
    {
      ...subject,
      event: 'sku-case-twins',
      summary: `SKUs differ in case only: ${named.join('; ')}`,
      details:
        'They are different goods in TikTok. Each line has the SKU of its own, as it is written in TikTok; a match counts for the SKU that is written exactly so. Pick by TikTokSkuId, and give the SKUs different names in TikTok Seller Center.',
    },
  ];
}

/** History of what changed in TikTok after the export. Says that the address changed, never to what. */
export function eventsOfUpdate(subject: EventSubject, update: OrderUpdate): NewEvent[] {
  const events: NewEvent[] = [];
  const changes = [
    update.statusChange && `status ${update.statusChange}`,
    update.cancelledUnits > 0 && `${update.cancelledUnits} piece(s) cancelled`,
    ...update.differences,
  ].filter((change) => change);
  if (changes.length > 0) {
    const reason = update.cancelledUnits > 0 ? update.order.cancelReason : null;
    events.push({
      ...subject,
      event: 'order-changed',
      summary: `TikTok shows: ${changes.join('; ')}`,
      ...(reason ? { details: `Reason that TikTok gives: ${reason}` } : {}),
    });
  }
  for (const { trackingNumber, pieces } of update.shippedElsewhere) {
    events.push({
      ...subject,
      event: 'order-shipped-elsewhere',
      summary: `TikTok shows ${pieces} piece(s) shipped ${trackingNumber === null ? 'without a number' : `under ${trackingNumber}`}, without a shipment of yours`,
      details:
        'Seller Center, another app or a combined package has shipped them: do not send them again. A shipment that names the same tracking number is taken as theirs.',
      additional: { trackingNumber, pieces },
    });
  }
  if (update.address === 'replaced') {
    events.push({
      ...subject,
      event: 'order-address-changed',
      summary: 'TikTok shows a new delivery address; the document has it',
    });
  }
  if (update.address === 'refused') {
    events.push({
      ...subject,
      event: 'order-address-changed',
      summary: 'TikTok shows another delivery address than the document that was fetched already',
      details:
        'The document stays as it is. See TikTok Seller Center for the new address, and ship to it unless the parcel has left.',
    });
  }
  return events;
}
