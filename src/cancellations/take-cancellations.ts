import {
  createPulledAcknowledgements,
  type PulledCancellation,
} from '../acknowledgements/pulled-acknowledgements.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrders, lockShop } from '../orders/order-store.js';
import { newestOfEach, type ItemVersions } from '../sync/pull/newest.js';
import { withoutUnstorable } from '../sync/pull/storable.js';
import { applyDecisions } from './apply-decisions.js';
import type { ShopCancellation } from '../domain/cancellation.js';
import { decideCancellation, piecesOf, type CancellationDecision } from './cancellation-gates.js';
import { factsOf, standingsOf, type Standings } from './cancellation-facts.js';
import { findCancellations, saveCancellations, type StoredCancellation } from './cancellation-store.js';
import type { TakeContext, Decided } from './take-context.js';

/** What became of the cancellations of a page, by outcome; those that stay as they were are `unchanged`. */
export type TakeCounts = Record<string, number>;

/** Logicbroker's TikTok connector: the change reason of every cancellation that comes from TikTok. */
const CHANGE_REASON = 'Order cancelled by system';
/** No later look at a cancellation takes these back: the ERP has been told. */
const FINAL = ['acknowledged', 'ours', 'told'];

/** A request that is over does not open again. */
export const cancellationVersions: ItemVersions<ShopCancellation> = {
  idOf: ({ cancelId }) => cancelId,
  updatedAt: ({ updatedAt }) => updatedAt,
  compareStages: (a, b) => Number(a.status !== 'pending') - Number(b.status !== 'pending'),
};

/**
 * Takes in one page of cancellations in one transaction: decides what becomes of each, tells the ERP by acknowledgements
 * where it has to know, and brings orders up to date. Safe to repeat in any order and from several workers: what is older
 * than what we hold, or the same, changes nothing.
 */
export async function takeCancellations(
  context: TakeContext,
  page: readonly ShopCancellation[],
): Promise<TakeCounts> {
  const { tx, connection } = context;
  const given = newestOfEach(cancellationVersions, withoutUnstorable(page));
  const news = await newsOf(context, given);
  const counts: TakeCounts = { unchanged: page.length - news.length };
  if (news.length === 0) return counts;
  // Orders are taken in under the same lock: either they see the cancellation, or the cancellation sees them.
  await lockShop(tx, connection);
  const records = await lockOrders(tx, connection, [...new Set(news.map(({ orderId }) => orderId))]);
  const decided = await decideAll(context, await newsWithKnown(context, news), records);
  await saveCancellations(
    tx,
    connection,
    decided.map(({ row }) => row),
  );
  await applyDecisions(context, decided);
  for (const { known, row } of decided) {
    const name = known?.outcome === row.outcome ? 'unchanged' : row.outcome;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

async function newsOf(
  { tx, connection }: TakeContext,
  page: readonly ShopCancellation[],
): Promise<ShopCancellation[]> {
  if (page.length === 0) return [];
  const known = await findCancellations(tx, connection, idsOf(page));
  return page.filter((shown) => bringsNews(shown, known.get(shown.cancelId) ?? null));
}

/** Looked at again under the locks: another worker may have taken in the same page meanwhile. */
async function newsWithKnown(
  { tx, connection }: TakeContext,
  page: readonly ShopCancellation[],
): Promise<Pick<Decided, 'shown' | 'known'>[]> {
  const known = await findCancellations(tx, connection, idsOf(page));
  return page
    .map((shown) => ({ shown, known: known.get(shown.cancelId) ?? null }))
    .filter((each) => bringsNews(each.shown, each.known));
}

/** False for what we hold already, and for what is older. What is not over is decided again at every look. */
function bringsNews(shown: ShopCancellation, known: StoredCancellation | null): boolean {
  if (!known) return true;
  const newerByMs = shown.updatedAt.getTime() - known.tiktokUpdatedAt.getTime();
  if (newerByMs !== 0) return newerByMs > 0;
  if (shown.statusText === known.statusText)
    return known.outcome === 'pending' || known.outcome === 'waiting';
  // Two changes within one second: a request that is over does not open again.
  return shown.status !== 'pending';
}

/** Oldest first: of two cancellations that name the same piece, the first is the one that tells of it. */
async function decideAll(
  context: TakeContext,
  news: readonly Pick<Decided, 'shown' | 'known'>[],
  records: ReadonlyMap<string, OrderRecord>,
): Promise<Decided[]> {
  const { companyId } = context.connection;
  const standings = await standingsOf(context.tx, { companyId, records: [...records.values()] });
  const decided: Decided[] = [];
  for (const each of news.toSorted((a, b) => a.shown.updatedAt.getTime() - b.shown.updatedAt.getTime())) {
    const record = records.get(each.shown.orderId) ?? null;
    decided.push(decideOne(context, { ...each, record }, standings));
  }
  return tell(context, decided);
}

function decideOne(
  context: TakeContext,
  { shown, known, record }: Pick<Decided, 'shown' | 'known' | 'record'>,
  standings: Standings,
): Decided {
  const facts = factsOf(context.connection, shown, record, standings);
  const isFinal = known !== null && FINAL.includes(known.outcome);
  const decision: CancellationDecision = isFinal
    ? { outcome: known.outcome, obstacle: null, unitIds: [] }
    : decideCancellation(facts);
  if (record && decision.outcome === 'acknowledged') {
    standings.told.push({ orderId: record.id, cancelId: shown.cancelId, unitIds: decision.unitIds });
  }
  const row = rowOf(context, { shown, known, record }, decision);
  const unitIds = shown.status === 'executed' ? [...piecesOf(facts)] : shown.unitIds;
  const why = isFinal ? { gate: known.gate, gateReason: known.gateReason } : {};
  return { shown, known, record, decision, row: { ...row, ...why, unitIds } };
}

function rowOf(
  { connection, readAt }: TakeContext,
  { shown, known, record }: Pick<Decided, 'shown' | 'known' | 'record'>,
  { outcome, obstacle }: CancellationDecision,
): StoredCancellation {
  const { cancelId, role, roleText, status, statusText, reason, reasonText, unitIds, answerBy } = shown;
  return {
    companyId: connection.companyId,
    connectionId: connection.id,
    cancelId,
    tiktokOrderId: shown.orderId,
    orderId: record && record.companyId === connection.companyId ? record.id : null,
    type: shown.typeText,
    role,
    roleText,
    status,
    statusText,
    reason,
    reasonText,
    unitIds,
    requestedAt: shown.createdAt,
    answerBy: status === 'pending' ? answerBy : null,
    tiktokUpdatedAt: shown.updatedAt,
    readAt,
    outcome,
    gate: obstacle?.gate ?? null,
    gateReason: obstacle?.reason ?? null,
    acknowledgementKey: known?.acknowledgementKey ?? null,
  };
}

/** Has the documents made, all at once. */
async function tell({ deps, tx, by }: TakeContext, decided: readonly Decided[]): Promise<Decided[]> {
  const items = decided.flatMap(({ shown, known, record, decision }): PulledCancellation[] => {
    if (!record || decision.outcome !== 'acknowledged' || known?.outcome === 'acknowledged') return [];
    return [
      {
        companyId: record.companyId,
        connectionId: record.connectionId,
        orderId: record.id,
        cancelId: shown.cancelId,
        unitIds: decision.unitIds,
        changeReason: CHANGE_REASON,
        customerReason: { key: shown.reason, text: shown.reasonText },
        role: shown.roleText,
        at: shown.updatedAt,
      },
    ];
  });
  if (items.length === 0) return [...decided];
  const keys = await createPulledAcknowledgements(tx, items, { by, now: deps.clock.now() });
  return decided.map((each) => {
    const acknowledgementKey = keys.get(each.shown.cancelId) ?? each.row.acknowledgementKey;
    return { ...each, row: { ...each.row, acknowledgementKey } };
  });
}

function idsOf(page: readonly ShopCancellation[]): string[] {
  return page.map(cancellationVersions.idOf);
}
