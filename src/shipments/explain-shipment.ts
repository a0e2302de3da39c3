import { getConnection } from '../connections/connection-store.js';
import { findDocument } from '../documents/document-store.js';
import { statusName } from '../documents/statuses.js';
import { AppError } from '../errors.js';
import { explainGates, type GateResult } from '../gate.js';
import { readOrderRecords } from '../orders/order-store.js';
import { entriesOfDocument, type EntryHistory } from '../sync/outbox-decisions.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { shippingGates } from './shipment-gates.js';
import { findShipment, listPackages, type StoredPackage } from './shipment-store.js';
import { shippingFactsOf } from './shipping-facts.js';

export interface ShipmentExplanation {
  key: number;
  status: string;
  errorMessage: string | null;
  /** As they would decide now about sending what is not sent yet. */
  gates: GateResult[];
  packages: StoredPackage[];
  /** What was asked of TikTok, call by call. */
  effects: EntryHistory[];
}

/**
 * Why a shipment is where it is: the gates, its packages and every call to TikTok.
 * @throws AppError not-found
 */
export async function explainShipment(
  { db }: Pick<ShipmentDeps, 'db'>,
  { companyId, key }: { companyId: number; key: number },
): Promise<ShipmentExplanation> {
  const tx = db.prisma;
  const head = await findDocument(db, { companyId, type: 'shipment', key });
  const shipment = await findShipment(tx, { companyId, documentKey: key });
  const [record] = shipment ? await readOrderRecords(tx, [shipment.orderId]) : [];
  if (!head || !record) throw new AppError('not-found', `There is no shipment ${key}.`);
  const order =
    record.documentKey === null
      ? null
      : await findDocument(db, { companyId, type: 'order', key: record.documentKey });
  const connection = await getConnection(tx, { id: record.connectionId });
  return {
    key,
    status: statusName('shipment', head.statusCode),
    errorMessage: head.errorMessage,
    gates: explainGates(shippingGates, shippingFactsOf(record, order?.statusCode ?? null, connection)),
    packages: await listPackages(tx, key),
    effects: await entriesOfDocument(tx, { companyId, documentKey: key }),
  };
}
