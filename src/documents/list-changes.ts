import { settleChanges } from '../store/change-log/sequencer.js';
import type { Database } from '../store/database.js';
import { eventLog, type StoredEvent } from './event-store.js';

interface ChangeFilter {
  companyId: number;
  /** A position: only what comes after it. */
  after: number;
  /** The most changes in one answer. */
  limit: number;
  /** Of these types only. */
  typeIds?: number[];
  connectionId?: number;
}

/** `next`: where to go on; everything up to it was looked at. */
interface Changes {
  events: StoredEvent[];
  next: number;
  more: boolean;
}

/**
 * What has changed since a position, in the order of positions. The head is read first: what has a position up to it is there to
 * be seen, so that a reader may go on from it even where nothing fitted, and still misses nothing. What was committed
 * before the call is in the answer.
 */
export async function listChanges(
  db: Database,
  { companyId, after, limit, typeIds, connectionId }: ChangeFilter,
): Promise<Changes> {
  await settleChanges(db, eventLog);
  const { position: head } = await db.prisma.changeHead.findUniqueOrThrow({ where: { log: eventLog.name } });
  const found = await db.prisma.event.findMany({
    where: {
      companyId,
      position: { gt: after, lte: head },
      ...(typeIds && { typeId: { in: typeIds } }),
      ...(connectionId === undefined ? {} : { connectionId }),
    },
    orderBy: { position: 'asc' },
    take: limit + 1,
  });
  const events = found.slice(0, limit);
  const more = found.length > limit;
  const last = Number(events.at(-1)?.position ?? after);
  return { events, more, next: more ? last : Math.max(after, Number(head)) };
}
