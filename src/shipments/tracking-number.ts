import type { ShippableUnit } from '../domain/shipment.js';

/** Carriers print tracking numbers in capitals and in groups, people type them as they like. */
export function trackingKey(trackingNumber: string): string {
  return trackingNumber.replaceAll(/\s/g, '').toUpperCase();
}

/** Whether both are the number of one parcel; a number that is not known is nobody's. */
export function sameTracking(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && trackingKey(a) === trackingKey(b);
}

/**
 * A piece that Seller Center, another app or a combined package has shipped under this number, and that no shipment of the
 * ERP's has: the shipment that names the number has it.
 */
export function isShippedAs(unit: ShippableUnit, trackingNumber: string | null): boolean {
  return isShippedElsewhere(unit) && sameTracking(unit.trackingNumber, trackingNumber);
}

/** TikTok shows it as shipped, and no shipment of the ERP's has it. */
export function isShippedElsewhere({ shipped, cancelled, shipmentKey }: ShippableUnit): boolean {
  return shipped && !cancelled && shipmentKey === null;
}
