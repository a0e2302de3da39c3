import type { ErrorDetail } from '../kernel/errors.js';
import { unitLineOf } from '../domain/bundle.js';
import { findOrderLine, linesMeant } from '../orders/find-order-line.js';
import { compareIds } from '../domain/order.js';
import type { CarrierHint, ShippableOrder, ShippableUnit, ShipmentLine } from '../domain/shipment.js';
import { isFree } from '../domain/shipment.js';
import { isShippedAs, isShippedElsewhere, trackingKey } from './tracking-number.js';
import { wishesOf, type GoodsPlace, type Wish } from './carton-wishes.js';
import { wholeBundles } from './whole-bundles.js';

type OrderLine = ShippableOrder['lines'][number];

/** Pieces of one line in one carton, before cartons with the same tracking number are put together. */
export interface Part {
  path: string;
  linePath: string;
  lineNumber: string;
  unitIds: string[];
  trackingNumber: string;
  carrier: CarrierHint;
  /**
   * `kept`: in a package of this very shipment that TikTok has. `shipped`: TikTok shows them as shipped under this number, by
   * somebody else.
   */
  standing: 'kept' | 'shipped' | 'free';
  /** Of a bundle: the lines of the document that its goods stand on. */
  goods?: readonly GoodsPlace[];
}

/** Units that TikTok has under this tracking number already, by unit id: only cartons with the number can mean them. */
type KeptUnits = ReadonlyMap<string, string>;

/**
 * The units of every carton of every line. Wishes that name unit ids choose first, then each takes the lowest free ids.
 * Problems are added to the list; what is answered then is incomplete.
 */
export function pickUnits(
  order: ShippableOrder,
  lines: readonly ShipmentLine[],
  problems: ErrorDetail[],
  kept: KeptUnits = new Map(),
): Part[] {
  const said: Wish[] = [];
  for (const line of lines) {
    const orderLine = orderLineOf(order, line, problems);
    if (orderLine) said.push(...wishesOf(line, orderLine, said.length, problems));
  }
  const wishes = wholeBundles(order, said, problems);
  checkOverShipping(order, wishes, { problems, kept });
  if (problems.length > 0) return [];

  const taken = new Set<string>();
  const parts: Part[][] = [];
  for (const wish of wishes.toSorted((a, b) => narrowness(a) - narrowness(b) || a.index - b.index)) {
    parts[wish.index] = pick(order, wish, taken, { problems, kept });
  }
  return parts.flat();
}

function narrowness(wish: Wish): number {
  if (wish.unitIds.length > 0) return 0;
  return wish.carton.packageId === null ? 2 : 1;
}

/** By unit ids, else by line number, else by SKU; what is named besides must agree. */
function orderLineOf(order: ShippableOrder, line: ShipmentLine, problems: ErrorDetail[]): OrderLine | null {
  if (line.lineNumber === null) {
    const unitIds = [...line.unitIds, ...line.cartons.flatMap((carton) => carton.unitIds)];
    const named = order.units.filter((unit) => unitIds.includes(unit.unitId));
    const numbers = new Set(named.map((unit) => unit.lineNumber));
    const byUnits = order.lines.filter((candidate) => numbers.has(unitLineOf(candidate)));
    const [byUnit] = linesMeant(byUnits, line, order);
    if (byUnits.length === 1 && byUnit) return byUnit;
  }
  return findOrderLine(order.lines, line, problems, order);
}

/** Lines may be repeated; together they must not want more pieces than there are. */
function checkOverShipping(
  order: ShippableOrder,
  wishes: readonly Wish[],
  { problems, kept }: Picking,
): void {
  const asked = new Map<string, number>();
  const reported = new Set<string>();
  for (const wish of wishes) {
    const units = order.units.filter((unit) => unit.lineNumber === wish.lineNumber);
    const trackingNumbers = wishes
      .filter(({ lineNumber }) => lineNumber === wish.lineNumber)
      .map(({ carton }) => carton.trackingNumber);
    const free = units.filter(
      (unit) =>
        isFree(unit) || isKept(unit, kept) || trackingNumbers.some((number) => isShippedAs(unit, number)),
    ).length;
    const total = (asked.get(wish.lineNumber) ?? 0) + wish.quantity;
    asked.set(wish.lineNumber, total);
    if (total <= free || reported.has(wish.lineNumber)) continue;
    reported.add(wish.lineNumber);
    problems.push({
      field: wish.quantityPath,
      message: `${total} ${nameOf(wish)} cannot be shipped: ${describeLine(units)}`,
      ...(units.some(isShippedElsewhere) ? { next: SHIPPED_ELSEWHERE_NEXT } : {}),
    });
  }
}

/** For pieces that somebody else has shipped, under another number than the ERP's. */
export const SHIPPED_ELSEWHERE_NEXT =
  'Name these pieces with the tracking number that TikTok has. Where that number is wrong, correct it afterwards with PUT on the shipment, once and within 72 hours of shipping.';

/** `3 ordered, 1 cancelled, 1 shipped (under 9400), 1 in another shipment, 0 left` */
function describeLine(units: readonly ShippableUnit[]): string {
  const cancelled = units.filter((unit) => unit.cancelled).length;
  const shipped = units.filter((unit) => !unit.cancelled && unit.shipped).length;
  const free = units.filter(isFree).length;
  const claimed = units.length - cancelled - shipped - free;
  const parts = [`${units.length} ordered`];
  if (cancelled > 0) parts.push(`${cancelled} cancelled`);
  if (shipped > 0) parts.push(`${shipped} shipped${underNumbers(units.filter(isShippedElsewhere))}`);
  if (claimed > 0) parts.push(`${claimed} in another shipment`);
  return [...parts, `${free} left`].join(', ');
}

function nameOf({ named, lineNumber }: Wish): string {
  return named.bundle
    ? `bundles ${named.bundle.merchantSku} of line ${lineNumber}`
    : `pieces of line ${lineNumber}`;
}

interface Picking {
  problems: ErrorDetail[];
  kept: KeptUnits;
}

function isKept(unit: ShippableUnit, kept: KeptUnits): boolean {
  return !unit.cancelled && kept.has(unit.unitId);
}

/** In the very parcel that the carton is. */
function isKeptAs(unit: ShippableUnit, trackingNumber: string | null, kept: KeptUnits): boolean {
  if (trackingNumber === null || !isKept(unit, kept)) return false;
  return kept.get(unit.unitId) === trackingKey(trackingNumber);
}

/** ` (under 9400, 9401)`; empty where TikTok tells none. */
export function underNumbers(units: readonly Pick<ShippableUnit, 'trackingNumber'>[]): string {
  const numbers = new Set(units.flatMap(({ trackingNumber }) => trackingNumber ?? []));
  return numbers.size === 0 ? '' : ` (under ${[...numbers].join(', ')})`;
}

/**
 * What has left in this parcel is still in it; then come pieces that others have shipped under the carton's number, then free
 * ones.
 */
function pick(order: ShippableOrder, wish: Wish, taken: Set<string>, { problems, kept }: Picking): Part[] {
  const unknown = wish.unitIds.filter(
    (unitId) => !order.units.some((unit) => unit.unitId === unitId && unit.lineNumber === wish.lineNumber),
  );
  if (unknown.length > 0) {
    problems.push({
      field: unitIdsPath(wish),
      message: `${unknown.join(', ')} is not on line ${wish.lineNumber} of the order`,
    });
    return [];
  }
  const { packageId, trackingNumber } = wish.carton;
  const open = order.units
    .filter((unit) => unit.lineNumber === wish.lineNumber && !taken.has(unit.unitId))
    .filter((unit) => wish.unitIds.length === 0 || wish.unitIds.includes(unit.unitId));
  const isHere = (unit: ShippableUnit) =>
    packageId === null || unit.packageId === null || unit.packageId === packageId;
  const own = lowestIds(
    open.filter((unit) => isKeptAs(unit, trackingNumber, kept)),
    wish.quantity,
  );
  const shipped = lowestIds(
    open.filter((unit) => isShippedAs(unit, trackingNumber)),
    wish.quantity - own.length,
  );
  const free = lowestIds(
    open.filter((unit) => isFree(unit) && !isKept(unit, kept) && isHere(unit)),
    wish.quantity - own.length - shipped.length,
  );
  const count = own.length + shipped.length + free.length;
  if (count < wish.quantity) {
    problems.push(tooFew(wish, count));
    return [];
  }
  for (const unitId of [...own, ...shipped, ...free]) taken.add(unitId);
  const parts = [partOf(wish, own, 'kept'), partOf(wish, shipped, 'shipped'), partOf(wish, free, 'free')];
  return parts.filter(({ unitIds }) => unitIds.length > 0);
}

function lowestIds(units: readonly ShippableUnit[], most: number): string[] {
  const ids = units.map((unit) => unit.unitId).toSorted(compareIds);
  return ids.slice(0, most);
}

function partOf(wish: Wish, unitIds: string[], standing: Part['standing']): Part {
  return {
    path: wish.carton.path,
    linePath: wish.line.path,
    lineNumber: wish.lineNumber,
    unitIds,
    trackingNumber: wish.carton.trackingNumber ?? '',
    carrier: wish.carton.carrier,
    standing,
    ...(wish.goods ? { goods: wish.goods } : {}),
  };
}

function unitIdsPath({ carton, line }: Wish): string {
  return `${carton.unitIds.length > 0 ? carton.path : line.path}.ExtendedAttributes.TikTokOrderLineId`;
}

function tooFew(wish: Wish, count: number): ErrorDetail {
  if (wish.unitIds.length > 0) {
    return {
      field: unitIdsPath(wish),
      message: `only ${count} of the units named here can still be shipped, ${wish.quantity} are wanted`,
    };
  }
  if (wish.carton.packageId !== null) {
    return {
      field: wish.carton.packageIdPath,
      message: `package ${wish.carton.packageId} has only ${count} unshipped pieces of line ${wish.lineNumber}`,
    };
  }
  return { field: wish.quantityPath, message: `only ${count} pieces are left for this package` };
}
