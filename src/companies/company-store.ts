import { AppError } from '../kernel/errors.js';
import type { SqlTx, Tx } from '../store/database.js';

/** A seller. Owns API keys, connections and documents. */
export interface Company {
  /** The company number that documents carry, from 7001 up. */
  id: number;
  name: string;
  createdAt: Date;
  /** Status at which new orders wait for the ERP. */
  pickupStatus: number;
  /** For so many days after its end an order's buyer stays known. */
  retentionDays: number;
}

/** Days that a buyer may stay known after the end of an order. */
export const retentionDaysRange = { least: 1, most: 3650 };

/** Logicbroker hands orders out at Submitted or at Ready to Acknowledge, by account; clients ask for the one that they know. */
export const pickupStatuses: readonly number[] = [100, 150];

const NAME_LENGTH = 200;

/** @throws AppError invalid-request when the name is empty or longer than 200 characters */
export async function createCompany(tx: Tx, company: { name: string }): Promise<Company> {
  const name = company.name.trim();
  if (name.length === 0 || name.length > NAME_LENGTH) {
    throw new AppError('invalid-request', 'A company needs a name of 1 to 200 characters.', {
      details: [{ field: 'name', message: 'must have 1 to 200 characters' }],
    });
  }
  return tx.company.create({ data: { name } });
}

export async function findCompany(tx: Tx, id: number): Promise<Company | null> {
  return tx.company.findUnique({ where: { id } });
}

/** Status at which a company's new orders wait for its ERP. */
export async function pickupStatusOf(tx: SqlTx, id: number): Promise<number> {
  const rows = await tx.$queryRaw<{ status: number }[]>`
    SELECT pickup_status AS status FROM companies WHERE id = ${id}`;
  if (!rows[0]) throw new AppError('not-found', `There is no company ${id}.`);
  return rows[0].status;
}

/**
 * Orders that there are stay where they are.
 * @throws AppError invalid-request for any other status, not-found
 */
export async function setPickupStatus(tx: Tx, { id, status }: { id: number; status: number }): Promise<void> {
  if (!pickupStatuses.includes(status)) {
    throw new AppError(
      'invalid-request',
      'Orders are picked up at 100 (Submitted) or 150 (Ready to Acknowledge).',
      {
        details: [{ field: 'status', message: 'must be 100 or 150' }],
      },
    );
  }
  const { count } = await tx.company.updateMany({ where: { id }, data: { pickupStatus: status } });
  if (count === 0) throw new AppError('not-found', `There is no company ${id}.`);
}

/**
 * @throws AppError invalid-request for a number of days that is not allowed, not-found
 */
export async function setRetentionDays(tx: Tx, { id, days }: { id: number; days: number }): Promise<void> {
  const { least, most } = retentionDaysRange;
  if (!Number.isInteger(days) || days < least || days > most) {
    const message = `must be ${least} to ${most}`;
    throw new AppError(
      'invalid-request',
      `Buyers stay known for ${least} to ${most} days after the end of an order.`,
      {
        details: [{ field: 'days', message }],
      },
    );
  }
  const { count } = await tx.company.updateMany({ where: { id }, data: { retentionDays: days } });
  if (count === 0) throw new AppError('not-found', `There is no company ${id}.`);
}

/** All companies, in ascending order of their numbers. */
export async function listCompanies(tx: Tx): Promise<Company[]> {
  return tx.company.findMany({ orderBy: { id: 'asc' } });
}
