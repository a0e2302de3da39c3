import { AppError } from '../kernel/errors.js';
import { MINUTE_MS } from '../kernel/time.js';
import { IDS_PER_CALL, type Pull } from '../sync/pull/pull-definition.js';
import { findDueOrders, findUnnotedRequests, postponeOrders } from './order-store.js';
import type { OrderKind } from './pull-orders-deps.js';

/** A waiting order of which TikTok told nothing new is asked for again after this. */
const POSTPONE_MS = 15 * MINUTE_MS;

/** Orders whose hold is over are read again, and only then decided: during the hour they may have been cancelled. */
export const releaseWaiting = async (
  pull: Pick<Pull<OrderKind>, 'deps' | 'source' | 'clock' | 'run' | 'readAgain'>,
): Promise<boolean> => {
  const { db } = pull.deps;
  const connectionId = pull.source.connection.id;
  for (;;) {
    const now = pull.clock.now();
    const ids = await findDueOrders(db.prisma, { connectionId, now, limit: IDS_PER_CALL });
    if (ids.length === 0) return true;
    const goesOn = await pull.readAgain(ids);
    await db.transaction(async (tx) => {
      await pull.run.guard(tx);
      // Not answered for, or answered with something old: that is no reason to forget an order, nor to ask for ever.
      await postponeOrders(tx, { connectionId, ids, now, until: new Date(now.getTime() + POSTPONE_MS) });
    });
    if (!goesOn) return false;
  }
};

/**
 * Orders whose buyer asks to cancel, or does no longer. Found by what is stored, not by what this run has read, so that a
 * run that broke off is made up for by the next.
 */
export const noteRequests = async ({
  deps,
  source,
  clock,
  run,
}: Pick<Pull<OrderKind>, 'deps' | 'source' | 'clock' | 'run'>): Promise<boolean> => {
  const { db, log, noteBuyerRequests } = deps;
  if (!noteBuyerRequests) return true;
  const { connection, api } = source;
  const connectionId = connection.id;
  let after = 0n;
  for (;;) {
    const orders = await findUnnotedRequests(db.prisma, { connectionId, after, limit: IDS_PER_CALL });
    const last = orders.at(-1);
    if (!last) return true;
    const ids = orders.map(({ tiktokOrderId }) => tiktokOrderId);
    try {
      const shop = { connection, api, now: clock.now(), by: run.by };
      await noteBuyerRequests(shop, ids, (tx) => run.guard(tx));
    } catch (error) {
      // The orders themselves are in: what could not be asked now is asked at the next pull.
      if (!(error instanceof AppError)) throw error;
      log.warn({ connectionId, reason: error.message }, 'requests to cancel could not be read');
      return true;
    }
    if (run.signal.aborted) return false;
    after = last.id;
  }
};
