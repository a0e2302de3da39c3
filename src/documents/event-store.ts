import type { Actor } from '../companies/actor.js';
import { settleChanges, type ChangeLog } from '../store/change-log/sequencer.js';
import type { Database, Prisma, Tx } from '../store/database.js';
import { actorColumns, type ActorColumns } from '../companies/actor-columns.js';
import type { DocumentType } from '../logicbroker/document-types.js';

/** A line of history as it is stored. */
export interface StoredEvent extends ActorColumns {
  id: number;
  createdAt: Date;
  connectionId: number | null;
  documentKey: number | null;
  documentType: string | null;
  linkKey: string | null;
  senderId: number | null;
  receiverId: number | null;
  typeId: number;
  level: string;
  category: string;
  summary: string;
  details: string | null;
  additional: unknown;
  processed: boolean;
  viewed: boolean;
  /** Among all events, given after the commit; null until then. */
  position: bigint | null;
}

/** Events are read by position: an id is given before the commit, and may appear when a reader has gone by it. */
export const eventLog: ChangeLog = { name: 'events' };

export interface EventFilter {
  companyId: number;
  /** A position: only what comes after it. */
  after?: number;
  from?: Date;
  to?: Date;
  linkKey?: string;
  documentKey?: number;
  documentType?: DocumentType;
  typeId?: number;
  category?: string;
  level?: string;
  senderId?: number;
  receiverId?: number;
  processed?: boolean;
  viewed?: boolean;
}

const EVENTS_PER_PAGE = 100;

/**
 * In the order of their positions, so that a walk through the pages, or from position to position, misses none that is
 * committed meanwhile, and sees none twice. What was committed before the call is there.
 */
export async function listEvents(
  db: Database,
  { after, from, to, category, level, ...equal }: EventFilter,
  page: number,
): Promise<{ events: StoredEvent[]; totalPages: number }> {
  await settleChanges(db, eventLog);
  const where = {
    ...equal,
    position: { gt: after ?? 0 },
    ...(category === undefined ? {} : { category: inAnyCase(category) }),
    ...(level === undefined ? {} : { level: inAnyCase(level) }),
    ...(from || to ? { createdAt: { ...(from && { gte: from }), ...(to && { lte: to }) } } : {}),
  };
  const [events, total] = await Promise.all([
    db.prisma.event.findMany({
      where,
      orderBy: { position: 'asc' },
      skip: page * EVENTS_PER_PAGE,
      take: EVENTS_PER_PAGE,
    }),
    db.prisma.event.count({ where }),
  ]);
  return { events, totalPages: Math.ceil(total / EVENTS_PER_PAGE) };
}

/** Prisma makes ILIKE of this, in which these three characters are more than themselves. */
function inAnyCase(text: string) {
  return { equals: text.replaceAll(/[\\%_]/g, String.raw`\$&`), mode: 'insensitive' as const };
}

export async function findEvent(
  db: Database,
  { companyId, id }: { companyId: number; id: number },
): Promise<StoredEvent | null> {
  return db.prisma.event.findFirst({ where: { companyId, id } });
}

const MOST_OF_LINK = 50;

/** The last events that stand for one thing, oldest first. */
export async function eventsOfLink(
  tx: Tx,
  which: { companyId: number; linkKey: string },
): Promise<StoredEvent[]> {
  const rows = await tx.event.findMany({ where: which, orderBy: { id: 'desc' }, take: MOST_OF_LINK });
  return rows.toReversed();
}

/** Those of a company that have these positions. */
export async function findEventsAt(
  tx: Tx,
  companyId: number,
  positions: readonly bigint[],
): Promise<StoredEvent[]> {
  return tx.event.findMany({ where: { companyId, position: { in: [...positions] } } });
}

/** `by`: who reports it. */
type NewReport = Pick<StoredEvent, 'senderId' | 'receiverId' | 'typeId' | 'level' | 'category'> &
  Pick<StoredEvent, 'summary' | 'details' | 'additional'> &
  Partial<Pick<StoredEvent, 'documentKey' | 'documentType' | 'linkKey'>> & {
    companyId: number;
    connectionId?: number | null;
    by: Actor;
  };

/** A line of history in a caller's own words. @returns its id */
export async function insertReport(db: Database, { additional, by, ...report }: NewReport): Promise<number> {
  const data = {
    ...report,
    ...actorColumns(by),
    ...(additional === null ? {} : { additional: additional as Prisma.InputJsonValue }),
  };
  const { id } = await db.prisma.event.create({ data, select: { id: true } });
  return id;
}

/** Marks an event; what is left out stays. @returns false when the company has no such event */
export async function markEvent(
  db: Database,
  { companyId, id, ...marks }: { companyId: number; id: number; processed?: boolean; viewed?: boolean },
): Promise<boolean> {
  const { count } = await db.prisma.event.updateMany({ where: { companyId, id }, data: marks });
  return count > 0;
}
