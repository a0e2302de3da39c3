import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { MINUTE_MS, type Clock } from '../kernel/time.js';
import type { Database } from '../store/database.js';
import { audit, type Stranger } from './audit.js';

/** Somebody who was not let in. */
export interface Refusal extends Pick<Stranger, 'id' | 'name' | 'via'> {
  action: 'log-in.refused' | 'key.refused';
  /** The range of addresses, as `rangeOf` names it. */
  from: string;
  reason: string;
  companyId?: number | null;
}

interface Counted {
  refusal: Refusal;
  more: number;
}

/** Rows of the trail about refusals. */
export interface RefusalTrail {
  /** Never fails: who was refused stays refused. */
  tell(refusal: Refusal): Promise<void>;
  /** Writes what was counted only, before the process ends. */
  flush(): Promise<void>;
}

/** How long the same refusal is counted before it gets another row. */
const WINDOW_MS = 10 * MINUTE_MS;
/** Different refusals that get rows of their own in a window; what goes beyond is one row. */
const MOST_ROWS = 100;

/**
 * Who tried, at what, from where. A machine can cause thousands of refusals a second: the same one (who, where, why) has a row at
 * once and a second one with a count ten minutes later, and whatever goes beyond a hundred different ones is counted in one row, so
 * that a process writes at most some two hundred rows in ten minutes.
 */
export function createRefusalTrail({
  db,
  clock,
  log,
}: {
  db: Pick<Database, 'prisma'>;
  clock: Clock;
  log: Logger;
}): RefusalTrail {
  let counted = new Map<string, Counted>();
  let beyond = 0;
  let beganMs = clock.now().getTime();

  async function write(refusal: Refusal, more: number | null): Promise<void> {
    const { action, id, name, via, from, reason, companyId = null } = refusal;
    const by: Stranger = { kind: 'stranger', id, name, via, from, role: 'none' };
    const after = more === null ? { reason } : { reason, more };
    try {
      await audit(db.prisma, by, [{ action, subject: `${via} of this service`, companyId, after }]);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'a refusal was not written down');
    }
  }

  async function flush(): Promise<void> {
    const [ended, others] = [counted, beyond];
    counted = new Map();
    beyond = 0;
    beganMs = clock.now().getTime();
    for (const { refusal, more } of ended.values()) if (more > 0) await write(refusal, more);
    if (others > 0) {
      const [first] = ended.values();
      const many = { id: 'many', name: 'many', from: 'many ranges', reason: 'not told one by one' };
      if (first) await write({ ...first.refusal, ...many, companyId: null }, others);
    }
  }

  return {
    async tell(refusal) {
      if (clock.now().getTime() - beganMs >= WINDOW_MS) await flush();
      const name = JSON.stringify([refusal.action, refusal.id, refusal.from, refusal.reason]);
      const known = counted.get(name);
      if (known) known.more += 1;
      else if (counted.size >= MOST_ROWS) beyond += 1;
      else {
        counted.set(name, { refusal, more: 0 });
        await write(refusal, null);
      }
    },
    flush,
  };
}
