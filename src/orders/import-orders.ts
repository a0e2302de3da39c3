import type { ActiveConnection } from '../connections/connection.js';
import { allocateKeys, createDocuments, recordEvents, type NewEvent } from '../documents/document-store.js';
import type { NewDocument } from '../documents/document.js';
import { StatusCode } from '../documents/statuses.js';
import type { GateResult } from '../gate.js';
import { ORDER_RENDERER_VERSION } from '../logicbroker/map-order.js';
import { factsOf, type IngestContext, type KnownCancellation } from './ingest-context.js';
import { withCancellation, withKnownBuyer } from './order-changes.js';
import { eventsOfExport } from './order-events.js';
import { importObstacle, lookAgainAt } from './order-gates.js';
import { groupUnits, merchantSkuOf } from './order-lines.js';
import { splitOrder, unitsOfLines, type OrderRecord, type StoredUnit } from './order-record.js';
import { insertLines, insertOrders, saveUnits, updateOrders, type OrderRow } from './order-writes.js';
import type { OrderLine, ShopOrder } from './order.js';
import { renderRecord, type OrderDocumentHead } from './render-orders.js';

/** An order that the ERP has not got yet: `record` is what we hold of it, null when it is new. */
export interface OpenOrder {
  record: OrderRecord | null;
  shown: ShopOrder;
}

/** What the gates say of it now. */
interface Decision extends OpenOrder {
  obstacle: GateResult | null;
  /** Present when nothing stands in the way: the order becomes a document. */
  made: { head: OrderDocumentHead; lines: OrderLine[]; units: StoredUnit[] } | null;
}

/** Lets the gates decide over orders that are not exported yet, and makes documents of those that pass. */
export async function importOrders(
  context: IngestContext,
  open: OpenOrder[],
): Promise<{ exported: number; waiting: number; refused: number }> {
  const { deps, tx, connection } = context;
  const ids = open.map(({ shown }) => shown.tiktokOrderId);
  const cancellations = ids.length > 0 ? await deps.findCancellations?.(tx, connection, ids) : undefined;
  const decisions = await makeLinesAndKeys(
    context,
    open.map((order) => decide(context, order, cancellations?.get(order.shown.tiktokOrderId) ?? null)),
  );
  await save(context, decisions);
  const count = (outcome: GateResult['outcome'] | undefined) =>
    decisions.filter(({ obstacle }) => obstacle?.outcome === outcome).length;
  return { exported: count(undefined), waiting: count('wait'), refused: count('refuse') };
}

function decide(
  { connection, readAt }: IngestContext,
  { record, shown }: OpenOrder,
  cancellation: KnownCancellation | null,
): Decision {
  const isOurs = record?.companyId === connection.companyId;
  const order = withCancellation(isOurs ? withKnownBuyer(record, shown) : shown, cancellation);
  const obstacle = importObstacle({ order, settings: connection.settings, now: readAt, cancellation });
  return { record, shown: order, obstacle, made: null };
}

async function makeLinesAndKeys(
  { deps, tx, connection }: IngestContext,
  decisions: Decision[],
): Promise<Decision[]> {
  const due = decisions.filter(({ obstacle }) => !obstacle);
  if (due.length === 0) return decisions;
  const merchantSkus = new Set(due.flatMap(({ shown }) => shown.units.map((unit) => merchantSkuOf(unit))));
  const supplierSkus =
    (await deps.matchSkus?.(tx, connection, [...merchantSkus])) ?? new Map<string, string>();
  const keys = await allocateKeys(tx, due.length);
  const documentDate = deps.clock.now();
  return decisions.map((decision) => {
    const key = decision.obstacle ? undefined : keys.shift();
    if (key === undefined) return decision;
    const lines = groupUnits(decision.shown.units, supplierSkus);
    const units = unitsOfLines(decision.shown.units, lines);
    return { ...decision, made: { head: headOf(connection, key, documentDate), lines, units } };
  });
}

function headOf(connection: ActiveConnection, key: number, documentDate: Date): OrderDocumentHead {
  return {
    key,
    // Logicbroker has orders born at 0 and raised to 100 once they are validated, which has just happened.
    statusCode: StatusCode.submitted,
    linkKey: `L-${key}`,
    senderCompanyId: connection.partnerId,
    receiverCompanyId: connection.companyId,
    documentDate,
  };
}

async function save(context: IngestContext, decisions: Decision[]): Promise<void> {
  const { tx, connection } = context;
  await createDocuments(
    tx,
    decisions.flatMap((decision) => documentsOf(connection, decision)),
  );
  const rows = decisions.map((decision) => rowOf(context, decision));
  const newIds = await insertOrders(
    tx,
    rows.filter(({ id }) => id === null),
  );
  await updateOrders(
    tx,
    rows.filter(({ id }) => id !== null),
  );
  const made = decisions.flatMap(({ record, shown, made: parts }) => {
    const orderId = record?.id ?? newIds.get(shown.tiktokOrderId);
    return parts && orderId !== undefined ? [{ orderId, ...parts }] : [];
  });
  await insertLines(tx, made);
  await saveUnits(tx, made);
  await recordEvents(
    tx,
    decisions.flatMap((decision) => eventsOf(connection, decision)),
  );
}

function documentsOf(connection: ActiveConnection, { shown, made }: Decision): NewDocument[] {
  if (!made) return [];
  const { constantAttributes } = connection.settings;
  const document: NewDocument = {
    ...made.head,
    companyId: connection.companyId,
    connectionId: connection.id,
    type: 'order',
    sourceKey: shown.tiktokOrderId,
    partnerPo: shown.tiktokOrderId,
    reference: shown.tiktokOrderId,
    parentKey: null,
    contentHash: null,
    body: renderRecord({ order: shown, constantAttributes, cancelRequest: null, ...made }, made.head),
    rendererVersion: ORDER_RENDERER_VERSION,
  };
  return [document];
}

function rowOf(context: IngestContext, { record, shown, obstacle, made }: Decision): OrderRow {
  const { settings } = context.connection;
  const waits = obstacle?.outcome === 'wait' ? obstacle : null;
  const { data, personal } = splitOrder(shown, {
    constantAttributes: made ? settings.constantAttributes : [],
    laterRecipient: null,
  });
  return {
    ...factsOf(context, shown),
    id: record && String(record.id),
    state: made ? 'exported' : waits ? 'waiting' : 'not_imported',
    gate: obstacle?.gate ?? null,
    gateReason: obstacle?.reason ?? null,
    releaseAt: waits && lookAgainAt(waits, { order: shown, settings, now: context.readAt }),
    documentKey: made?.head.key ?? null,
    exportedAt: made?.head.documentDate ?? null,
    data,
    // Nobody needs to know the buyer of an order that is not ours to handle.
    personal: made || waits ? personal : null,
  };
}

function eventsOf(
  { companyId, id: connectionId }: ActiveConnection,
  { record, shown, obstacle, made }: Decision,
): NewEvent[] {
  if (made) {
    return eventsOfExport({ companyId, connectionId, documentKey: made.head.key }, shown, made.lines);
  }
  // A cancelled order that was never shown to anybody is no news; one that somebody moved on by hand is.
  const wasWaiting = record?.state === 'waiting' && shown.status !== 'CANCELLED';
  if (!wasWaiting || obstacle?.outcome !== 'refuse') return [];
  return [
    {
      companyId,
      connectionId,
      event: 'order-refused',
      summary: `Order ${shown.tiktokOrderId} waited and is not imported (${obstacle.gate})`,
      details: `${obstacle.reason} ${obstacle.next}`,
    },
  ];
}
