import type { JsonObject } from '../logicbroker/json-reading.js';
import { parseJson, writeJson } from '../formats/json.js';
import type { Tx } from '../store/database.js';
import { jsonTexts } from '../store/json-list.js';
import type { PlannedPackage, PlannedPart, ReplacedPackages } from '../domain/shipment.js';

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
  tx: Tx,
  { companyId, documentKeys }: { companyId: number; documentKeys: readonly number[] },
): Promise<StoredShipment[]> {
  const rows = await tx.$queryRaw<(Omit<StoredShipment, 'input'> & { input: string })[]>`
    SELECT document_key AS "documentKey", company_id AS "companyId", order_id AS "orderId", input::text AS input, parts
    FROM shipments
    WHERE company_id = ${companyId} AND document_key = ANY(${documentKeys}::int[]) ORDER BY document_key`;
  return rows.map((row) => ({ ...row, input: parseJson(row.input) as JsonObject }));
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
  return listPackagesOf(tx, [shipmentKey]);
}

/** Of several shipments, each by position. */
export async function listPackagesOf(tx: Tx, shipmentKeys: readonly number[]): Promise<StoredPackage[]> {
  const rows = await tx.shipmentPackage.findMany({
    where: { shipmentKey: { in: [...shipmentKeys] }, state: { not: 'replaced' } },
    orderBy: [{ shipmentKey: 'asc' }, { position: 'asc' }],
  });
  return rows.map((row) => ({ ...row, state: row.state as PackageState }));
}

/** What a shipment's new content finds there. */
export async function findReplacedPackages(tx: Tx, shipmentKey: number): Promise<ReplacedPackages> {
  const { _max: last } = await tx.shipmentPackage.aggregate({
    where: { shipmentKey },
    _max: { position: true },
  });
  const packages = await listPackages(tx, shipmentKey);
  return { kept: packages.filter(({ state }) => state === 'sent'), lastPosition: last.position ?? 0 };
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
