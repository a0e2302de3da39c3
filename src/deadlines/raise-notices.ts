import { systemActor } from '../companies/actor.js';
import { recordEvents, type NewEvent } from '../documents/document-store.js';
import type { Database } from '../store/database.js';
import { toIsoSeconds, type Clock } from '../kernel/time.js';
import { atDeadline, eventOf, summaryOf, whatToDo, type Deadline, type ThresholdHours } from './deadline.js';
import { noteNearDeadlines } from './deadline-store.js';

const BATCH = 2_000;

/**
 * Writes an event for every deadline that has come within 24 hours, within 4 hours, or has passed, once each. After a
 * long stop only what applies now is said, not what would have been said before.
 * @returns how many
 */
export async function raiseNotices({ db, clock }: { db: Database; clock: Clock }): Promise<number> {
  let count = 0;
  for (;;) {
    const noted = await db.transaction(async (tx) => {
      const rows = await noteNearDeadlines(tx, { now: clock.now(), limit: BATCH });
      await recordEvents(
        tx,
        systemActor('deadline-notices', 'sweep'),
        rows.map((row) => toEvent(row, row.threshold)),
      );
      return rows.length;
    });
    count += noted;
    if (noted < BATCH) return count;
  }
}

function toEvent(deadline: Deadline, threshold: ThresholdHours): NewEvent {
  const { companyId, connectionId, key, documentType, kind, dueAt } = deadline;
  return {
    companyId,
    connectionId,
    documentKey: key,
    documentType,
    event: eventOf(deadline, threshold),
    summary: summaryOf(deadline, threshold),
    details:
      threshold === 0 ? whatToDo(deadline) : `${whatToDo(deadline)} At that time: ${atDeadline(deadline)}`,
    additional: {
      Kind: kind,
      DueAt: toIsoSeconds(dueAt),
      Threshold: threshold === 0 ? 'past-due' : `${threshold}h`,
    },
  };
}
