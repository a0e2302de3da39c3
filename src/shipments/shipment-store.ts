import type { JsonObject } from '../logicbroker/json-reading.js';
import { parseJson, writeJson } from '../formats/json.js';
import type { Tx } from '../store/database.js';
import type { PlannedPackage, PlannedPart } from '../domain/shipment.js';

/** `pending`: on its way. `in_doubt`: only a person can tell whether TikTok has it. */
export type PackageState = 'pending' | 'sent' | 'refused' | 'in_doubt';

export interface StoredShipment {
  documentKey: number;
  orderId: bigint;
  companyId: number;
  /** What the ERP sent. */
  input: JsonObject;
  /** Empty for a draft. */
  parts: PlannedPart[];
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
}

/** `input` goes in as text, because a JavaScript number would lose the zeros of `19.90`. */
export async function insertShipment(tx: Tx, shipment: StoredShipment): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO shipments (document_key, order_id, company_id, input, parts)
    VALUES (${shipment.documentKey}, ${shipment.orderId}, ${shipment.companyId},
      ${writeJson(shipment.input)}::jsonb, ${JSON.stringify(shipment.parts)}::jsonb)`;
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
  const rows = await tx.$queryRaw<{ orderId: bigint; input: string; parts: PlannedPart[] }[]>`
    SELECT order_id AS "orderId", input::text AS input, parts FROM shipments
    WHERE document_key = ${documentKey} AND company_id = ${companyId}`;
  const [row] = rows;
  return row ? { documentKey, companyId, ...row, input: parseJson(row.input) as JsonObject } : null;
}

export async function insertPackages(
  tx: Tx,
  shipmentKey: number,
  packages: readonly (PlannedPackage & { providerId: string | null; carrierName: string | null })[],
): Promise<void> {
  await tx.shipmentPackage.createMany({
    data: packages.map((each) => ({
      shipmentKey,
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
  const rows = await tx.shipmentPackage.findMany({ where: { shipmentKey }, orderBy: { position: 'asc' } });
  return rows.map((row) => ({ ...row, state: row.state as PackageState }));
}

export async function updatePackages(
  tx: Tx,
  { shipmentKey, positions }: { shipmentKey: number; positions: readonly number[] },
  change: { state?: PackageState; reason?: string | null; tiktokPackageId?: string | null },
): Promise<void> {
  await tx.shipmentPackage.updateMany({
    where: { shipmentKey, position: { in: [...positions] } },
    data: change,
  });
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
