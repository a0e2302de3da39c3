import { findChannelLogIn } from '../../deliveries/channel-log-in-store.js';
import { keysByReference } from '../../deliveries/channel-offer-store.js';
import { findDocument } from '../../documents/document-store.js';
import type { GateResult } from '../../kernel/gate.js';
import { findOrderByDocument } from '../../orders/order-store.js';
import type { ExportDeps } from './export-orders.js';
import { explainPacking } from './order-standing.js';
import { CHANNEL, NOTICE_PREFIX } from './shipstation-actor.js';

/** Whether ShipStation is shown an order as to be packed: the gates that decide it. Empty where the shop has no ShipStation. */
export async function explainShipStation(
  { db, clock }: ExportDeps,
  { companyId, orderKey }: { companyId: number; orderKey: number },
): Promise<GateResult[]> {
  const record = await findOrderByDocument(db, { companyId, documentKey: orderKey });
  const head = record && (await findDocument(db, { companyId, type: 'order', key: orderKey }));
  if (!record || !head) return [];
  const { connectionId } = record;
  if (!(await findChannelLogIn(db.prisma, { connectionId, channel: CHANNEL }))) return [];
  const keys = record.units.flatMap(({ shipmentKey }) => shipmentKey ?? []);
  const ownShipments = await keysByReference(db.prisma, { companyId, keys, prefix: NOTICE_PREFIX });
  return explainPacking({ statusCode: head.statusCode, record, ownShipments, now: clock.now() });
}
