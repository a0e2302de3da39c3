import { differencesOf } from './order-differences.js';
import type { KnownCancellation } from './ingest-context.js';
import type { ShopOrder, StoredUnit } from '../domain/order.js';
import { mergeUnits, type OrderRecord } from './order-record.js';
import { better, isSameRecipient, keepRecipient, keepTaxpayer, showsStreet } from './recipient.js';

/** An exported order after TikTok has shown a newer version of it, and what of that is worth a line in the history. */
export interface OrderUpdate {
  order: ShopOrder;
  laterRecipient: OrderRecord['laterRecipient'];
  units: StoredUnit[];
  /** `replaced`: the document has the new address. `refused`: the ERP has fetched the old one already. */
  address: 'same' | 'replaced' | 'refused';
  cancelledUnits: number;
  /** Pieces that TikTok newly shows as shipped, and that no shipment of the ERP's has claimed: of each parcel how many. */
  shippedElsewhere: { trackingNumber: string | null; pieces: number }[];
  /** Shipments of the ERP's for whose pieces TikTok shows another tracking number than before. */
  renumbered: number[];
  /** What else the document shows otherwise now: kind, amounts, warehouse. */
  differences: string[];
  /** `AWAITING_SHIPMENT -> IN_TRANSIT`; null when it stayed. */
  statusChange: string | null;
}

/**
 * What a newer version of an exported order changes. Lines are frozen; the address changes only until the ERP has
 * fetched the document, because nobody expects it to change afterwards.
 */
export function updateOf(
  held: OrderRecord,
  shown: ShopOrder,
  { fetched }: { fetched: boolean },
): OrderUpdate {
  const kept = withKnownBuyer(held, shown);
  const moved = !isSameRecipient(kept.recipient, held.order.recipient);
  const refused = moved && fetched && held.order.recipient !== null;
  const laterRecipient = showsStreet(shown.recipient) ? null : held.laterRecipient;
  const units = mergeUnits(held.units, shown.units, shown);
  return {
    order: refused ? { ...kept, recipient: held.order.recipient } : kept,
    laterRecipient: refused ? kept.recipient : laterRecipient,
    units,
    address: addressOutcome(moved, refused, isSameRecipient(kept.recipient, held.laterRecipient)),
    cancelledUnits: countCancelled(units) - countCancelled(held.units),
    shippedElsewhere: shippedElsewhere(held.units, units),
    renumbered: renumbered(held.units, units),
    differences: differencesOf(held.order, shown),
    statusChange: held.order.status === shown.status ? null : `${held.order.status} -> ${shown.status}`,
  };
}

/** The order as it is shown, with what we know of the buyer where TikTok hides it now. */
export function withKnownBuyer(held: OrderRecord, shown: ShopOrder): ShopOrder {
  return {
    ...shown,
    ...(held.order.packageWarehouses ? { packageWarehouses: held.order.packageWarehouses } : {}),
    recipient: keepRecipient(held.order.recipient, shown.recipient),
    taxpayer: keepTaxpayer(held.order.taxpayer, shown.taxpayer),
    buyerEmail: better(shown.buyerEmail, held.order.buyerEmail),
    buyerMessage: better(shown.buyerMessage, held.order.buyerMessage),
  };
}

/** The order with the pieces cancelled that TikTok's cancellations name: either list may lag behind the other. */
export function withCancellation(shown: ShopOrder, known: KnownCancellation | null): ShopOrder {
  if (!known) return shown;
  const units = shown.units.map((unit) => ({
    ...unit,
    cancelled: unit.cancelled || known.unitIds.has(unit.unitId),
  }));
  return { ...shown, units };
}

/** A refused address is news once, not at every later version of the order. */
function addressOutcome(moved: boolean, refused: boolean, isKnown: boolean): OrderUpdate['address'] {
  if (!moved || (refused && isKnown)) return 'same';
  return refused ? 'refused' : 'replaced';
}

function shippedElsewhere(
  held: readonly StoredUnit[],
  units: readonly StoredUnit[],
): OrderUpdate['shippedElsewhere'] {
  const before = new Set(held.filter(({ shippedAt }) => shippedAt !== null).map(({ unitId }) => unitId));
  const news = units.filter(
    ({ unitId, shippedAt, shipmentKey, cancelled }) =>
      shippedAt !== null && shipmentKey === null && !cancelled && !before.has(unitId),
  );
  const numbers = [...new Set(news.map(({ trackingNumber }) => trackingNumber))];
  return numbers.map((trackingNumber) => ({
    trackingNumber,
    pieces: news.filter((unit) => unit.trackingNumber === trackingNumber).length,
  }));
}

function renumbered(held: readonly StoredUnit[], units: readonly StoredUnit[]): number[] {
  const before = new Map(held.map(({ unitId, trackingNumber }) => [unitId, trackingNumber]));
  return units.flatMap(({ unitId, trackingNumber, shipmentKey, cancelled }) =>
    shipmentKey === null || cancelled || before.get(unitId) === trackingNumber ? [] : [shipmentKey],
  );
}

function countCancelled(units: readonly StoredUnit[]): number {
  return units.filter(({ cancelled }) => cancelled).length;
}
