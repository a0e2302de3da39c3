import { findDocument } from '../documents/document-store.js';
import { statusName } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import { explainGates, type GateResult } from '../kernel/gate.js';
import { findOrderByDocument, readOrderRecords } from '../orders/order-store.js';
import { entriesOfDocument, type EntryHistory } from '../sync/effects/outbox-decisions.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { shippingGates } from './shipment-gates.js';
import { findShipment, listPackages, type StoredPackage } from './shipment-store.js';
import { readShippingFacts } from './shipping-facts.js';

type ExplainShipmentDeps = Pick<ShipmentDeps, 'db' | 'findCancelling'>;

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
  deps: ExplainShipmentDeps,
  { companyId, key }: { companyId: number; key: number },
): Promise<ShipmentExplanation> {
  const { db } = deps;
  const tx = db.prisma;
  const head = await findDocument(db, { companyId, type: 'shipment', key });
  const shipment = await findShipment(tx, { companyId, documentKey: key });
  const [record] = shipment ? await readOrderRecords(tx, [shipment.orderId]) : [];
  if (!head || !record) throw new AppError('not-found', `There is no shipment ${key}.`);
  const order =
    record.documentKey === null
      ? null
      : await findDocument(db, { companyId, type: 'order', key: record.documentKey });
  const { facts } = await readShippingFacts(deps, tx, record, order?.statusCode ?? null);
  return {
    key,
    status: statusName('shipment', head.statusCode),
    errorMessage: head.errorMessage,
    gates: explainGates(shippingGates, facts),
    packages: await listPackages(tx, key),
    effects: await entriesOfDocument(tx, { companyId, documentKey: key }),
  };
}

/**
 * Whether a shipment of the order would be taken now, gate by gate.
 * @throws AppError not-found
 */
export async function explainShipping(
  deps: ExplainShipmentDeps,
  { companyId, orderKey }: { companyId: number; orderKey: number },
): Promise<GateResult[]> {
  const order = await findDocument(deps.db, { companyId, type: 'order', key: orderKey });
  const record = await findOrderByDocument(deps.db, { companyId, documentKey: orderKey });
  if (!order || !record) throw new AppError('not-found', `There is no order ${orderKey}.`);
  const { facts } = await readShippingFacts(deps, deps.db.prisma, record, order.statusCode);
  return explainGates(shippingGates, facts);
}
