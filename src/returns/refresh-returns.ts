import type { Actor } from '../companies/actor.js';
import { AppError, messageOf } from '../kernel/errors.js';
import { within } from '../kernel/time.js';
import { IDS_PER_CALL } from '../sync/pull/pull-definition.js';
import { readNow } from '../sync/pull/read-now.js';
import { returnPull } from './pull-returns.js';
import type { ReturnSource } from './read-details.js';
import type { ReturnDeps } from './return-deps.js';
import type { ReturnRecord } from './return-record.js';
import { findReturnsByDocuments } from './return-store.js';
import type { ShopReturn } from '../domain/return.js';

/** A caller who waits gets one call. */
const MOST_IDS = IDS_PER_CALL;
/** A caller waits this long for TikTok; without an answer what the last pull showed counts. */
const PATIENCE_MS = 3_000;

/**
 * Reads requests again for a caller who waits, and takes in what is new.
 * @returns whether anything was
 */
export async function refreshReturns(
  deps: ReturnDeps,
  { by, ...which }: { companyId: number; keys: readonly number[]; by: Actor },
): Promise<boolean> {
  const records = await findReturnsByDocuments(deps.db.prisma, which);
  const byConnection = new Map<number, ReturnRecord[]>();
  for (const record of records) {
    byConnection.set(record.connectionId, [...(byConnection.get(record.connectionId) ?? []), record]);
  }
  const refreshing = Promise.all(
    [...byConnection].map(([connectionId, own]) => refreshOf(deps, { connectionId, by }, own)),
  );
  // What goes on after the patience is over fails for nobody.
  refreshing.catch(() => undefined);
  const news = await within(refreshing, PATIENCE_MS, () => [false]);
  return news.includes(true);
}

async function refreshOf(
  deps: ReturnDeps,
  { connectionId, by }: { connectionId: number; by: Actor },
  records: readonly ReturnRecord[],
): Promise<boolean> {
  try {
    const source = await deps.openShop(connectionId, 'urgent');
    const ids = records.slice(0, MOST_IDS).map(({ shown }) => shown.returnId);
    const { updated } = await readAndTakeIn(deps, source, { returnIds: ids, by });
    return updated > 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.warn({ connectionId, error: messageOf(error) }, 'returns could not be read again');
    return false;
  }
}

/** What TikTok shows of these requests now. It is taken in, as a pull would. */
export async function readAndTakeIn(
  deps: ReturnDeps,
  source: ReturnSource,
  { returnIds, by }: { returnIds: readonly string[]; by: Actor },
): Promise<{ returns: ShopReturn[]; updated: number }> {
  const now = () => deps.clock.now();
  const { items, counts } = await readNow(returnPull, { deps, source, now, by }, returnIds);
  return { returns: items, updated: (counts['updated'] ?? 0) + (counts['imported'] ?? 0) };
}
