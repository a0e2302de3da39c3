import type { HandOver, KnownDocuments } from '../documents/hand-over.js';
import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { Database } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import { markHanded } from './piece-store.js';

/** Orders of which this process has noted that they are handed over; the ones noted longest ago go first. */
const REMEMBERED = 100_000;

/**
 * Writes down in the ledger of pieces that the ERP knows orders: one statement an answer, and none for orders that this
 * process has written down before, since an ERP reads the same lists again and again.
 */
export function createHandOver({ db, log, clock }: { db: Database; log: Logger; clock: Clock }): HandOver {
  const noted = new Set<number>();
  const running = new Set<Promise<void>>();

  function note({ companyId, keys, sentAtMs }: KnownDocuments): Promise<void> {
    const work = db
      .sqlTransaction((tx) =>
        markHanded(tx, { companyId, keys, now: clock.now(), agoMs: performance.now() - sentAtMs }),
      )
      .finally(() => running.delete(noting));
    const noting = work.catch((error: unknown) => {
      // The next answer with them, or the next word of the ERP's, makes up for it.
      log.warn({ companyId, error: messageOf(error) }, 'orders that the ERP has read could not be noted');
    });
    running.add(noting);
    return work;
  }

  return {
    carried(known) {
      const keys = known.keys.filter((key) => !noted.has(key));
      if (keys.length === 0) return;
      note({ ...known, keys }).then(
        () => remember(noted, keys),
        () => undefined,
      );
    },
    // Keys that a caller gives need not belong to the caller: nothing is remembered of them.
    named: (known) => void note(known).catch(() => undefined),
    settled: async () => void (await Promise.all(running)),
  };
}

function remember(noted: Set<number>, keys: readonly number[]): void {
  for (const key of keys) noted.add(key);
  for (const key of noted) {
    if (noted.size <= REMEMBERED) return;
    noted.delete(key);
  }
}
