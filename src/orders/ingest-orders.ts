import type { ActiveConnection } from '../connections/connection.js';
import type { SqlTx } from '../store/database.js';
import { SECOND_MS } from '../kernel/time.js';
import { decideOrders, importOrders, seenByDecision } from './import-orders.js';
import type { IngestContext, IngestDeps } from './ingest-context.js';
import { withoutBuyer, type OrderRecord } from './order-record.js';
import { findSharingIds, findVersions, lockOrders, lockShop, type OrderVersion } from './order-store.js';
import { compareStages, parcelKeyOf, type ShopOrder } from '../domain/order.js';
import type { MovedPiece } from './piece.js';
import { savePieces } from './piece-store.js';
import { tellSharedParcels } from './shared-parcels.js';
import { tellMoved } from './tell-moved.js';
import { movedPieces, piecesOfOrder, type SeenOrder } from './pieces-of-order.js';
import { newestOfEach, type ItemVersions } from '../sync/pull/newest.js';
import type { TakeOptions } from '../sync/pull/pull-definition.js';
import { withoutUnstorable } from '../sync/pull/storable.js';
import { updateOrdersOfPage } from './update-orders.js';

/** `readAt` is also the "now" of the gates. */
interface IngestOptions extends TakeOptions {
  /** To be part of a transaction that is open already. */
  tx?: SqlTx;
}

/** What became of the orders of one page. */
interface IngestCounts {
  exported: number;
  waiting: number;
  refused: number;
  updated: number;
  unchanged: number;
}

export const orderVersions: ItemVersions<ShopOrder> = {
  idOf: ({ tiktokOrderId }) => tiktokOrderId,
  updatedAt: ({ updatedAt }) => updatedAt,
  compareStages: (a, b) => compareStages(a.status, b.status),
};

/**
 * Takes in one page of orders (at most a few hundred) in one transaction with a fixed number of statements: new ones are
 * decided by the gates, known ones brought up to date. Safe to repeat in any order and from several workers: an answer
 * that is older than what we hold, or the same, changes nothing.
 */
export async function ingestOrders(
  deps: IngestDeps,
  connection: ActiveConnection,
  orders: readonly ShopOrder[],
  options: IngestOptions,
): Promise<IngestCounts> {
  const page = newestOfEach(orderVersions, orders);
  const work = async (tx: SqlTx): Promise<TakenIn> => {
    await options.begin?.(tx);
    const { readAt, by, again = false } = options;
    return takeIn({ deps, tx, connection, readAt, by, again }, page);
  };
  // The caller that has opened the transaction waits for its commit before it tells of this.
  if (options.tx) return (await work(options.tx)).counts;
  const { counts, moved } = await deps.db.sqlTransaction(work);
  await tellMoved(deps, connection, moved);
  return counts;
}

interface TakenIn {
  counts: IngestCounts;
  moved: MovedPiece[];
}

async function takeIn(context: IngestContext, page: ShopOrder[]): Promise<TakenIn> {
  const { tx, connection } = context;
  const known = await findVersions(tx, connection, idsOf(page));
  const news = withoutUnstorable(newsOf(context, page, known));
  const counts = { exported: 0, waiting: 0, refused: 0, updated: 0, unchanged: page.length - news.length };
  if (news.length === 0) return { counts, moved: [] };

  const held = await lockNews(context, news, known);
  const open: { record: OrderRecord | null; shown: ShopOrder }[] = [];
  const exported: { record: OrderRecord; shown: ShopOrder }[] = [];
  const foreign: { record: OrderRecord; shown: ShopOrder }[] = [];
  for (const shown of news) {
    const record = held.get(shown.tiktokOrderId) ?? null;
    // Looked at again under the lock: another worker may have taken in the same page meanwhile.
    if (record && !bringsNews(context, shown, versionOf(record))) counts.unchanged += 1;
    else if (record?.state !== 'exported') open.push({ record, shown });
    else if (record.companyId === connection.companyId)
      exported.push({ record, shown: record.wipedAt ? withoutBuyer(shown) : shown });
    else {
      foreign.push({ record, shown });
      counts.refused += refuseForeign(context, record);
    }
  }
  const decided = await decideOrders(context, open);
  const [moved, imported] = await Promise.all([
    // Whoever has got the order, its pieces are of the shop's stock.
    keepPieces(context, [...decided.map(seenByDecision), ...[...exported, ...foreign].map(seenAgain)]),
    importOrders(context, decided),
  ]);
  await updateOrdersOfPage(context, exported);
  await tellSharedParcels(context, [...open, ...exported]);
  return {
    counts: {
      ...counts,
      exported: imported.exported,
      waiting: imported.waiting,
      refused: counts.refused + imported.refused,
      updated: exported.length,
    },
    moved,
  };
}

/** With the orders that share a parcel with them, or did: whoever locks several does it in one order. */
async function lockNews(
  { tx, connection }: IngestContext,
  news: readonly ShopOrder[],
  known: ReadonlyMap<string, OrderVersion>,
): Promise<Map<string, OrderRecord>> {
  const keys = news.flatMap((shown) => [
    parcelKeyOf(shown),
    known.get(shown.tiktokOrderId)?.parcelKey ?? null,
  ]);
  const parcelKeys = [...new Set(keys.filter((key) => key !== null))];
  if (parcelKeys.length === 0) {
    const [, held] = await Promise.all([lockShop(tx, connection), lockOrders(tx, connection, idsOf(news))]);
    return held;
  }
  await lockShop(tx, connection);
  const sharing = await findSharingIds(tx, connection, parcelKeys);
  return lockOrders(tx, connection, [...new Set([...idsOf(news), ...sharing])]);
}

async function keepPieces({ tx, connection }: IngestContext, seen: SeenOrder[]): Promise<MovedPiece[]> {
  const orders = seen.map((order) => ({ order, pieces: piecesOfOrder(order) }));
  await savePieces(
    tx,
    connection,
    orders.flatMap(({ pieces }) => pieces),
  );
  return orders.flatMap(({ order, pieces }) => movedPieces(order, pieces));
}

function seenAgain({ record, shown }: { record: OrderRecord; shown: ShopOrder }): SeenOrder {
  const { id: orderId, exportedAt, units } = record;
  return { orderId, record, shown, exportedAt, units };
}

/** A page that was read before costs one look-up by index: most of what a pull reads is known. */
function newsOf(
  context: IngestContext,
  page: ShopOrder[],
  known: ReadonlyMap<string, OrderVersion>,
): ShopOrder[] {
  return page.filter((order) => {
    const version = known.get(order.tiktokOrderId);
    return !version || bringsNews(context, order, version);
  });
}

/** TikTok's times have whole seconds: an answer this much younger than the change saw everything of that second. */
const SETTLED_MS = 2 * SECOND_MS;

/** False for what we hold already, and for what is older. */
function bringsNews(
  { connection, readAt, again }: IngestContext,
  order: ShopOrder,
  held: OrderVersion,
): boolean {
  const newerByMs = order.updatedAt.getTime() - held.tiktokUpdatedAt.getTime();
  if (newerByMs !== 0) return newerByMs > 0;
  if (held.connectionId !== connection.id || again) return true;
  // Two changes within one second, read in between, perhaps from a copy that lags behind: the further one is the later.
  const further = compareStages(order.status, held.tiktokStatus);
  if (further !== 0) return further > 0;
  if (held.state === 'waiting' && held.releaseAt && held.releaseAt <= readAt) return true;
  const isSettled = held.readAt.getTime() - held.tiktokUpdatedAt.getTime() > SETTLED_MS;
  return !isSettled && readAt > held.readAt;
}

function versionOf({ connectionId, readAt, state, releaseAt, parcelKey, order }: OrderRecord): OrderVersion {
  const { tiktokOrderId, status: tiktokStatus, updatedAt: tiktokUpdatedAt } = order;
  return {
    tiktokOrderId,
    connectionId,
    readAt,
    state,
    releaseAt,
    parcelKey,
    tiktokStatus,
    tiktokUpdatedAt,
  };
}

/** The shop has moved to another company, whose seller must not see what the former one sold. */
function refuseForeign({ deps, connection }: IngestContext, record: OrderRecord): 1 {
  deps.log.warn(
    { connectionId: connection.id, tiktokOrderId: record.order.tiktokOrderId },
    'order was exported to another company before',
  );
  return 1;
}

function idsOf(orders: readonly ShopOrder[]): string[] {
  return orders.map(orderVersions.idOf);
}
