import type { OrderUnit, ShopOrder } from '../domain/order.js';
import type { ReadBack } from '../sync/effects/outbox.js';
import { refusal } from '../sync/effects/tiktok-refusal.js';

/** What a shipped package is remembered by. */
export interface ShippedPackage {
  /** Null where TikTok shows the pieces as shipped, but in no package. */
  packageId: string | null;
  /** TikTok's remark on a shipment that it took. */
  warning: string | null;
  /** TikTok's id of the call that shipped it; missing when it was only read back. */
  requestId?: string | null;
}

/**
 * Whether TikTok's order has our package: these pieces under this tracking number. Pieces that were cancelled meanwhile
 * travel nowhere and do not count.
 */
export function findOurPackage(
  order: ShopOrder | undefined,
  ours: { unitIds: readonly string[]; trackingNumber: string },
): ReadBack<ShippedPackage> {
  if (!order) return { state: 'unknown', why: 'TikTok does not show the order.' };
  const units = order.units.filter((unit) => ours.unitIds.includes(unit.unitId));
  const active = units.filter((unit) => !unit.cancelled);
  if (active.length === 0)
    return refused('The pieces of this package were cancelled in TikTok.', 'Do not ship them.');
  const own = active.filter((unit) => sameTracking(unit.trackingNumber, ours.trackingNumber));
  if (own.length === active.length) {
    return { state: 'done', result: { packageId: own[0]?.packageId ?? null, warning: null } };
  }
  const other = active.find((unit) => isUnderWay(unit) && !own.includes(unit));
  if (other && own.length === 0) {
    return refused(
      `TikTok shows these pieces as shipped under ${other.trackingNumber ?? 'another shipment'}.`,
      'Compare with TikTok Seller Center; the tracking number can be corrected there for 72 hours.',
    );
  }
  if (own.length > 0)
    return { state: 'unknown', why: 'TikTok shows only some of the pieces under this tracking number.' };
  return { state: 'not-done' };
}

/** A package as TikTok has it now, with the pieces in it that still matter. */
interface CurrentPackage {
  packageId: string | null;
  unitIds: string[];
}

/** Where these pieces are now: null when they are in several packages. */
export function currentPackageOf(order: ShopOrder, unitIds: readonly string[]): CurrentPackage | null {
  const ids = new Set(
    order.units
      .filter((unit) => unitIds.includes(unit.unitId) && !unit.cancelled)
      .map((unit) => unit.packageId),
  );
  const [packageId] = ids;
  if (ids.size !== 1 || packageId === undefined) return null;
  const inside = order.units.filter(
    (unit) => unit.packageId === packageId && !unit.cancelled && !isUnderWay(unit),
  );
  return { packageId, unitIds: inside.map((unit) => unit.unitId) };
}

/** Whether a package holds these pieces and nothing else; cancelled ones are no longer in it. */
export function holdsExactly(current: CurrentPackage, unitIds: readonly string[]): boolean {
  return current.packageId !== null && current.unitIds.every((unitId) => unitIds.includes(unitId));
}

function isUnderWay(unit: OrderUnit): boolean {
  return unit.shippedAt !== null || unit.trackingNumber !== null;
}

function sameTracking(a: string | null, b: string): boolean {
  return a !== null && a.trim().toUpperCase() === b.trim().toUpperCase();
}

function refused(message: string, next: string): ReadBack<never> {
  return { state: 'refused', error: refusal(message, next) };
}
