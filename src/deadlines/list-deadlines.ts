import { nearestAnchor } from '../documents/list-documents.js';
import { createMemory } from '../kernel/memory.js';
import type { Database } from '../store/database.js';
import { MINUTE_MS, SECOND_MS, type Clock } from '../kernel/time.js';
import type { Deadline } from './deadline.js';
import { countDeadlines, pageSql, type DeadlineFilter, type Place } from './deadline-store.js';

interface DeadlinePage {
  deadlines: Deadline[];
  totalRecords: number;
}

const KEEP_TOTALS_MS = 3 * SECOND_MS;
const KEEP_ANCHORS_MS = 5 * MINUTE_MS;

/**
 * Lists what is open, the most urgent first. A page begins behind the last deadline of the page before it, which this
 * process remembers: otherwise what is settled during a walk would move others over the edge, and they were missed.
 */
export function createDeadlineLister({ db, clock }: { db: Database; clock: Clock }) {
  const totals = createMemory<Promise<number>>({ keepMs: KEEP_TOTALS_MS, most: 1_000, clock });
  const walks = createMemory<Map<number, Place>>({ keepMs: KEEP_ANCHORS_MS, most: 1_000, clock });

  return async function listDeadlines(
    filter: DeadlineFilter,
    { page, pageSize }: { page: number; pageSize: number },
  ): Promise<DeadlinePage> {
    const now = clock.now();
    const name = JSON.stringify(filter);
    const walkName = `${pageSize} ${name}`;
    // Page 0 begins a walk: where earlier ones found the later pages is forgotten.
    const anchors = (page > 0 ? walks.get(walkName) : undefined) ?? new Map<number, Place>();
    const nearest = nearestAnchor(anchors, page);
    const choice = { now, after: anchors.get(nearest), skip: (page - nearest) * pageSize, take: pageSize };
    const deadlines = await db.prisma.$queryRaw<Deadline[]>(pageSql(filter, choice));
    const last = deadlines.at(-1);
    if (last && deadlines.length === pageSize) {
      anchors.set(page + 1, last);
      walks.set(walkName, anchors);
    }
    const isAll = page === 0 && deadlines.length < pageSize;
    const totalRecords = isAll ? deadlines.length : await total(name, filter, now);
    return {
      deadlines,
      totalRecords: Math.max(totalRecords, deadlines.length > 0 ? page * pageSize + deadlines.length : 0),
    };
  };

  function total(name: string, filter: DeadlineFilter, now: Date): Promise<number> {
    const known = totals.get(name);
    if (known) return known;
    const counting = countDeadlines(db.prisma, filter, now);
    totals.set(name, counting);
    counting.catch(() => totals.delete(name));
    return counting;
  }
}

export type ListDeadlines = ReturnType<typeof createDeadlineLister>;
