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
  settingsVersion: number;
  /** Null: it is active. */
  deactivatedAt: Date | null;
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
  return tx.company.create({ data: { name: checkName(company.name) } });
}

/** Changes a company that the caller has locked. @throws AppError invalid-request for a bad name */
export async function updateCompany(
  tx: Tx,
  id: number,
  change: { name?: string; deactivatedAt?: Date | null },
): Promise<Company> {
  const data = change.name === undefined ? change : { ...change, name: checkName(change.name) };
  return tx.company.update({ where: { id }, data });
}

function checkName(given: string): string {
  const name = given.trim();
  if (name.length === 0 || name.length > NAME_LENGTH) {
    throw new AppError('invalid-request', 'A company needs a name of 1 to 200 characters.', {
      details: [{ field: 'name', message: 'must have 1 to 200 characters' }],
    });
  }
  return name;
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

/** All companies, in ascending order of their numbers. */
export async function listCompanies(tx: Tx): Promise<Company[]> {
  return tx.company.findMany({ orderBy: { id: 'asc' } });
}
