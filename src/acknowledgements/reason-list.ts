import { AppError } from '../kernel/errors.js';
import { within } from '../kernel/time.js';
import { isListDue } from '../tiktok/list-age.js';
import type { Tx } from '../store/database.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';

/** The reasons that TikTok takes from the seller of a shop for orders of a status. */
interface ReasonList {
  /** TikTok's keys. */
  reasons: string[];
  fetchedAt: Date;
}

interface ReasonListKey {
  connectionId: number;
  tiktokStatus: string;
}

/** Answering a caller may wait this long for TikTok's list; without it the documented reasons count. */
const PATIENCE_MS = 3_000;

/** As it was last read, however old; null when TikTok was never asked, or named none. */
export async function readReasonList(tx: Tx, key: ReasonListKey): Promise<ReasonList | null> {
  const row = await tx.cancelReasonList.findUnique({ where: { connectionId_tiktokStatus: key } });
  return row && { reasons: row.reasons, fetchedAt: row.fetchedAt };
}

/** All that is held of a shop, by the status of the orders. */
export async function listReasonLists(
  tx: Tx,
  connectionId: number,
): Promise<(ReasonList & { tiktokStatus: string })[]> {
  return tx.cancelReasonList.findMany({ where: { connectionId }, orderBy: { tiktokStatus: 'asc' } });
}

/** TikTok has refused a reason that was on the list. */
export async function forgetReasonLists(tx: Tx, connectionId: number): Promise<void> {
  await tx.cancelReasonList.deleteMany({ where: { connectionId } });
}

/**
 * Sees to it that the list is what TikTok says now: read when ours is older than a day, or when it lacks what is wanted.
 * TikTok that cannot be asked in time, or that names no reasons, leaves things as they are.
 * @param covers whether a list has all that is wanted
 */
export async function freshenReasons(
  deps: Pick<AcknowledgementDeps, 'db' | 'clock' | 'openShop'>,
  order: ReasonListKey & { tiktokOrderId: string },
  covers: (reasons: readonly string[]) => boolean,
): Promise<void> {
  const { connectionId, tiktokStatus, tiktokOrderId } = order;
  const held = await readReasonList(deps.db.prisma, { connectionId, tiktokStatus });
  if (held && !isListDue(held.fetchedAt, deps.clock.now(), { hasWanted: covers(held.reasons) })) return;
  const reading = readReasons(deps, { connectionId, tiktokStatus }, tiktokOrderId).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
  });
  // Its failure is nobody's any more once the caller was answered.
  reading.catch(() => undefined);
  await within(reading, PATIENCE_MS, () => undefined);
}

async function readReasons(
  { db, clock, openShop }: Pick<AcknowledgementDeps, 'db' | 'clock' | 'openShop'>,
  key: ReasonListKey,
  tiktokOrderId: string,
): Promise<void> {
  const { api } = await openShop(key.connectionId, 'urgent');
  const reasons = await api.listCancelReasons(tiktokOrderId);
  if (reasons === null) return;
  const list = { reasons, fetchedAt: clock.now() };
  await db.prisma.cancelReasonList.upsert({
    where: { connectionId_tiktokStatus: key },
    create: { ...key, ...list },
    update: list,
  });
}
