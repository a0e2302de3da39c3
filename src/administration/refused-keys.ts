import { createHash } from 'node:crypto';
import type { RefusalTrail } from '../audit/refusal-trail.js';
import { findEndedKey } from '../companies/api-key-store.js';
import { createMemory } from '../kernel/memory.js';
import { MINUTE_MS, type Clock } from '../kernel/time.js';
import type { Database } from '../store/database.js';

interface RefusedKeyDeps {
  db: Pick<Database, 'prisma'>;
  clock: Clock;
  refusals: RefusalTrail;
}

/** What a refused key was. */
interface Known {
  id: string;
  name: string;
  companyId: number | null;
  reason: string;
}

const UNKNOWN: Known = { id: 'unknown', name: 'unknown key', companyId: null, reason: 'unknown' };

/**
 * Writes refused keys into the trail: one that this service has made is named, so that the ERP that still uses it is found; of any
 * other text nothing is kept, since it may be a secret of something else. One look-up at a time, so that a flood of guesses costs the
 * store next to nothing; what comes meanwhile is told as unknown.
 */
export function createRefusedKeys({ db, clock, refusals }: RefusedKeyDeps) {
  const memory = createMemory<Known>({ keepMs: MINUTE_MS, most: 1_000, clock });
  let isAsking = false;

  async function whatWas(key: string): Promise<Known> {
    const name = createHash('sha256').update(key).digest('hex');
    const known = memory.get(name);
    if (known) return known;
    if (isAsking) return UNKNOWN;
    isAsking = true;
    try {
      const found = await findEndedKey(db.prisma, key);
      const what = found
        ? {
            id: found.keyId,
            name: 'API key',
            companyId: found.companyId,
            reason: found.isRevoked ? 'revoked' : 'ended',
          }
        : UNKNOWN;
      memory.set(name, what);
      return what;
    } catch {
      return UNKNOWN;
    } finally {
      isAsking = false;
    }
  }

  return async function tellRefusedKey(key: string, range: string): Promise<void> {
    const what = await whatWas(key);
    await refusals.tell({ action: 'key.refused', via: 'api', from: range, ...what });
  };
}
