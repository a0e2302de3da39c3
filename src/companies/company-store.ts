import { AppError } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';

/** A seller. Owns API keys, connections and documents. */
export interface Company {
  /** The company number that documents carry, from 7001 up. */
  id: number;
  name: string;
  createdAt: Date;
}

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

/** All companies, in ascending order of their numbers. */
export async function listCompanies(tx: Tx): Promise<Company[]> {
  return tx.company.findMany({ orderBy: { id: 'asc' } });
}
