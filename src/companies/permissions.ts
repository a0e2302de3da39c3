import { AppError } from '../kernel/errors.js';
import type { Actor, ActorRole } from './actor.js';

/**
 * What somebody has to be allowed. `see`: look at a company's things; `operate`: connect shops, run, pause, decide; `settings`:
 * settings and lookup tables; `keys`: make, replace and revoke API keys; `own-key`: replace the key that one calls with; `companies` and
 * `people`: make and change companies and operators.
 */
export type Permission = 'see' | 'operate' | 'settings' | 'keys' | 'own-key' | 'companies' | 'people';

/** The one table of who may do what. Use cases and pages ask it; what is not in it is refused. */
const permissions: Record<ActorRole, readonly Permission[]> = {
  administrator: ['see', 'operate', 'settings', 'keys', 'companies', 'people'],
  seller: ['see', 'operate', 'settings', 'keys'],
  reader: ['see'],
  erp: ['see', 'operate', 'settings', 'own-key'],
  program: ['see', 'operate', 'settings'],
};

export function may({ role }: Pick<Actor, 'role'>, permission: Permission): boolean {
  return permissions[role].includes(permission);
}

export function mayReach({ companies }: Pick<Actor, 'companies'>, companyId: number): boolean {
  return companies === 'all' || companies.includes(companyId);
}

/**
 * @param companyId whose things they are; null: they are of no company
 * @throws AppError not-found for another company's things, as if they were not there; not-allowed for what the role has not
 */
export function allow(by: Actor, permission: Permission, companyId: number | null): void {
  if (companyId !== null && !mayReach(by, companyId)) {
    throw new AppError('not-found', `There is no company ${companyId}.`);
  }
  if (may(by, permission)) return;
  const message = `Your role does not allow this (${permission}).`;
  const next = 'Ask an operator of this service.';
  throw new AppError('not-allowed', message, { details: [{ message, next }] });
}
