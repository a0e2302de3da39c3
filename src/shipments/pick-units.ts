import type { ErrorDetail } from '../kernel/errors.js';
import { findOrderLine, linesMeant } from '../orders/find-order-line.js';
import { compareIds } from '../domain/order.js';
import type { CarrierHint, Carton, ShippableOrder, ShippableUnit, ShipmentLine } from '../domain/shipment.js';
import { isFree } from '../domain/shipment.js';

type OrderLine = ShippableOrder['lines'][number];

/** Pieces of one line in one carton, before cartons with the same tracking number are put together. */
export interface Part {
  path: string;
  linePath: string;
  lineNumber: string;
  unitIds: string[];
  trackingNumber: string;
  carrier: CarrierHint;
}

/** One carton of one line, with all that is needed to pick its pieces. */
interface Wish {
  /** Place in the document; parts are answered in this order. */
  index: number;
  line: ShipmentLine;
  carton: Carton;
  lineNumber: string;
  quantity: number;
  quantityPath: string;
  /** Ids that the ERP names. An ERP may echo all ids of the order's line, so they limit the choice, no more. */
  unitIds: readonly string[];
}

/**
 * The units of every carton of every line. Wishes that name unit ids choose first, then each takes the lowest free ids.
 * Problems are added to the list; what is answered then is incomplete.
 */
export function pickUnits(
  order: ShippableOrder,
  lines: readonly ShipmentLine[],
  problems: ErrorDetail[],
): Part[] {
  const wishes: Wish[] = [];
  for (const line of lines) {
    const orderLine = orderLineOf(order, line, problems);
    if (orderLine) wishes.push(...wishesOf(line, orderLine, wishes.length, problems));
  }
  checkOverShipping(order, wishes, problems);
  if (problems.length > 0) return [];

  const taken = new Set<string>();
  const parts: (Part | undefined)[] = [];
  for (const wish of wishes.toSorted((a, b) => narrowness(a) - narrowness(b) || a.index - b.index)) {
    parts[wish.index] = pick(order, wish, taken, problems);
  }
  return parts.filter((part) => part !== undefined);
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
    const byUnits = order.lines.filter((candidate) => numbers.has(candidate.lineNumber));
    const [byUnit] = linesMeant(byUnits, line, order);
    if (byUnits.length === 1 && byUnit) return byUnit;
  }
  return findOrderLine(order.lines, line, problems, order);
}

function wishesOf(line: ShipmentLine, orderLine: OrderLine, from: number, problems: ErrorDetail[]): Wish[] {
  const wishes: Wish[] = [];
  const isSingle = line.cartons.length === 1;
  for (const carton of line.cartons) {
    checkCarton(carton, problems);
    const ownCount = carton.unitIds.length || (isSingle ? line.unitIds.length : 0);
    const quantity = carton.quantity ?? (isSingle ? line.quantity : null) ?? (ownCount || null);
    const quantityPath =
      carton.quantity === null && isSingle ? `${line.path}.Quantity` : `${carton.path}.Qty`;
    if (quantity === null) {
      problems.push({ field: quantityPath, message: 'required: how many pieces are in this package' });
      continue;
    }
    if (quantity < 1) {
      problems.push({ field: quantityPath, message: `must be at least 1, not ${quantity}` });
      continue;
    }
    wishes.push({
      index: from + wishes.length,
      line,
      carton,
      lineNumber: orderLine.lineNumber,
      quantity,
      quantityPath,
      unitIds: carton.unitIds.length > 0 ? carton.unitIds : line.unitIds,
    });
  }
  return wishes;
}

function checkCarton(carton: Carton, problems: ErrorDetail[]): void {
  if (carton.trackingNumber === null) {
    problems.push({ field: `${carton.path}.TrackingNumber`, message: 'required' });
  }
  const { providerId, carrierCode, classCode, path } = carton.carrier;
  if (providerId === null && carrierCode === null && classCode === null) {
    problems.push({
      field: `${path}.CarrierCode`,
      message: 'required: a CarrierCode, or TikTok’s provider id as ReceiverClassCode',
    });
  }
}

function checkOverShipping(order: ShippableOrder, wishes: readonly Wish[], problems: ErrorDetail[]): void {
  const asked = new Map<string, number>();
  const reported = new Set<string>();
  for (const wish of wishes) {
    const units = order.units.filter((unit) => unit.lineNumber === wish.lineNumber);
    const free = units.filter(isFree).length;
    const total = (asked.get(wish.lineNumber) ?? 0) + wish.quantity;
    asked.set(wish.lineNumber, total);
    // The line's own quantity may be more than its cartons hold, but never more than was ordered.
    const stated = Math.max(total, statedBeyondOrder(wish, units.length));
    if (stated <= free || reported.has(wish.lineNumber)) continue;
    reported.add(wish.lineNumber);
    problems.push({
      field: stated > total ? `${wish.line.path}.Quantity` : wish.quantityPath,
      message: `${stated} pieces of line ${wish.lineNumber} cannot be shipped: ${describeLine(units)}`,
    });
  }
}

function statedBeyondOrder(wish: Wish, ordered: number): number {
  const stated = wish.line.quantity ?? 0;
  return stated > ordered ? stated : 0;
}

/** `3 ordered, 1 cancelled, 1 shipped, 1 in another shipment, 0 left` */
function describeLine(units: readonly ShippableUnit[]): string {
  const cancelled = units.filter((unit) => unit.cancelled).length;
  const shipped = units.filter((unit) => !unit.cancelled && unit.shipped).length;
  const free = units.filter(isFree).length;
  const claimed = units.length - cancelled - shipped - free;
  const parts = [`${units.length} ordered`];
  if (cancelled > 0) parts.push(`${cancelled} cancelled`);
  if (shipped > 0) parts.push(`${shipped} shipped`);
  if (claimed > 0) parts.push(`${claimed} in another shipment`);
  return [...parts, `${free} left`].join(', ');
}

function pick(
  order: ShippableOrder,
  wish: Wish,
  taken: Set<string>,
  problems: ErrorDetail[],
): Part | undefined {
  const unknown = wish.unitIds.filter(
    (unitId) => !order.units.some((unit) => unit.unitId === unitId && unit.lineNumber === wish.lineNumber),
  );
  if (unknown.length > 0) {
    problems.push({
      field: unitIdsPath(wish),
      message: `${unknown.join(', ')} is not on line ${wish.lineNumber} of the order`,
    });
    return undefined;
  }
  const { packageId } = wish.carton;
  const choice = order.units
    .filter((unit) => unit.lineNumber === wish.lineNumber && isFree(unit) && !taken.has(unit.unitId))
    .filter((unit) => wish.unitIds.length === 0 || wish.unitIds.includes(unit.unitId))
    .filter((unit) => packageId === null || unit.packageId === null || unit.packageId === packageId)
    .map((unit) => unit.unitId)
    .toSorted(compareIds)
    .slice(0, wish.quantity);
  if (choice.length < wish.quantity) {
    problems.push(tooFew(wish, choice.length));
    return undefined;
  }
  for (const unitId of choice) taken.add(unitId);
  return {
    path: wish.carton.path,
    linePath: wish.line.path,
    lineNumber: wish.lineNumber,
    unitIds: choice,
    trackingNumber: wish.carton.trackingNumber ?? '',
    carrier: wish.carton.carrier,
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
