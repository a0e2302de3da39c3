import type { Actor } from '../companies/actor.js';
import { listCompanies, type Company } from '../companies/company-store.js';
import { mayReach } from '../companies/permissions.js';
import { listConnections } from '../connections/connection-store.js';
import type { Connection } from '../connections/connection.js';
import { AppError } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';

/** What somebody may see: the companies, and their shops with the closed ones. */
export interface Reach {
  companies: Company[];
  companyIds: number[];
  connections: Connection[];
}

export async function companiesInReach(tx: Tx, by: Actor): Promise<Company[]> {
  return (await listCompanies(tx)).filter(({ id }) => mayReach(by, id));
}

export async function reachOf(tx: Tx, by: Actor): Promise<Reach> {
  const [companies, all] = await Promise.all([companiesInReach(tx, by), listConnections(tx)]);
  const connections = all.filter(({ companyId }) => mayReach(by, companyId));
  return { companies, companyIds: companies.map(({ id }) => id), connections };
}

/** The shop that a query names. @returns null when it names none. @throws AppError not-found for a foreign one */
export function chosenShop({ connections }: Reach, text: string): Connection | null {
  if (text === '') return null;
  const found = connections.find(({ id }) => String(id) === text);
  if (!found) throw new AppError('not-found', 'There is no such shop.');
  return found;
}

/** For choices in filters. */
export function shopChoices({ connections }: Reach): (readonly [string, string])[] {
  return connections
    .filter(({ shopId }) => shopId !== null)
    .map(({ id, name, shopRegion }) => [String(id), shopRegion ? `${name} (${shopRegion})` : name]);
}

/** The company that a form names. @throws AppError invalid-request for none, and for one that is not in reach */
export function companyInForm({ companies }: Reach, text: string): Company {
  const found = companies.find(({ id }) => String(id) === text);
  if (found) return found;
  throw new AppError('invalid-request', 'Choose a company.', {
    details: [{ field: 'company', message: 'must be chosen' }],
  });
}
