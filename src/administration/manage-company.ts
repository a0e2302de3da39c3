import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import type { Actor } from '../companies/actor.js';
import { lockCompany } from '../companies/company-settings.js';
import { createCompany, findCompany, updateCompany, type Company } from '../companies/company-store.js';
import { allow } from '../companies/permissions.js';
import { standStill, goOn } from '../connections/company-standing.js';
import { recordEvents } from '../documents/document-store.js';
import type { ConnectionsDeps } from '../connections/connections-deps.js';
import { AppError } from '../kernel/errors.js';
import type { Database, Tx } from '../store/database.js';
import type { Clock } from '../kernel/time.js';

interface CompanyDeps {
  db: Database;
  clock: Clock;
}

/** A company, and who does something to it. */
interface OneCompany {
  companyId: number;
  by: Actor;
}

/** @throws AppError invalid-request for a bad name, not-allowed */
export async function addCompany(
  { db }: Pick<CompanyDeps, 'db'>,
  { name, by }: { name: string; by: Actor },
): Promise<Company> {
  allow(by, 'companies', null);
  return db.transaction(async (tx) => {
    const company = await createCompany(tx, { name });
    const which = { companyId: company.id, by };
    const summary = `The company ${company.name} was created.`;
    await recordEvents(tx, by, [{ companyId: company.id, event: 'company-created', summary }]);
    await trail(tx, which, 'company.created', { after: { name: company.name } });
    return company;
  });
}

/** @throws AppError invalid-request for a bad name, not-found, not-allowed */
export async function renameCompany(
  { db }: Pick<CompanyDeps, 'db'>,
  { name, ...which }: OneCompany & { name: string },
): Promise<Company> {
  allow(which.by, 'companies', which.companyId);
  return db.transaction(async (tx) => {
    const before = await lock(tx, which);
    const company = await updateCompany(tx, before.id, { name });
    if (company.name === before.name) return company;
    await tell(tx, which, `The company ${before.name} is called ${company.name} from now on.`);
    const values = { before: { name: before.name }, after: { name: company.name } };
    await trail(tx, which, 'company.renamed', values);
    return company;
  });
}

/**
 * Its keys and people are refused and its connections stand still; nothing is lost. Safe to repeat.
 * @throws AppError not-found, not-allowed
 */
export async function deactivateCompany({ db, clock }: CompanyDeps, which: OneCompany): Promise<Company> {
  allow(which.by, 'companies', which.companyId);
  return db.transaction(async (tx) => {
    const before = await lock(tx, which);
    if (before.deactivatedAt) return before;
    const company = await updateCompany(tx, before.id, { deactivatedAt: clock.now() });
    const stopped = await standStill(tx, which);
    await tell(tx, which, `The company ${before.name} was deactivated; its connections stand still.`);
    await trail(tx, which, 'company.deactivated', { after: { connections: stopped } });
    return company;
  });
}

/** Its keys and people are let in again, and connections that stood still for that go on where they stopped. Safe to repeat. */
export async function activateCompany(
  deps: CompanyDeps & Pick<ConnectionsDeps, 'ensureFlows'>,
  which: OneCompany,
): Promise<Company> {
  allow(which.by, 'companies', which.companyId);
  return deps.db.transaction(async (tx) => {
    const before = await lock(tx, which);
    if (!before.deactivatedAt) return before;
    const company = await updateCompany(tx, before.id, { deactivatedAt: null });
    const going = await goOn(tx, deps, which);
    await tell(tx, which, `The company ${before.name} is active again.`);
    await trail(tx, which, 'company.activated', { after: { connections: going } });
    return company;
  });
}

async function lock(tx: Tx, { companyId }: OneCompany): Promise<Company> {
  await lockCompany(tx, companyId);
  const company = await findCompany(tx, companyId);
  if (company) return company;
  throw new AppError('not-found', `There is no company ${companyId}.`);
}

async function tell(tx: Tx, { by, companyId }: OneCompany, summary: string): Promise<void> {
  await recordEvents(tx, by, [{ companyId, event: 'company-changed', summary }]);
}

async function trail(
  tx: Tx,
  { by, companyId }: OneCompany,
  action: AuditAction,
  values: { before?: object; after?: object },
): Promise<void> {
  await audit(tx, by, [{ action, subject: `company ${companyId}`, companyId, ...values }]);
}
