import { newestOfEach, type ItemVersions } from '../sync/pull/newest.js';
import type { TakeOptions } from '../sync/pull/pull-definition.js';
import { withoutUnstorable } from '../sync/pull/storable.js';
import { SECOND_MS } from '../kernel/time.js';
import { followReturns } from './follow-returns.js';
import { importReturns } from './import-returns.js';
import { readDetails, type ReturnSource } from './read-details.js';
import type { ReturnDeps } from './return-deps.js';
import { importObstacle } from './return-gates.js';
import type { ReturnRecord } from './return-record.js';
import { findReturnVersions, lockReturns, lockShopReturns, type ReturnVersion } from './return-store.js';
import { compareReturnStages, type ShopReturn } from '../domain/return.js';
import type { ReturnContext, ShownReturn } from './return-context.js';

/** What became of the requests of one page. */
interface IngestReturnsCounts {
  imported: number;
  kept: number;
  updated: number;
  unchanged: number;
}

export const returnVersions: ItemVersions<ShopReturn> = {
  idOf: ({ returnId }) => returnId,
  updatedAt: ({ updatedAt }) => updatedAt,
  compareStages: (a, b) => compareReturnStages(a.stage, b.stage),
};

/**
 * Takes in one page of requests (at most 50) in one transaction with a fixed number of statements: new ones become
 * documents or are kept out with the reason, known ones are followed. Safe to repeat in any order and from several
 * workers: an answer that is older than what we hold, or the same, changes nothing.
 */
export async function ingestReturns(
  deps: ReturnDeps,
  source: ReturnSource,
  returns: readonly ShopReturn[],
  options: TakeOptions,
): Promise<IngestReturnsCounts> {
  const { readAt, by } = options;
  const page = withoutUnstorable(newestOfEach(returnVersions, returns));
  const known = await findReturnVersions(deps.db.prisma, source.connection, idsOf(page));
  const news = page.filter((shown) => isNews(shown, known.get(shown.returnId), source, readAt));
  const details = await readDetails(
    deps,
    source,
    news.flatMap((shown) => wants(shown, known, source)),
  );
  return deps.db.transaction(async (tx) => {
    await options.begin?.(tx);
    const counts = { imported: 0, kept: 0, updated: 0, unchanged: page.length - news.length };
    return news.length === 0 ? counts : takeIn({ deps, tx, source, readAt, by, details }, news, counts);
  });
}

/** Asked for outside the transaction: what the requests that are to become documents lack. */
function wants(
  shown: ShopReturn,
  known: ReadonlyMap<string, ReturnVersion>,
  { connection: { settings } }: ReturnSource,
): { shown: ShopReturn; needs: ('order' | 'words')[] }[] {
  const version = known.get(shown.returnId);
  const hasDocument = version?.documentKey != null;
  if (!hasDocument && importObstacle({ shown, settings })) return [];
  const needs: ('order' | 'words')[] = [];
  if (!hasDocument) needs.push('order');
  if (!version?.hasWords) needs.push('words');
  return needs.length > 0 ? [{ shown, needs }] : [];
}

async function takeIn(
  context: ReturnContext,
  news: readonly ShopReturn[],
  counts: IngestReturnsCounts,
): Promise<IngestReturnsCounts> {
  const { tx, source, readAt, deps } = context;
  const { companyId } = source.connection;
  await lockShopReturns(tx, source.connection);
  const held = await lockReturns(tx, source.connection, idsOf(news));
  const open: ShownReturn[] = [];
  const imported: (ShownReturn & { record: ReturnRecord })[] = [];
  for (const shown of news) {
    const record = held.get(shown.returnId) ?? null;
    // Looked at again under the lock: another worker may have taken in the same page meanwhile.
    if (record && !isNews(shown, versionOf(record), source, readAt)) counts.unchanged += 1;
    else if (!record || record.documentKey === null) open.push({ record, shown });
    else if (record.companyId === companyId) imported.push({ record, shown: withoutWords(record, shown) });
    else {
      // The shop has moved to another company, whose seller must not see the former one's returns.
      deps.log.warn({ returnId: shown.returnId }, 'return belongs to another company');
      counts.unchanged += 1;
    }
  }
  const decided = await importReturns(context, open);
  await followReturns(context, imported);
  return { ...counts, ...decided, updated: imported.length };
}

/** TikTok's times have whole seconds: an answer this much younger than the change saw everything of that second. */
const SETTLED_MS = 2 * SECOND_MS;

/** False for what we hold already, and for what is older. */
function isNews(
  shown: ShopReturn,
  held: ReturnVersion | undefined,
  { connection }: ReturnSource,
  readAt: Date,
): boolean {
  if (!held) return true;
  const newerByMs = shown.updatedAt.getTime() - held.tiktokUpdatedAt.getTime();
  if (newerByMs !== 0) return newerByMs > 0;
  if (held.connectionId !== connection.id) return true;
  const further = compareReturnStages(shown.stage, held.stage);
  if (further !== 0) return further > 0;
  if (held.documentKey === null && !importObstacle({ shown, settings: connection.settings })) return true;
  const isSettled = held.readAt.getTime() - held.tiktokUpdatedAt.getTime() > SETTLED_MS;
  return !isSettled && readAt > held.readAt;
}

function versionOf(record: ReturnRecord): ReturnVersion {
  const { connectionId, readAt, documentKey, words, wipedAt, shown } = record;
  const { returnId, stage, updatedAt: tiktokUpdatedAt } = shown;
  return {
    returnId,
    connectionId,
    stage,
    tiktokUpdatedAt,
    readAt,
    documentKey,
    hasWords: words !== null || wipedAt !== null,
  };
}

/** What the buyer said is not kept once more of a request that was wiped. */
function withoutWords({ wipedAt }: ReturnRecord, shown: ShopReturn): ShopReturn {
  return wipedAt ? { ...shown, reasonText: null } : shown;
}

function idsOf(returns: readonly ShopReturn[]): string[] {
  return returns.map(returnVersions.idOf);
}
