import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { compareIds } from '../domain/order.js';
import { pickUnits, type Part } from './pick-units.js';
import type {
  CarrierHint,
  PlannedPackage,
  PlannedPart,
  ReplacedPackages,
  ShippableOrder,
  ShippableUnit,
  ShipmentLine,
  ShipmentPlan,
  ShippingRules,
} from '../domain/shipment.js';
import { isFree } from '../domain/shipment.js';
import { trackingKey } from './tracking-number.js';

/**
 * Decides which units travel under which tracking number. `replaced`: what is there of a shipment that is sent again with
 * another content. Decides by our own data only, so whatever it accepts is
 * about units that exist, are free and match the ERP's words; TikTok may still refuse the package.
 * @throws AppError invalid-document with every problem and its field path; nothing is decided then
 */
export function planShipment(
  order: ShippableOrder,
  lines: readonly ShipmentLine[],
  rules: ShippingRules,
  replaced: ReplacedPackages = { kept: [], lastPosition: 0 },
): ShipmentPlan {
  const problems: ErrorDetail[] = [];
  // Without packages before shipping, a package id in the document can only be an echo of an earlier one.
  const named = rules.model === 'ship-package' ? lines : lines.map(withoutPackages);
  const parts = pickUnits(order, named, problems, keptUnits(replaced));
  if (problems.length === 0) checkKept(order, parts, replaced, problems);
  const fresh = parts.filter(({ standing }) => standing !== 'kept');
  const packages = groupByTracking(fresh, replaced.lastPosition, problems);
  if (problems.length === 0 && rules.grain === 'whole-sku') checkWholeSkus(order, packages, parts, problems);
  if (problems.length === 0 && rules.model === 'ship-package') {
    for (const planned of packages) if (!planned.isShipped) findPackage(order, planned, parts, problems);
  }
  if (problems.length > 0) {
    throw new AppError('invalid-document', 'The shipment does not fit its order.', { details: problems });
  }
  return { packages, parts: plannedParts(parts, packages, replaced.kept) };
}

function keptUnits({ kept }: ReplacedPackages): Map<string, string> {
  return new Map(
    kept.flatMap(({ unitIds, trackingNumber }) =>
      unitIds.map((unitId) => [unitId, trackingKey(trackingNumber)]),
    ),
  );
}

/** Packages that TikTok has already must be in the document as they are there. */
function checkKept(
  order: ShippableOrder,
  parts: readonly Part[],
  { kept }: ReplacedPackages,
  problems: ErrorDetail[],
): void {
  const cancelled = new Set(order.units.filter((unit) => unit.cancelled).map(({ unitId }) => unitId));
  const said = new Set(parts.flatMap(({ standing, unitIds }) => (standing === 'kept' ? unitIds : [])));
  for (const { trackingNumber, unitIds } of kept) {
    const pieces = unitIds.filter((unitId) => !cancelled.has(unitId));
    if (pieces.every((unitId) => said.has(unitId))) continue;
    problems.push({
      field: 'ShipmentLines',
      message: `TikTok has ${pieces.length} pieces of this shipment under ${trackingNumber} already, which this content does not say`,
      next: 'Send the shipment with this parcel as it was, or the rest under a new number.',
    });
  }
}

function withoutPackages(line: ShipmentLine): ShipmentLine {
  return { ...line, cartons: line.cartons.map((carton) => ({ ...carton, packageId: null })) };
}

/** The first spelling of a tracking number is kept. */
function groupByTracking(
  parts: readonly Part[],
  lastPosition: number,
  problems: ErrorDetail[],
): PlannedPackage[] {
  const packages = new Map<string, PlannedPackage>();
  for (const part of parts) {
    const isShipped = part.standing === 'shipped';
    const key = packageKey({ trackingNumber: part.trackingNumber, isShipped });
    const known = packages.get(key);
    if (!known) {
      packages.set(key, {
        position: lastPosition + packages.size + 1,
        trackingNumber: part.trackingNumber,
        carrier: part.carrier,
        unitIds: part.unitIds.toSorted(compareIds),
        tiktokPackageId: null,
        needsSplit: false,
        isShipped,
      });
      continue;
    }
    if (!sameCarrier(known.carrier, part.carrier)) {
      problems.push({
        field: `${part.carrier.path}.CarrierCode`,
        message: `tracking number ${part.trackingNumber} is named with two different carriers`,
      });
    }
    known.unitIds = [...known.unitIds, ...part.unitIds].toSorted(compareIds);
  }
  return [...packages.values()];
}

/** What is shipped already is a package of its own: of the rest TikTok has yet to be told. */
function packageKey({
  trackingNumber,
  isShipped,
}: Pick<PlannedPackage, 'trackingNumber' | 'isShipped'>): string {
  return `${trackingKey(trackingNumber)} ${isShipped}`;
}

function sameCarrier(a: CarrierHint, b: CarrierHint): boolean {
  return a.providerId === b.providerId && a.carrierCode === b.carrierCode && a.classCode === b.classCode;
}

/** TikTok refuses with 21011036 where units of one SKU are in several packages (South-East Asia, Latin America). */
function checkWholeSkus(
  order: ShippableOrder,
  packages: readonly PlannedPackage[],
  parts: readonly Part[],
  problems: ErrorDetail[],
): void {
  const skuOf = new Map(order.units.map((unit) => [unit.unitId, unit.skuId]));
  const reported = new Set<string>();
  for (const planned of packages) {
    if (planned.isShipped) continue;
    const inPackage = new Set(planned.unitIds);
    for (const skuId of new Set(planned.unitIds.map((unitId) => skuOf.get(unitId) ?? ''))) {
      const all = order.units.filter((unit) => unit.skuId === skuId && isFree(unit));
      if (reported.has(skuId) || all.every((unit) => inPackage.has(unit.unitId))) continue;
      reported.add(skuId);
      problems.push({
        field: pathOfSku(parts, skuOf, skuId),
        message: `in this shop's region all ${all.length} unshipped pieces of one SKU must travel under one tracking number`,
        next: 'Put all pieces of the SKU into one package; different SKUs may travel apart.',
      });
    }
  }
}

function pathOfSku(parts: readonly Part[], skuOf: ReadonlyMap<string, string>, skuId: string): string {
  const part = parts.find((candidate) => candidate.unitIds.some((unitId) => skuOf.get(unitId) === skuId));
  return part ? `${part.linePath}.Quantity` : 'ShipmentLines';
}

/**
 * Where packages exist before they are shipped, a planned package is either one of them, whole, or has to be split off.
 * Units whose package we have not read yet count as one unknown package; the push looks again before it acts.
 */
function findPackage(
  order: ShippableOrder,
  planned: PlannedPackage,
  parts: readonly Part[],
  problems: ErrorDetail[],
): void {
  const wanted = new Set(planned.unitIds);
  const packageIds = new Set(
    order.units.filter((unit) => wanted.has(unit.unitId)).map((unit) => unit.packageId),
  );
  const first = parts.find(
    (part) => trackingKey(part.trackingNumber) === trackingKey(planned.trackingNumber),
  );
  if (packageIds.size > 1) {
    problems.push({
      field: `${first?.path ?? 'ShipmentLines'}.TrackingNumber`,
      message: `TikTok has these pieces in ${packageIds.size} packages (${[...packageIds].join(', ')})`,
      next: 'Give each package a tracking number of its own, or combine the packages in TikTok Seller Center.',
    });
    return;
  }
  const [packageId = null] = packageIds;
  const active = order.units.filter((unit) => isActiveIn(unit, packageId));
  planned.needsSplit = active.some((unit) => !wanted.has(unit.unitId));
  planned.tiktokPackageId = planned.needsSplit ? null : packageId;
}

function isActiveIn(unit: ShippableUnit, packageId: string | null): boolean {
  return unit.packageId === packageId && !unit.cancelled && !unit.shipped;
}

function plannedParts(
  parts: readonly Part[],
  packages: readonly PlannedPackage[],
  kept: ReplacedPackages['kept'],
): PlannedPart[] {
  const positions = new Map(packages.map((planned) => [packageKey(planned), planned.position]));
  return parts.flatMap((part) => {
    const { path, linePath, lineNumber, unitIds, trackingNumber, standing, goods } = part;
    const position =
      standing === 'kept'
        ? kept.find((each) => each.unitIds.includes(unitIds[0] ?? ''))?.position
        : positions.get(packageKey({ trackingNumber, isShipped: standing === 'shipped' }));
    const places = goods ?? [{ path, linePath, lineNumber }];
    return places.map((place) => ({ ...place, unitIds, position: position ?? 0 }));
  });
}
