import { pickupStatusOf } from '../companies/company-store.js';
import type { ActiveConnection } from '../connections/connection.js';
import { allocateKeys, createDocuments, recordEvents, type NewEvent } from '../documents/document-store.js';
import type { NewDocument } from '../documents/document.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { lookUpForOrders } from '../lookups/look-up-for-orders.js';
import type { GateResult } from '../kernel/gate.js';
import { ORDER_RENDERER_VERSION } from '../logicbroker/map-order.js';
import { factsOf, type IngestContext, type KnownCancellation } from './ingest-context.js';
import { withCancellation, withKnownBuyer } from './order-changes.js';
import { eventsOfExport, eventsOfTwins, eventsOfUnmatched } from './order-events.js';
import { eventsOfOriginal, findOriginals, originalAttributes } from './original-order.js';
import { findMatching, parkingSkus, twinsOfLine, type Matching } from './matching.js';
import { importObstacle, lookAgainAt, MATCH_GATE } from './order-gates.js';
import { findParts } from './bundle-lines.js';
import { groupUnits } from './order-lines.js';
import { splitOrder, unitsOfLines, type OrderRecord } from './order-record.js';
import {
  allocateOrderIds,
  insertLines,
  insertOrders,
  saveUnits,
  updateOrders,
  type OrderRow,
} from './order-writes.js';
import type { AddedAttribute, OrderLine, ShopOrder, StoredUnit } from '../domain/order.js';
import type { SeenOrder } from './pieces-of-order.js';
import { renderRecord, type OrderDocumentHead } from './render-orders.js';

/** An order that the ERP has not got yet: `record` is what we hold of it, null when it is new. */
interface OpenOrder {
  record: OrderRecord | null;
  shown: ShopOrder;
}

/** What the gates say of it now. */
interface Decision extends OpenOrder {
  obstacle: GateResult | null;
  cancellation: KnownCancellation | null;
}

interface MadeOrder {
  head: OrderDocumentHead;
  lines: OrderLine[];
  units: StoredUnit[];
  /** Of the connection's settings, then what the company's tables add. */
  constantAttributes: AddedAttribute[];
}

/** An order with its fate, before anything of it is written. */
export interface Decided extends Decision {
  orderId: bigint;
  /** Present when nothing stands in the way: the order becomes a document. */
  made: MadeOrder | null;
  /** Document keys of the orders whose goods orders of this page replace, by TikTok's id. */
  originals: ReadonlyMap<string, number>;
  /** Lines that go out with the seller SKU in both fields, where that is news. */
  unmatchedLines: OrderLine[];
  /** Lines whose SKU differs in case only from another one. */
  twinLines: { line: OrderLine; twins: string[] }[];
}

/** A page is written in parts, each twice the one before: PostgreSQL begins soon and stores one while the next is rendered. */
const FIRST_PART = 10;

/** Lets the gates decide over orders that are not exported yet; those that pass get their keys and lines. */
export async function decideOrders(context: IngestContext, open: OpenOrder[]): Promise<Decided[]> {
  const { deps, tx, connection } = context;
  const ids = open.map(({ shown }) => shown.tiktokOrderId);
  const units = open.flatMap(({ shown }) => shown.units);
  const [cancellations, matching] = await Promise.all([
    ids.length > 0 ? deps.findCancellations?.(tx, connection, ids) : undefined,
    findMatching(context, units),
  ]);
  const decided = await makeLinesAndKeys(
    context,
    open.map((order) => decide(context, order, { matching, cancellations })),
    matching,
  );
  await addLookedUp(context, decided);
  return decided;
}

/** What the tables add is looked up once: the order keeps it, whatever becomes of the tables. */
async function addLookedUp({ tx, connection }: IngestContext, decided: readonly Decided[]): Promise<void> {
  const due = decided.flatMap(({ shown, made }) => (made ? [{ shown, made }] : []));
  if (due.length === 0) return;
  const found = await lookUpForOrders(tx, connection.companyId, () => due.map(bodyOf));
  for (const [index, { made }] of due.entries()) {
    const isSet = new Set(made.constantAttributes.map(({ name }) => name));
    const added = (found[index] ?? []).filter(({ name, line }) => line !== undefined || !isSet.has(name));
    made.constantAttributes.push(...added);
  }
}

function bodyOf({ shown, made }: { shown: ShopOrder; made: MadeOrder }): string {
  return renderRecord({ order: shown, cancelRequest: null, ...made }, made.head);
}

/** Writes what was decided, and makes documents of the orders that pass. */
export async function importOrders(
  context: IngestContext,
  decisions: Decided[],
): Promise<{ exported: number; waiting: number; refused: number }> {
  await Promise.all(inGrowingParts(decisions).map((part) => save(context, part)));
  const count = (outcome: GateResult['outcome'] | undefined) =>
    decisions.filter(({ obstacle }) => obstacle?.outcome === outcome).length;
  return { exported: count(undefined), waiting: count('wait'), refused: count('refuse') };
}

function decide(
  { connection, readAt }: IngestContext,
  { record, shown }: OpenOrder,
  known: { matching: Matching; cancellations: ReadonlyMap<string, KnownCancellation> | undefined },
): Decision {
  const cancellation = known.cancellations?.get(shown.tiktokOrderId) ?? null;
  const isOurs = record?.companyId === connection.companyId;
  const order = withCancellation(isOurs ? withKnownBuyer(record, shown) : shown, cancellation);
  const { settings } = connection;
  const unmatchedSkus = parkingSkus(settings, known.matching.supplierSkus, order.units);
  const obstacle = importObstacle({ order, settings, now: readAt, cancellation, unmatchedSkus });
  return { record, shown: order, obstacle, cancellation };
}

async function makeLinesAndKeys(
  { deps, tx, connection }: IngestContext,
  decisions: Decision[],
  matching: Matching,
): Promise<Decided[]> {
  const { supplierSkus, isNews } = matching;
  const due = decisions.filter(({ obstacle }) => !obstacle);
  const [orderIds, keys, originals, goods] = await Promise.all([
    allocateOrderIds(tx, decisions.filter(({ record }) => !record).length),
    allocateKeys(tx, due.length),
    findOriginals(
      tx,
      connection,
      due.map(({ shown }) => shown),
    ),
    findParts(tx, {
      connection,
      findGoods: deps.findGoods,
      units: due.flatMap(({ shown }) => shown.units),
    }),
  ]);
  const documentDate = deps.clock.now();
  // Logicbroker has orders born at 0 and raised once they are validated, which has just happened.
  const statusCode = due.length > 0 ? await pickupStatusOf(tx, connection.companyId) : StatusCode.submitted;
  return decisions.map((decision) => {
    const orderId = decision.record?.id ?? nextOf(orderIds);
    if (decision.obstacle)
      return { ...decision, orderId, made: null, unmatchedLines: [], twinLines: [], originals };
    const { shown } = decision;
    const lines = groupUnits(shown.units, supplierSkus, goods && { goods, currency: shown.currency });
    const units = unitsOfLines(shown.units, lines);
    const head = { ...headOf(connection, nextOf(keys), documentDate), statusCode };
    const unmatchedLines = isNews ? lines.filter(({ merchantSku }) => !supplierSkus.has(merchantSku)) : [];
    const twinLines = lines
      .map((line) => ({ line, twins: twinsOfLine(line, lines, matching) }))
      .filter(({ twins }) => twins.length > 0);
    const constantAttributes = [
      ...originalAttributes(decision.shown, originals),
      ...connection.settings.constantAttributes,
    ];
    const made = { head, lines, units, constantAttributes };
    return { ...decision, orderId, made, unmatchedLines, twinLines, originals };
  });
}

function inGrowingParts<T>(all: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let start = 0, size = FIRST_PART; start < all.length; start += size, size *= 2) {
    parts.push(all.slice(start, start + size));
  }
  return parts;
}

function nextOf<T>(reserved: T[]): T {
  const [next] = reserved.splice(0, 1);
  if (next === undefined) throw new Error('Fewer numbers were reserved than there are orders.');
  return next;
}

function headOf(
  connection: ActiveConnection,
  key: number,
  documentDate: Date,
): Omit<OrderDocumentHead, 'statusCode'> {
  return {
    key,
    linkKey: `L-${key}`,
    senderCompanyId: connection.partnerId,
    receiverCompanyId: connection.companyId,
    documentDate,
  };
}

/** For the ledger of pieces. */
export function seenByDecision({ orderId, record, shown, made, cancellation }: Decided): SeenOrder {
  const exportedAt = made?.head.documentDate ?? null;
  return { orderId, record, shown, exportedAt, units: made?.units ?? [], cancellation };
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
      context.by,
      decisions.flatMap((decision) => eventsOf(connection, decision)),
    ),
  ]);
}

function documentsOf(connection: ActiveConnection, { shown, made }: Decided): NewDocument[] {
  if (!made) return [];
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
    body: bodyOf({ shown, made }),
    rendererVersion: ORDER_RENDERER_VERSION,
  };
  return [document];
}

function rowOf(context: IngestContext, { orderId, shown, obstacle, made }: Decided): OrderRow {
  const { settings } = context.connection;
  const waits = obstacle?.outcome === 'wait' ? obstacle : null;
  const { data, personal } = splitOrder(shown, {
    constantAttributes: made?.constantAttributes ?? [],
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
  { record, shown, obstacle, made, unmatchedLines, twinLines, originals }: Decided,
): NewEvent[] {
  if (made) {
    const subject = { companyId, connectionId, documentKey: made.head.key };
    return [
      ...eventsOfExport(subject, shown, made.lines),
      ...eventsOfUnmatched(subject, unmatchedLines),
      ...eventsOfOriginal(subject, shown, originals),
      ...eventsOfTwins(subject, twinLines),
    ];
  }
  if (obstacle?.gate === MATCH_GATE && record?.gate !== MATCH_GATE) {
    return [
      {
        companyId,
        connectionId,
        event: 'sku-not-matched',
        summary: `Order ${shown.tiktokOrderId} waits for a match of its SKUs`,
        details: `${obstacle.reason} Send a matching file, or switch parkUnmatched off.`,
      },
    ];
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
