import { listCompanies, type Company } from '../companies/company-store.js';
import type { DocumentKind } from '../documents/document-kind.js';
import { wipeOldEvents } from '../documents/wipe-documents.js';
import { wipeOldAnswers } from '../deliveries/delivery-store.js';
import { wipeOldFiles } from '../deliveries/received-file-store.js';
import { wipeOldReports } from '../imports/wipe-old-reports.js';
import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { DAY_MS, type Clock } from '../kernel/time.js';
import { wipeOldKeptReturns } from '../returns/wipe-return-rows.js';
import type { Database, Tx } from '../store/database.js';
import { wipeOldErrors } from '../sync/flows/wipe-errors.js';
import { findEndedOrders, type EndedOrder } from './ended-orders.js';
import { findLateDocuments, wipeLate } from './late-documents.js';
import { lockOrders, wipeOrders } from './wipe-orders.js';

interface RetentionDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  kinds: readonly DocumentKind[];
}

/** Orders of one transaction: their writers wait for no more. */
const BATCH = 50;
/** Rows of one statement by age. */
const ROWS = 1_000;

interface Due {
  company: Company;
  now: Date;
  /** What ended before then. */
  before: Date;
}

/**
 * Forgets buyers whose orders ended as long ago as their company says, in all companies, bit by bit. Safe to stop, to repeat
 * and to run in several processes: each batch locks its orders and looks again before it writes.
 * @returns orders and late documents that were wiped
 */
export async function forgetBuyers(deps: RetentionDeps): Promise<number> {
  let count = 0;
  for (const company of await listCompanies(deps.db.prisma)) {
    const now = deps.clock.now();
    const due = { company, now, before: new Date(now.getTime() - company.retentionDays * DAY_MS) };
    count += await wipeEnded(deps, due);
    count += await wipeLateDocuments(deps, due);
    await wipeByAge(deps, due);
  }
  return count;
}

async function wipeEnded(deps: RetentionDeps, { company, now, before }: Due): Promise<number> {
  const { db } = deps;
  const companyId = company.id;
  let count = 0;
  for (let after = 0n; ;) {
    const batch = await findEndedOrders(db.prisma, { companyId, before, after, limit: BATCH });
    const last = batch.at(-1);
    if (!last) return count;
    count += await oneByOneAtNeed(deps, batch, (orders) => wipeBatch(deps, orders, { company, now, before }));
    after = last.id;
  }
}

async function wipeBatch(
  { db, kinds }: RetentionDeps,
  orders: readonly EndedOrder[],
  { company: { id: companyId }, now, before }: Due,
): Promise<number> {
  return db.transaction(async (tx) => {
    const context = { tx, kinds, companyId, now };
    await lockOrders(context, orders);
    // A return, a shipment or a pull may have come between.
    const ids = orders.map(({ id }) => id);
    const still = await findEndedOrders(tx, { companyId, before, ids, limit: ids.length });
    if (still.length > 0) await wipeOrders(context, still);
    return still.length;
  });
}

async function wipeLateDocuments(deps: RetentionDeps, { company, now, before }: Due): Promise<number> {
  const { db, kinds } = deps;
  const companyId = company.id;
  let count = 0;
  for (let after = 0; ;) {
    const batch = await findLateDocuments(db.prisma, { companyId, before, after, limit: BATCH });
    const last = batch.at(-1);
    if (!last) return count;
    count += await oneByOneAtNeed(deps, batch, (late) =>
      db.transaction((tx) => wipeLate({ tx, kinds, companyId, now }, late, { before })),
    );
    after = last.key;
  }
}

/** One that cannot be wiped must not keep the others. */
async function oneByOneAtNeed<Item extends { key: number }>(
  { log }: RetentionDeps,
  batch: readonly Item[],
  wipe: (items: readonly Item[]) => Promise<number>,
): Promise<number> {
  try {
    return await wipe(batch);
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'a batch of documents could not be wiped; it is tried one by one');
  }
  let count = 0;
  for (const item of batch) {
    try {
      count += await wipe([item]);
    } catch (error) {
      log.error(
        { documentKey: item.key, reason: messageOf(error), err: error },
        'a document could not be wiped',
      );
    }
  }
  return count;
}

/** What belongs to no order goes by its age. */
async function wipeByAge({ db }: RetentionDeps, { company, before, now }: Due): Promise<void> {
  const which = { companyId: company.id, before, now, limit: ROWS };
  const steps: ((tx: Tx, given: typeof which) => Promise<number>)[] = [
    wipeOldEvents,
    wipeOldErrors,
    wipeOldReports,
    wipeOldFiles,
    wipeOldAnswers,
    wipeOldKeptReturns,
  ];
  for (const step of steps) {
    while ((await db.transaction((tx) => step(tx, which))) >= ROWS);
  }
}
