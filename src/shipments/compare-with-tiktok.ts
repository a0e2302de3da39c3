import type { OrderUnit, ShopOrder } from '../domain/order.js';
import { isOnItsWay } from '../domain/shipment.js';
import type { AppError } from '../kernel/errors.js';
import type { ReadBack } from '../sync/effects/outbox.js';
import { refusal } from '../sync/effects/tiktok-refusal.js';
import { sameTracking } from './tracking-number.js';

/** What a shipped package is remembered by. */
export interface ShippedPackage {
  /** Null where TikTok shows the pieces as shipped, but in no package. */
  packageId: string | null;
  /** TikTok's remark on a shipment that it took. */
  warning: string | null;
  /** TikTok's id of the call that shipped it; missing when it was only read back. */
  requestId?: string | null;
  /** The pieces that TikTok has under our number; missing when nobody has looked: all that are not cancelled. */
  unitIds?: string[];
  /** Pieces of ours that TikTok shows as cancelled. */
  cancelledIds?: string[];
  /** TikTok's ids of other orders that were in the same package. */
  sharedWith?: string[];
}

/** What we mean by one package. */
export interface WantedPackage {
  unitIds: readonly string[];
  trackingNumber: string;
}

/** Where the pieces of one of our packages are in TikTok; each piece is in one of the lists. */
export interface PackageStanding {
  /** Shipped under our tracking number. */
  own: OrderUnit[];
  /** Shipped otherwise. */
  elsewhere: OrderUnit[];
  /** Still to be shipped. */
  open: OrderUnit[];
  cancelled: OrderUnit[];
}

export function standingOf(order: ShopOrder, { unitIds, trackingNumber }: WantedPackage): PackageStanding {
  const standing: PackageStanding = { own: [], elsewhere: [], open: [], cancelled: [] };
  for (const unit of order.units) {
    if (!unitIds.includes(unit.unitId)) continue;
    if (unit.cancelled) standing.cancelled.push(unit);
    else if (sameTracking(unit.trackingNumber, trackingNumber)) standing.own.push(unit);
    else if (isUnderWay(unit)) standing.elsewhere.push(unit);
    else standing.open.push(unit);
  }
  return standing;
}

/**
 * Whether TikTok's order has our package: its pieces under this tracking number. Pieces that were cancelled meanwhile, or
 * that somebody else has shipped, do not travel with it and do not keep it back.
 */
export function findOurPackage(order: ShopOrder | undefined, ours: WantedPackage): ReadBack<ShippedPackage> {
  if (!order) return { state: 'unknown', why: 'TikTok does not show the order.' };
  const standing = standingOf(order, ours);
  if (standing.open.length === 0) return settledBy(standing);
  return standing.own.length > 0
    ? { state: 'unknown', why: 'TikTok shows only some of the pieces under this tracking number.' }
    : { state: 'not-done' };
}

/** Nothing is left to ship: it is ours, somebody else's, or cancelled. */
function settledBy(standing: PackageStanding): ReadBack<ShippedPackage> {
  const { own, elsewhere } = standing;
  if (own.length > 0) return { state: 'done', result: shippedAs(standing) };
  return { state: 'refused', error: elsewhere.length > 0 ? shippedOtherwise(elsewhere) : allCancelled() };
}

export function shippedAs({ own, cancelled }: PackageStanding): ShippedPackage {
  return {
    packageId: own[0]?.packageId ?? null,
    warning: null,
    unitIds: own.map(({ unitId }) => unitId),
    cancelledIds: cancelled.map(({ unitId }) => unitId),
  };
}

function shippedOtherwise(elsewhere: readonly OrderUnit[]): AppError {
  const numbers = [...new Set(elsewhere.map(({ trackingNumber }) => trackingNumber ?? 'another shipment'))];
  return refusal(
    `TikTok shows these pieces as shipped under ${numbers.join(', ')}: Seller Center or another app has done it.`,
    'Send the shipment with that tracking number. Where it is wrong, correct it then with PUT on the shipment, once and within 72 hours of shipping.',
  );
}

function allCancelled(): AppError {
  return refusal('The pieces of this package were cancelled in TikTok.', 'Do not ship them.');
}

/** A package as TikTok has it now, with the pieces in it that still matter. */
interface CurrentPackage {
  packageId: string | null;
  unitIds: string[];
}

/** Where these pieces are now: null when they are in several packages. */
export function currentPackageOf(order: ShopOrder, unitIds: readonly string[]): CurrentPackage | null {
  const ids = new Set(packageIdsOf(order, unitIds));
  const [packageId] = ids;
  if (ids.size !== 1 || packageId === undefined) return null;
  const inside = order.units.filter(
    (unit) => unit.packageId === packageId && !unit.cancelled && !isUnderWay(unit),
  );
  return { packageId, unitIds: inside.map((unit) => unit.unitId) };
}

/** TikTok's packages of pieces that are not cancelled; null stands for those in none. */
export function packageIdsOf(order: ShopOrder, unitIds: readonly string[]): (string | null)[] {
  const active = order.units.filter((unit) => unitIds.includes(unit.unitId) && !unit.cancelled);
  return [...new Set(active.map((unit) => unit.packageId))];
}

/** Whether a package holds these pieces and nothing else; cancelled ones are no longer in it. */
export function holdsExactly(current: CurrentPackage, unitIds: readonly string[]): boolean {
  return current.packageId !== null && current.unitIds.every((unitId) => unitIds.includes(unitId));
}

function isUnderWay(unit: OrderUnit): boolean {
  return unit.shippedAt !== null || unit.trackingNumber !== null || isOnItsWay(unit.displayStatus);
}
