import type { JsonObject } from '../logicbroker/json-reading.js';
import { parseJson, writeJson } from '../formats/json.js';
import type { SqlTx, Tx } from '../store/database.js';
import { jsonTexts } from '../store/json-list.js';
import type { CarrierHint, PlannedPackage, PlannedPart, ReplacedPackages } from '../domain/shipment.js';

/**
 * `pending`: on its way. `in_doubt`: only a person can tell whether TikTok has it. `replaced`: refused, and of a content that
 * another one has taken the place of; such packages are not listed.
 */
type PackageState = 'pending' | 'sent' | 'refused' | 'in_doubt' | 'replaced';

export interface StoredShipment {
  documentKey: number;
  orderId: bigint;
  companyId: number;
  /** What the ERP sent. */
  input: JsonObject;
  /** Empty for a draft. */
  parts: PlannedPart[];
}

/** Another tracking number for a package that TikTok has; kept with the package until the next one. */
export interface Correction {
  trackingNumber: string;
  /** The number that TikTok had before. */
  from: string;
  carrier: CarrierHint;
  /** TikTok's id of the carrier; null until TikTok's list could be read. */
  providerId: string | null;
  carrierName: string | null;
  /** `done`: TikTok has it, and takes no further one. */
  state: 'pending' | 'done' | 'refused' | 'in_doubt';
  reason: string | null;
  askedAt: string;
}

export interface StoredPackage {
  shipmentKey: number;
  position: number;
  trackingNumber: string;
  /** Null until TikTok's list of carriers could be read. */
  providerId: string | null;
  carrierName: string | null;
  unitIds: string[];
  tiktokPackageId: string | null;
  state: PackageState;
  /** Why it was refused or is in doubt. */
  reason: string | null;
  /** Of `unitIds`: pieces that did not go with it, since they were cancelled or shipped otherwise. */
  leftOut: string[];
  correction: Correction | null;
  /** The number that TikTok shows in place of ours, which somebody else has corrected. */
  tiktokTrackingNumber: string | null;
}

/** The pieces that a package holds, as far as anybody knows. */
export function piecesIn({ unitIds, leftOut }: Pick<StoredPackage, 'unitIds' | 'leftOut'>): string[] {
  return unitIds.filter((unitId) => !leftOut.includes(unitId));
}

/** Stores new shipments in one statement. Inputs go in as text: a JavaScript number would lose the zeros of `19.90`. */
export async function insertShipments(tx: Tx, shipments: readonly StoredShipment[]): Promise<void> {
  if (shipments.length === 0) return;
  const rows = shipments.map(({ input: _input, ...row }, index) => ({
    ...row,
    orderId: String(row.orderId),
    nth: index + 1,
  }));
  const inputs = jsonTexts(shipments.map(({ input }) => writeJson(input)));
  await tx.$executeRaw`
    INSERT INTO shipments (document_key, order_id, company_id, input, parts)
    SELECT "documentKey", "orderId", "companyId", input::jsonb, parts
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given (nth int, "documentKey" int, "orderId" bigint,
      "companyId" int, parts jsonb)
    JOIN unnest(${inputs}) WITH ORDINALITY AS texts (input, nth) USING (nth)`;
}

/** The input of a draft that was edited, or the parts of one that is released. */
export async function updateShipment(
  tx: Tx,
  documentKey: number,
  change: { input: JsonObject; parts: readonly PlannedPart[] },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE shipments SET input = ${writeJson(change.input)}::jsonb, parts = ${JSON.stringify(change.parts)}::jsonb
    WHERE document_key = ${documentKey}`;
}

export async function findShipment(
  tx: Tx,
  { companyId, documentKey }: { companyId: number; documentKey: number },
): Promise<StoredShipment | null> {
  const [found] = await findShipments(tx, { companyId, documentKeys: [documentKey] });
  return found ?? null;
}

/** By key, ascending. */
export async function findShipments(
  tx: SqlTx,
  { companyId, documentKeys }: { companyId: number; documentKeys: readonly number[] },
): Promise<StoredShipment[]> {
  const rows = await tx.$queryRaw<(Omit<StoredShipment, 'input'> & { input: string })[]>`
    SELECT document_key AS "documentKey", company_id AS "companyId", order_id AS "orderId", input::text AS input, parts
    FROM shipments
    WHERE company_id = ${companyId} AND document_key = ANY(${documentKeys}::int[]) ORDER BY document_key`;
  return rows.map((row) => ({ ...row, input: parseJson(row.input) as JsonObject }));
}

/** Of any number of shipments, in one statement. */
export async function insertPackages(
  tx: Tx,
  packages: readonly (PlannedPackage & {
    shipmentKey: number;
    providerId: string | null;
    carrierName: string | null;
  })[],
): Promise<void> {
  await tx.shipmentPackage.createMany({
    data: packages.map((each) => ({
      shipmentKey: each.shipmentKey,
      position: each.position,
      trackingNumber: each.trackingNumber,
      providerId: each.providerId,
      carrierCode: each.carrier.carrierCode,
      carrierName: each.carrierName,
      unitIds: each.unitIds,
      tiktokPackageId: each.tiktokPackageId,
    })),
  });
}

/** By position. */
export async function listPackages(tx: Tx, shipmentKey: number): Promise<StoredPackage[]> {
  return listPackagesOf(tx, [shipmentKey]);
}

/** Of several shipments, each by position. */
export async function listPackagesOf(tx: SqlTx, shipmentKeys: readonly number[]): Promise<StoredPackage[]> {
  return tx.$queryRaw<StoredPackage[]>`
    SELECT shipment_key AS "shipmentKey", position, tracking_number AS "trackingNumber", provider_id AS "providerId",
      carrier_name AS "carrierName", unit_ids AS "unitIds", tiktok_package_id AS "tiktokPackageId", state, reason,
      left_out AS "leftOut", correction, tiktok_tracking_number AS "tiktokTrackingNumber"
    FROM shipment_packages WHERE shipment_key = ANY(${shipmentKeys}::int[]) AND state <> 'replaced'
    ORDER BY shipment_key, position`;
}

/** What shipments' new contents find there, by their keys; one that has no packages is left out. */
export async function findReplacedPackages(
  tx: Tx,
  shipmentKeys: readonly number[],
): Promise<Map<number, ReplacedPackages>> {
  if (shipmentKeys.length === 0) return new Map();
  const last = await tx.shipmentPackage.groupBy({
    by: ['shipmentKey'],
    where: { shipmentKey: { in: [...shipmentKeys] } },
    _max: { position: true },
  });
  const sent = (await listPackagesOf(tx, shipmentKeys)).filter(({ state }) => state === 'sent');
  return new Map(
    last.map(({ shipmentKey, _max: { position } }) => {
      const own = sent.filter((pack) => pack.shipmentKey === shipmentKey);
      const kept = own.map((pack) => ({ ...pack, unitIds: piecesIn(pack) }));
      return [shipmentKey, { kept, lastPosition: position ?? 0 }];
    }),
  );
}

/** Gives a shipment another content; what TikTok has refused of the former one is put aside. */
export async function replaceShipment(
  tx: Tx,
  documentKey: number,
  content: { input: JsonObject; parts: readonly PlannedPart[] },
): Promise<void> {
  await tx.shipmentPackage.updateMany({
    where: { shipmentKey: documentKey, state: 'refused' },
    data: { state: 'replaced' },
  });
  await updateShipment(tx, documentKey, content);
}

export async function updatePackages(
  tx: Tx,
  { shipmentKey, positions }: { shipmentKey: number; positions: readonly number[] },
  change: {
    state?: PackageState;
    reason?: string | null;
    tiktokPackageId?: string | null;
    leftOut?: string[];
  },
): Promise<void> {
  await tx.shipmentPackage.updateMany({
    where: { shipmentKey, position: { in: [...positions] } },
    data: change,
  });
}

/** What was asked for last about the number of a package. */
export async function setCorrection(
  tx: Tx,
  { shipmentKey, position }: { shipmentKey: number; position: number },
  correction: Correction,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE shipment_packages SET correction = ${JSON.stringify(correction)}::jsonb
    WHERE shipment_key = ${shipmentKey} AND position = ${position}`;
}

/** A number that was corrected in TikTok. */
export async function changeNumber(
  tx: Tx,
  { shipmentKey, position }: { shipmentKey: number; position: number },
  { trackingNumber, providerId, carrierName, carrier }: Correction,
): Promise<void> {
  await tx.shipmentPackage.update({
    where: { shipmentKey_position: { shipmentKey, position } },
    data: {
      trackingNumber,
      tiktokTrackingNumber: null,
      providerId,
      carrierName,
      carrierCode: carrier.carrierCode,
    },
  });
}

/** A piece of an order that is not cancelled, and the package of a shipment that has it; nulls where none has. */
export interface UnitClaim {
  tiktokOrderId: string;
  unitId: string;
  isShipped: boolean;
  shipmentKey: number | null;
  trackingNumber: string | null;
  state: PackageState | null;
}

/** Of orders of one shop, by TikTok's ids. */
export async function findClaims(
  tx: Tx,
  { environment, shopId }: { environment: string; shopId: string },
  tiktokOrderIds: readonly string[],
): Promise<UnitClaim[]> {
  return tx.$queryRaw<UnitClaim[]>`
    SELECT o.tiktok_order_id AS "tiktokOrderId", u.unit_id AS "unitId", u.shipped_at IS NOT NULL AS "isShipped",
      p.shipment_key AS "shipmentKey", p.tracking_number AS "trackingNumber", p.state
    FROM orders o JOIN order_units u ON u.order_id = o.id AND NOT u.cancelled
    LEFT JOIN shipment_packages p ON p.shipment_key = u.shipment_key AND u.unit_id = ANY(p.unit_ids)
      AND p.state <> 'replaced'
    WHERE o.environment = ${environment} AND o.shop_id = ${shopId}
      AND o.tiktok_order_id = ANY(${tiktokOrderIds}::text[])
    ORDER BY o.id, u.unit_id`;
}

/** Shipments that wait with pieces of these orders, by TikTok's ids. */
export async function findWaitingShipments(
  tx: Tx,
  connectionId: number,
  tiktokOrderIds: readonly string[],
): Promise<number[]> {
  const rows = await tx.$queryRaw<{ key: number }[]>`
    SELECT DISTINCT s.document_key AS key FROM shipments s JOIN orders o ON o.id = s.order_id
    JOIN shipment_packages p ON p.shipment_key = s.document_key
    WHERE o.connection_id = ${connectionId} AND o.tiktok_order_id = ANY(${tiktokOrderIds}::text[])
      AND p.state = 'pending' ORDER BY 1`;
  return rows.map(({ key }) => key);
}

/** The carrier that TikTok's list has shown, for a package that was taken before the list could be read. */
export async function setProvider(
  tx: Tx,
  { shipmentKey, position }: { shipmentKey: number; position: number },
  provider: { id: string; name: string },
): Promise<void> {
  await tx.shipmentPackage.update({
    where: { shipmentKey_position: { shipmentKey, position } },
    data: { providerId: provider.id, carrierName: provider.name },
  });
}
