import type { ShippingModel, SplitGrain } from '../domain/shipment.js';

const EUROPEAN_UNION =
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' ');
const MARK_SHIPPED = new Set(['US', 'GB', 'UK', 'JP', ...EUROPEAN_UNION]);
const SHIP_PACKAGE = new Set(['ID', 'MY', 'PH', 'SG', 'TH', 'VN', 'MX', 'BR']);

/** Null for a region that TikTok has opened after this was written: nothing is sent there on a guess. */
export function shippingModelOf(region: string): ShippingModel | null {
  const code = region.toUpperCase();
  if (MARK_SHIPPED.has(code)) return 'mark-shipped';
  return SHIP_PACKAGE.has(code) ? 'ship-package' : null;
}

/** Where `whole-sku` holds, all units of a SKU share one package (TikTok code 21011036 otherwise). */
export function splitGrainOf(region: string, sellerType: string): SplitGrain {
  const isCrossBorderMexico = region.toUpperCase() === 'MX' && sellerType === 'CROSS_BORDER';
  return shippingModelOf(region) === 'mark-shipped' || isCrossBorderMexico ? 'unit' : 'whole-sku';
}

/** The name under which TikTok's pages list a region: the EU is one market, and the UK has two names. */
export function marketOf(region: string): string {
  const code = region.toUpperCase();
  if (code === 'UK') return 'GB';
  return EUROPEAN_UNION.includes(code) ? 'EU' : code;
}

/** TikTok, since March 2026: in the EU one delivery option has several routes, and each its own carriers. */
export function listsCarriersByRoute(region: string): boolean {
  return marketOf(region) === 'EU';
}
