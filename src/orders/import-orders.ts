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
import {
  allocateOrderIds,
  insertLines,
  insertOrders,
  saveUnits,
  updateOrders,
  type OrderRow,
} from './order-writes.js';
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
}

interface Decided extends Decision {
  orderId: bigint;
  /** Present when nothing stands in the way: the order becomes a document. */
  made: { head: OrderDocumentHead; lines: OrderLine[]; units: StoredUnit[] } | null;
}

/** A page is written in parts of this many orders, so that PostgreSQL stores one while the next is rendered. */
const PART = 25;

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
  const parts = Array.from({ length: Math.ceil(decisions.length / PART) }, (_, nth) =>
    decisions.slice(nth * PART, (nth + 1) * PART),
  );
  await Promise.all(parts.map((part) => save(context, part)));
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
  return { record, shown: order, obstacle };
}

async function makeLinesAndKeys(
  { deps, tx, connection }: IngestContext,
  decisions: Decision[],
): Promise<Decided[]> {
  const due = decisions.filter(({ obstacle }) => !obstacle);
  const merchantSkus = new Set(due.flatMap(({ shown }) => shown.units.map((unit) => merchantSkuOf(unit))));
  const [orderIds, keys, supplierSkus] = await Promise.all([
    allocateOrderIds(tx, decisions.filter(({ record }) => !record).length),
    allocateKeys(tx, due.length),
    due.length > 0 ? deps.matchSkus?.(tx, connection, [...merchantSkus]) : undefined,
  ]);
  const documentDate = deps.clock.now();
  return decisions.map((decision) => {
    const orderId = decision.record?.id ?? nextOf(orderIds);
    if (decision.obstacle) return { ...decision, orderId, made: null };
    const lines = groupUnits(decision.shown.units, supplierSkus ?? new Map());
    const units = unitsOfLines(decision.shown.units, lines);
    const head = headOf(connection, nextOf(keys), documentDate);
    return { ...decision, orderId, made: { head, lines, units } };
  });
}

function nextOf<T>(reserved: T[]): T {
  const [next] = reserved.splice(0, 1);
  if (next === undefined) throw new Error('Fewer numbers were reserved than there are orders.');
  return next;
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

/** Nothing waits here: what is asked for first is stored first, and the foreign keys need no more. */
async function save(context: IngestContext, decisions: Decided[]): Promise<void> {
  const { tx, connection } = context;
  const made = decisions.flatMap(({ orderId, made: parts }) => (parts ? [{ orderId, ...parts }] : []));
  const rowsOf = (some: Decided[]) => some.map((decision) => rowOf(context, decision));
  await Promise.all([
    createDocuments(
      tx,
      decisions.flatMap((decision) => documentsOf(connection, decision)),
    ),
    insertOrders(tx, rowsOf(decisions.filter(({ record }) => !record))),
    updateOrders(tx, rowsOf(decisions.filter(({ record }) => record))),
    insertLines(tx, made),
    saveUnits(tx, made),
    recordEvents(
      tx,
      decisions.flatMap((decision) => eventsOf(connection, decision)),
    ),
  ]);
}

function documentsOf(connection: ActiveConnection, { shown, made }: Decided): NewDocument[] {
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

function rowOf(context: IngestContext, { orderId, shown, obstacle, made }: Decided): OrderRow {
  const { settings } = context.connection;
  const waits = obstacle?.outcome === 'wait' ? obstacle : null;
  const { data, personal } = splitOrder(shown, {
    constantAttributes: made ? settings.constantAttributes : [],
    laterRecipient: null,
  });
  return {
    ...factsOf(context, shown),
    id: String(orderId),
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
  { record, shown, obstacle, made }: Decided,
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
