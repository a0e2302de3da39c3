import type { PlannedPart } from '../domain/shipment.js';
import { toIsoSeconds } from '../kernel/time.js';
import { object, objects, text, type JsonObject } from './json-reading.js';
import {
  isPackageId,
  isUnitIds,
  LEFT_OUT,
  PACKAGE_ID,
  TIKTOK_NUMBER,
  UNIT_IDS,
} from './shipment-attributes.js';
import { sentHead } from './sent-head.js';
import { readTracking } from './read-tracking.js';

/** Raised by whoever changes what `renderShipment` writes; stored documents of older versions are rendered anew. */
export const SHIPMENT_RENDERER_VERSION = 3;

/** What a shipment's document is made of. */
interface ShipmentFacts {
  key: number;
  companyId: number;
  partnerId: number;
  statusCode: number;
  order: {
    linkKey: string;
    sourceKey: string | null;
    partnerPo: string | null;
    orderNumber: string;
    lines: readonly { lineNumber: string; supplierSku: string; merchantSku: string }[];
  };
  documentDate: Date;
  shipmentDate: Date;
  /** As the ERP sent it. */
  input: JsonObject;
  /** Which pieces are where; empty for a draft. */
  parts: readonly PlannedPart[];
  packages: readonly {
    position: number;
    trackingNumber: string;
    tiktokPackageId: string | null;
    /** Pieces that did not go with it. */
    leftOut?: readonly string[];
    /** The number that TikTok has in place of this one. */
    tiktokTrackingNumber?: string | null;
  }[];
}

/**
 * The v3 Shipment as the ERP reads it back: all that it sent, completed by the order's own words, the chosen units and,
 * once TikTok has answered, the package ids. `StatusCode` is the first member (see documents/document.ts).
 */
export function renderShipment(facts: ShipmentFacts): JsonObject {
  const { input, order } = facts;
  return {
    ...sentHead({ ...facts, linkKey: order.linkKey, sourceKey: order.sourceKey }),
    SenderCompanyId: facts.companyId,
    ReceiverCompanyId: facts.partnerId,
    DocumentDate: toIsoSeconds(facts.documentDate),
    ShipmentDate: toIsoSeconds(facts.shipmentDate),
    OrderNumber: text(input['OrderNumber']) ?? order.orderNumber,
    PartnerPO: order.partnerPo ?? text(input['PartnerPO']),
    ShipmentLines: objects(input['ShipmentLines']).map((line, index) => renderLine(line, index, facts)),
    ExtendedAttributes: withPackageIds(input['ExtendedAttributes'], packageIds(facts)),
  };
}

function renderLine(line: JsonObject, index: number, facts: ShipmentFacts): JsonObject {
  const linePath = `ShipmentLines[${index}]`;
  const parts = facts.parts.filter((part) => part.linePath === linePath);
  const orderLine = facts.order.lines.find((each) => each.lineNumber === parts[0]?.lineNumber);
  if (parts.length === 0 || !orderLine) return line;
  const unitIds = [...new Set(parts.flatMap((part) => wentWith(part, facts)))];
  const leftOut = parts.flatMap((part) => part.unitIds).filter((unitId) => !unitIds.includes(unitId));
  return {
    ...line,
    ItemIdentifier: {
      ...object(line['ItemIdentifier']),
      SupplierSKU: orderLine.supplierSku,
      PartnerSKU: orderLine.merchantSku,
    },
    LineNumber: orderLine.lineNumber,
    Quantity: sumOf(parts.map((part) => wentWith(part, facts).length * (part.piecesEach ?? 1))),
    ShipmentInfos: parts.map((part) => renderCarton(part, line, facts)),
    ExtendedAttributes: replaceAttributes(line['ExtendedAttributes'], isOurs, [
      { Name: UNIT_IDS, Value: unitIds.join(',') },
      ...(leftOut.length > 0 ? [{ Name: LEFT_OUT, Value: leftOut.join(',') }] : []),
    ]),
  };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What really went: a piece that was cancelled just before, or that somebody else shipped, is in no parcel of this shipment. */
function wentWith({ unitIds, position }: PlannedPart, { packages }: ShipmentFacts): string[] {
  const leftOut = packages.find((each) => each.position === position)?.leftOut ?? [];
  return unitIds.filter((unitId) => !leftOut.includes(unitId));
}

function isOurs(name: string): boolean {
  return isUnitIds(name) || name === LEFT_OUT;
}

function renderCarton(part: PlannedPart, line: JsonObject, facts: ShipmentFacts): JsonObject {
  const at = /\.ShipmentInfos\[(\d+)\]$/.exec(part.path)?.[1];
  const [single] = objects(facts.input['ShipmentInfos']);
  const given = (at === undefined ? single : objects(line['ShipmentInfos'])[Number(at)]) ?? {};
  const packed = facts.packages.find((each) => each.position === part.position);
  const said = text(given['TrackingNumber']);
  const trackingNumber = readTracking(said).trackingNumber ?? packed?.trackingNumber;
  const packageId = packed?.tiktokPackageId;
  return {
    ...given,
    TrackingNumber: trackingNumber,
    ContainerCode: text(given['ContainerCode']) ?? trackingNumber,
    Qty: wentWith(part, facts).length * (part.piecesEach ?? 1),
    ...cartonAttributes(given, packageId ?? null, packed?.tiktokTrackingNumber ?? null),
  };
}

function cartonAttributes(
  given: JsonObject,
  packageId: string | null,
  tiktokNumber: string | null,
): { ExtendedAttributes?: JsonObject[] } {
  const said = given['ExtendedAttributes'];
  const isStale = objects(said).some((each) => text(each['Name']) === TIKTOK_NUMBER);
  if (packageId === null && tiktokNumber === null && !isStale) return {};
  const named = packageId === null ? objects(said) : withPackageIds(said, [packageId]);
  const added = tiktokNumber === null ? [] : [{ Name: TIKTOK_NUMBER, Value: tiktokNumber }];
  return { ExtendedAttributes: replaceAttributes(named, (name) => name === TIKTOK_NUMBER, added) };
}

/** In the order of the packages; empty until TikTok has named the first. */
function packageIds(facts: ShipmentFacts): string[] {
  const ids = facts.packages
    .toSorted((a, b) => a.position - b.position)
    .flatMap(({ tiktokPackageId }) => (tiktokPackageId === null ? [] : [tiktokPackageId]));
  return [...new Set(ids)];
}

function withPackageIds(given: unknown, ids: readonly string[]): JsonObject[] | undefined {
  if (ids.length === 0) return Array.isArray(given) ? objects(given) : undefined;
  const named = ids.map((id, index) => ({
    Name: ids.length === 1 ? PACKAGE_ID : `${PACKAGE_ID}${index + 1}`,
    Value: id,
  }));
  return replaceAttributes(given, isPackageId, named);
}

function replaceAttributes(
  given: unknown,
  isReplaced: (name: string) => boolean,
  added: readonly { Name: string; Value: string }[],
): JsonObject[] {
  return [...objects(given).filter((each) => !isReplaced(text(each['Name']) ?? '')), ...added];
}
