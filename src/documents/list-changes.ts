import { settleChanges } from '../store/change-log/sequencer.js';
import type { Database, Tx } from '../store/database.js';
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

/** The position of the newest change; what was committed before the call is not behind it. */
export async function changesHead(db: Database): Promise<bigint> {
  await settleChanges(db, eventLog);
  const { position } = await db.prisma.changeHead.findUniqueOrThrow({ where: { log: eventLog.name } });
  return position;
}

/** Changes of a company between two times and behind a position, in the order of positions; one more than `limit` when there are more. */
export async function changesBetween(
  tx: Tx,
  filter: Omit<ChangeFilter, 'connectionId'> & { from?: Date; to?: Date },
): Promise<StoredEvent[]> {
  const { companyId, after, limit, typeIds, from, to } = filter;
  return tx.event.findMany({
    where: {
      companyId,
      position: { gt: after },
      ...(typeIds && { typeId: { in: typeIds } }),
      ...(from || to ? { createdAt: { ...(from && { gte: from }), ...(to && { lte: to }) } } : {}),
    },
    orderBy: { position: 'asc' },
    take: limit + 1,
  });
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
  const head = await changesHead(db);
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
