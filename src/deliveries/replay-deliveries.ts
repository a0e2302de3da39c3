import { audit } from '../audit/audit.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import type { Database } from '../store/database.js';
import { replay } from './delivery-store.js';

interface ReplayWish {
  /** One file; left out: those of a time, of one profile or of all. */
  id?: bigint;
  from?: Date;
  to?: Date;
  profile?: string;
}

/**
 * Files wait once more, with the bytes and the control numbers that they had.
 * @returns how many
 * @throws AppError not-found, not-allowed
 */
export async function replayDeliveries(
  { db }: { db: Database },
  { companyId, by }: { companyId: number; by: Actor },
  wish: ReplayWish,
): Promise<number> {
  allow(by, 'operate', companyId);
  return db.transaction(async (tx) => {
    const files = await replay(tx, { companyId, ...wish });
    const { id, ...window } = wish;
    const subject = id === undefined ? 'deliveries' : `delivery ${id}`;
    await audit(tx, by, [{ action: 'delivery.replayed', subject, companyId, after: { ...window, files } }]);
    return files;
  });
}
