import type { ActiveConnection } from '../connections/connection.js';
import {
  allocateKeys,
  createDocuments,
  lockDocuments,
  recordEvents,
  type NewEvent,
} from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { GateResult } from '../kernel/gate.js';
import { RETURN_RENDERER_VERSION } from '../logicbroker/map-return.js';
import { toIsoSeconds } from '../kernel/time.js';
import { returnText, type ReturnDocumentHead } from './render-returns.js';
import { importObstacle } from './return-gates.js';
import { groupReturnUnits } from './return-lines.js';
import { openAction, standingOf } from './return-life-cycle.js';
import type { ReturnRecord } from './return-record.js';
import { saveReturns, type ReturnRow } from './return-store.js';
import type { ShopReturn } from '../domain/return.js';
import type { ReturnContext, ShownReturn } from './return-context.js';
import { eventsOnOrders } from './tell-orders.js';

interface Decision extends ShownReturn {
  obstacle: GateResult | null;
  made: { head: NewHead; content: DocumentContent } | null;
}

type NewHead = ReturnDocumentHead & { parentKey: number | null };
type DocumentContent = Pick<ReturnRecord, 'shown' | 'lines' | 'words' | 'orderedAt' | 'answers'>;

/** Makes documents of requests that pass the gates, and keeps the others with the reason. */
export async function importReturns(
  context: ReturnContext,
  open: readonly ShownReturn[],
): Promise<{ imported: number; kept: number }> {
  if (open.length === 0) return { imported: 0, kept: 0 };
  const { settings } = context.source.connection;
  const decided = open.map((each) => ({
    ...each,
    obstacle: importObstacle({ shown: each.shown, settings }),
  }));
  const decisions = await makeDocuments(context, decided);
  const { tx, source, by } = context;
  const made = decisions.filter(({ made: parts }) => parts !== null);
  await createDocuments(
    tx,
    made.flatMap((decision) => documentOf(source.connection, decision)),
  );
  await saveReturns(
    tx,
    decisions.map((decision) => rowOf(context, decision)),
  );
  const kept = decisions.filter(({ made: parts }) => parts === null);
  await recordEvents(tx, by, [
    ...decisions.flatMap((decision) => eventsOf(source.connection, decision)),
    ...(await eventsOnOrders(context, kept)),
  ]);
  return { imported: made.length, kept: decisions.length - made.length };
}

async function makeDocuments(
  context: ReturnContext,
  decided: readonly (ShownReturn & { obstacle: GateResult | null })[],
): Promise<Decision[]> {
  const { tx, details, source, deps } = context;
  const due = decided.filter(({ obstacle }) => obstacle === null);
  const keys = await allocateKeys(tx, due.length);
  const parents = await parentsOf(context, due);
  const skus = await supplierSkusOf(context, due);
  const documentDate = deps.clock.now();
  return decided.map((decision) => {
    const key = decision.obstacle ? undefined : keys.shift();
    if (key === undefined) return { ...decision, made: null };
    const { shown } = decision;
    const { order = null, words = null } = details.get(shown.returnId) ?? {};
    const parent = order?.documentKey == null ? undefined : parents.get(order.documentKey);
    const content = {
      shown,
      lines: groupReturnUnits(shown.units, order?.lines ?? [], skus),
      words,
      orderedAt: order?.orderedAt ?? null,
      answers: [],
    };
    const head = {
      key,
      statusCode: standingOf(content).to ?? StatusCode.underReview,
      linkKey: parent?.linkKey ?? `L-${key}`,
      parentKey: parent?.key ?? null,
      senderCompanyId: source.connection.partnerId,
      receiverCompanyId: source.connection.companyId,
      documentDate,
    };
    return { ...decision, made: { head, content } };
  });
}

/** The orders' documents by key. Their rows are read, not changed: a return never changes its order. */
async function parentsOf(
  { tx, details, source }: ReturnContext,
  due: readonly ShownReturn[],
): Promise<Map<number, DocumentHead>> {
  const keys = due.flatMap(({ shown }) => details.get(shown.returnId)?.order?.documentKey ?? []);
  const { companyId } = source.connection;
  const heads = await lockDocuments(tx, { companyId, keys: [...new Set(keys)] });
  return new Map(heads.map((head) => [head.key, head]));
}

/** For pieces that are on no line of an order. */
async function supplierSkusOf(
  { deps, tx, source }: ReturnContext,
  due: readonly ShownReturn[],
): Promise<ReadonlyMap<string, string>> {
  if (!deps.matchSkus) return new Map();
  const skus = due.flatMap(({ shown }) => shown.units.map((unit) => unit.merchantSku || unit.skuId));
  return deps.matchSkus(tx, source.connection, [...new Set(skus)]);
}

function documentOf(connection: ActiveConnection, { shown, made }: Decision) {
  if (!made) return [];
  const { returnId, tiktokOrderId } = shown;
  return [
    {
      ...made.head,
      companyId: connection.companyId,
      connectionId: connection.id,
      type: 'return' as const,
      sourceKey: returnId,
      partnerPo: tiktokOrderId,
      reference: returnId,
      contentHash: null,
      body: returnText(made.content, made.head),
      rendererVersion: RETURN_RENDERER_VERSION,
    },
  ];
}

function rowOf(context: ReturnContext, { record, shown, obstacle, made }: Decision): ReturnRow {
  return {
    ...factsOf(context, shown),
    id: record && String(record.id),
    state: made ? 'imported' : 'not_imported',
    gate: obstacle?.gate ?? null,
    gateReason: obstacle?.reason ?? null,
    documentKey: made?.head.key ?? null,
    ...actionOf({ shown, answers: [] }),
    orderedAt: made?.content.orderedAt ?? null,
    lines: made?.content.lines ?? [],
    // Nobody needs to know the words of a buyer whose request is not ours to handle.
    words: made?.content.words ?? null,
  };
}

/** Columns that repeat what TikTok shows. */
export function factsOf({ source, readAt }: ReturnContext, shown: ShopReturn) {
  const { companyId, id: connectionId, environment, shopId } = source.connection;
  return {
    companyId,
    connectionId,
    environment,
    shopId,
    returnId: shown.returnId,
    tiktokOrderId: shown.tiktokOrderId,
    type: shown.type,
    stage: shown.stage,
    tiktokCreatedAt: shown.createdAt,
    tiktokUpdatedAt: shown.updatedAt,
    readAt,
    data: shown,
  };
}

/** Columns that say what must be answered by when. */
export function actionOf(record: Pick<ReturnRecord, 'shown' | 'answers'>) {
  const next = openAction(record);
  return { nextAction: next?.action ?? null, answerBy: next?.deadline ?? null };
}

function eventsOf(
  { companyId, id: connectionId }: ActiveConnection,
  { record, shown, obstacle, made }: Decision,
): NewEvent[] {
  const deadline = shown.nextActions[0]?.deadline;
  if (made) {
    return [
      {
        companyId,
        connectionId,
        documentKey: made.head.key,
        event: 'return-created',
        summary: `Return ${shown.returnId} of order ${shown.tiktokOrderId} came in (${shown.statusText}).`,
        ...(deadline ? { details: `To be answered until ${toIsoSeconds(deadline)}.` } : {}),
      },
    ];
  }
  if (record || obstacle?.outcome !== 'refuse') return [];
  return [
    {
      companyId,
      connectionId,
      event: 'return-not-imported',
      summary: `Return ${shown.returnId} of order ${shown.tiktokOrderId} is not imported (${obstacle.gate}).`,
      details: `${obstacle.reason} ${obstacle.next}`,
    },
  ];
}
