import { audit } from '../audit/audit.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import type { DocumentKind } from '../documents/document-kind.js';
import { recordEvents } from '../documents/document-store.js';
import { deleteAnswersAbout } from '../http/idempotency-store.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { Clock } from '../kernel/time.js';
import type { Database } from '../store/database.js';
import { findStanding, type OrderStanding } from './ended-orders.js';
import { lockOrders, wipeOrders } from './wipe-orders.js';

export interface EraseDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  kinds: readonly DocumentKind[];
}

/**
 * Forgets the buyer of one order now, whatever the company's days are, because the buyer asks for it. Repeating it is safe,
 * and forgets what came to the order since.
 * @returns since when nothing personal is kept of the order
 * @throws AppError not-found; rule-violated while the buyer's name is needed: the order is open, something of it is on its
 *   way to TikTok, or a return is under way
 */
export async function eraseBuyer(
  { db, clock, log, kinds }: EraseDeps,
  { companyId, key, by }: { companyId: number; key: number; by: Actor },
): Promise<{ wipedAt: Date; tiktokOrderId: string }> {
  allow(by, 'operate', companyId);
  const now = clock.now();
  const erased = await db.transaction(async (tx) => {
    const context = { tx, kinds, companyId, now };
    await lockOrders(context, [{ key }]);
    const order = await findStanding(tx, { companyId, key });
    if (!order) throw new AppError('not-found', `There is no order ${key}.`);
    refuseNeeded(order);
    await wipeOrders(context, [order]);
    await deleteAnswersAbout(tx, { companyId, keys: [key] });
    await recordEvents(tx, by, [
      {
        companyId,
        documentKey: key,
        event: 'buyer-forgotten',
        summary: 'The buyer was forgotten on request.',
      },
    ]);
    await audit(tx, by, [{ action: 'buyer.forgotten', subject: `order ${key}`, companyId }]);
    return { wipedAt: order.wipedAt ?? now, tiktokOrderId: order.tiktokOrderId };
  });
  // After a restore from a backup the log tells which requests came later than it.
  log.info(
    { companyId, documentKey: key, tiktokOrderId: erased.tiktokOrderId },
    'buyer forgotten on request',
  );
  return erased;
}

function refuseNeeded({ isEnded, isBusy, isReturning }: OrderStanding): void {
  if (!isEnded) {
    throw needed(
      'the order is neither Complete nor Cancelled',
      'Cancel or ship the order first; the parcel needs an address until then.',
    );
  }
  if (isBusy) throw needed('something of it is on its way to TikTok', 'Ask again when it is settled.');
  if (isReturning) throw needed('a return of it is under way', 'Ask again when the return is over.');
}

function needed(why: string, next: string): AppError {
  return new AppError('rule-violated', `The buyer cannot be forgotten yet: ${why}.`, {
    details: [{ field: 'LogicbrokerKey', message: why, next }],
  });
}
