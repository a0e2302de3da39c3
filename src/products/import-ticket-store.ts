import { randomUUID } from 'node:crypto';
import { DAY_MS } from '../kernel/time.js';
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
