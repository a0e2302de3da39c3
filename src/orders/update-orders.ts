import { changeStatus, lockDocuments, recordEvents, replaceBodies } from '../documents/document-store.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { ORDER_RENDERER_VERSION } from '../logicbroker/map-order.js';
import { factsOf, type IngestContext } from './ingest-context.js';
import { updateOf, type OrderUpdate } from './order-changes.js';
import { eventsOfUpdate } from './order-events.js';
import { splitOrder, type OrderRecord } from './order-record.js';
import { saveUnits, updateOrders, type OrderRow } from './order-writes.js';
import type { ShopOrder } from '../domain/order.js';
import { findHanded } from './piece-store.js';
import { renderRecord, type OrderDocumentHead } from './render-orders.js';
import { moveOrders } from './settle-order-status.js';

interface Updated {
  record: OrderRecord;
  head: OrderDocumentHead;
  update: OrderUpdate;
}

/** Brings exported orders, whose rows are locked, up to what TikTok shows now. */
export async function updateOrdersOfPage(
  context: IngestContext,
  exported: { record: OrderRecord; shown: ShopOrder }[],
): Promise<void> {
  if (exported.length === 0) return;
  const { tx, by } = context;
  const updates = await updatesOf(context, exported);
  await updateOrders(
    tx,
    updates.map((updated) => rowOf(context, updated)),
  );
  await saveUnits(
    tx,
    updates.map(({ record, update }) => ({ orderId: record.id, units: update.units })),
  );
  await replaceBodies(
    tx,
    updates.flatMap((updated) => changedBodies(updated)),
  );
  const { companyId, id: connectionId } = context.connection;
  const shipmentKeys = updates.flatMap(({ update }) => update.renumbered);
  if (shipmentKeys.length > 0)
    await context.deps.numbersChanged?.(tx, { companyId, shipmentKeys: [...new Set(shipmentKeys)], by });
  await moveOrders(
    tx,
    { companyId, by },
    updates.map(({ record, head, update }) => ({
      ...record,
      units: update.units,
      statusCode: head.statusCode,
      key: head.key,
    })),
  );
  await markPartlyShipped(context, updates);
  await recordEvents(
    tx,
    by,
    updates.flatMap(({ head, update }) =>
      eventsOfUpdate({ companyId, connectionId, documentKey: head.key }, update),
    ),
  );
}

/**
 * A part that somebody else has shipped says, as a first shipment of the ERP's does, that the order is being fulfilled. One
 * that the ERP has never been given stays where it can be found: the rest of it is the ERP's to ship.
 */
async function markPartlyShipped(
  { tx, by, connection: { companyId } }: IngestContext,
  updates: readonly Updated[],
): Promise<void> {
  const partly = updates.filter(
    ({ update }) =>
      update.shippedElsewhere.length > 0 && update.units.some((unit) => !unit.cancelled && !unit.shippedAt),
  );
  if (partly.length === 0) return;
  const handed = await findHanded(
    tx,
    partly.map(({ record }) => record.id),
  );
  const keys = partly
    .filter(({ record, head }) => head.statusCode >= StatusCode.acknowledged || handed.has(record.id))
    .map(({ head }) => head.key);
  await changeStatus(tx, {
    companyId,
    keys,
    type: 'order',
    to: StatusCode.readyToShip,
    onlyIncrease: true,
    by,
  });
}

async function updatesOf(
  { tx, connection }: IngestContext,
  exported: { record: OrderRecord; shown: ShopOrder }[],
): Promise<Updated[]> {
  const keys = exported.flatMap(({ record }) => record.documentKey ?? []);
  const locked = await lockDocuments(tx, { companyId: connection.companyId, keys });
  const heads = new Map(locked.map((head) => [head.key, head]));
  return exported.flatMap(({ record, shown }) => {
    const head = heads.get(record.documentKey ?? 0);
    if (!head) return [];
    const fetched = head.statusCode >= StatusCode.acknowledged;
    return [{ record, head, update: updateOf(record, shown, { fetched }) }];
  });
}

/** None when the document shows nothing of what changed. */
function changedBodies({ record, head, update }: Updated) {
  const body = renderRecord({ ...record, ...update }, head);
  if (body === renderRecord(record, head)) return [];
  return [{ key: head.key, body, rendererVersion: ORDER_RENDERER_VERSION }];
}

function rowOf(context: IngestContext, { record, update }: Updated): OrderRow {
  const { constantAttributes, documentKey, exportedAt } = record;
  const { laterRecipient } = update;
  return {
    ...factsOf(context, update.order),
    ...splitOrder(update.order, { constantAttributes, laterRecipient }),
    id: String(record.id),
    state: 'exported',
    gate: null,
    gateReason: null,
    releaseAt: null,
    documentKey,
    exportedAt,
  };
}
