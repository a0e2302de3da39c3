import { randomUUID } from 'node:crypto';
import { DAY_MS, MINUTE_MS } from '../kernel/time.js';
import { fromNow } from '../store/database-clock.js';
import type { Tx } from '../store/database.js';

/** An import that a caller has announced. */
export interface ImportTicket {
  companyId: number;
  ticket: string;
  connectionId: number;
  /** Null until its file came. */
  importId: number | null;
}

const KEEP_MS = 30 * DAY_MS;

export async function makeTicket(
  tx: Tx,
  { companyId, connectionId, now }: { companyId: number; connectionId: number; now: Date },
): Promise<string> {
  const ticket = randomUUID();
  await tx.productImportTicket.deleteMany({
    where: { companyId, madeAt: { lt: new Date(now.getTime() - KEEP_MS) } },
  });
  await tx.productImportTicket.create({ data: { companyId, ticket, connectionId, madeAt: now } });
  return ticket;
}

/** Null also for another company's. */
export async function findTicket(tx: Tx, companyId: number, ticket: string): Promise<ImportTicket | null> {
  return tx.productImportTicket.findUnique({ where: { companyId_ticket: { companyId, ticket } } });
}

/** Longer than an upload takes. */
const CLAIM_MS = 15 * MINUTE_MS;

/** A file begins to come. @returns whether it is the first for the ticket, and none is on the way */
export async function claimTicket(
  tx: Tx,
  { companyId, ticket }: Pick<ImportTicket, 'companyId' | 'ticket'>,
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE product_import_tickets SET claimed_until = ${fromNow(CLAIM_MS)}
    WHERE company_id = ${companyId} AND ticket = ${ticket} AND import_id IS NULL
      AND (claimed_until IS NULL OR claimed_until < clock_timestamp())`;
  return count > 0;
}

/** The file did not come to its end: another one may come. */
export async function releaseTicket(
  tx: Tx,
  { companyId, ticket }: Pick<ImportTicket, 'companyId' | 'ticket'>,
): Promise<void> {
  await tx.productImportTicket.updateMany({
    where: { companyId, ticket, importId: null },
    data: { claimedUntil: null },
  });
}

/** @returns whether it was free: of two files for one ticket the first counts */
export async function useTicket(
  tx: Tx,
  { companyId, ticket }: Pick<ImportTicket, 'companyId' | 'ticket'>,
  importId: number,
): Promise<boolean> {
  const { count } = await tx.productImportTicket.updateMany({
    where: { companyId, ticket, importId: null },
    data: { importId },
  });
  return count > 0;
}
