import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import type { Actor } from '../companies/actor.js';
import { endSessions } from '../companies/operator-session-store.js';
import {
  changeRole,
  createOperator,
  removeOperator,
  setPassword,
  type Operator,
  type RoleChoice,
} from '../companies/operator-store.js';
import { allow } from '../companies/permissions.js';
import { endSecondFactor } from '../companies/second-factor-store.js';
import type { Clock } from '../kernel/time.js';
import type { Database, Tx } from '../store/database.js';

interface OperatorDeps {
  db: Database;
  clock: Clock;
}

/** Whom somebody else does something to. */
interface ByOther {
  operator: Pick<Operator, 'id' | 'login'>;
  by: Actor;
}

/** @throws AppError as `createOperator`, and not-allowed */
export async function addOperator(
  { db }: Pick<OperatorDeps, 'db'>,
  wanted: { login: string; password: string; by: Actor } & Partial<RoleChoice>,
): Promise<Operator> {
  allow(wanted.by, 'people', null);
  return db.transaction(async (tx) => {
    const operator = await createOperator(tx, wanted);
    const { role, companyId } = operator;
    await trail(tx, wanted.by, operator, 'operator.created', { after: { role, companyId } });
    return operator;
  });
}

/** Another role, from the next click on. @throws AppError as `changeRole`, and not-allowed */
export async function assignRole(
  { db }: Pick<OperatorDeps, 'db'>,
  { operator, by, role, companyId }: ByOther & RoleChoice,
): Promise<void> {
  allow(by, 'people', null);
  await db.transaction(async (tx) => {
    const before = await changeRole(tx, operator.id, { role, companyId });
    await trail(tx, by, operator, 'operator.changed', {
      before: { role: before.role, companyId: before.companyId },
      after: { role, companyId },
    });
  });
}

/** A new password, set by somebody else or at the command line; it ends all sessions. @throws AppError as `setPassword`, and not-allowed */
export async function resetPassword(
  { db, clock }: OperatorDeps,
  { operator, password, by }: ByOther & { password: string },
): Promise<void> {
  allow(by, 'people', null);
  const wanted = { id: operator.id, password, by, now: clock.now() };
  await setPassword(db, wanted, (tx) => trail(tx, by, operator, 'operator.password-set'));
}

/** For somebody who has lost the telephone and the recovery codes. @returns false when there was no second factor */
export async function resetSecondFactor(
  { db }: Pick<OperatorDeps, 'db'>,
  { operator, by }: ByOther,
): Promise<boolean> {
  allow(by, 'people', null);
  return db.transaction(async (tx) => {
    if (!(await endSecondFactor(tx, operator.id))) return false;
    await trail(tx, by, operator, 'operator.second-factor-off');
    return true;
  });
}

/** Logs somebody out everywhere. @returns how many sessions ended */
export async function logOut({ db }: Pick<OperatorDeps, 'db'>, { operator, by }: ByOther): Promise<number> {
  allow(by, 'people', null);
  return db.transaction(async (tx) => {
    const count = await endSessions(tx, operator.id, { allBut: null });
    if (count > 0) await trail(tx, by, operator, 'session.ended', { after: { count } });
    return count;
  });
}

/** @throws AppError as `removeOperator`, and not-allowed */
export async function dismissOperator(
  { db }: Pick<OperatorDeps, 'db'>,
  { operator, by }: ByOther,
): Promise<void> {
  allow(by, 'people', null);
  await removeOperator(db, operator, (tx) => trail(tx, by, operator, 'operator.removed'));
}

async function trail(
  tx: Tx,
  by: Actor,
  { id, login }: Pick<Operator, 'id' | 'login'>,
  action: AuditAction,
  values: { before?: object; after?: object } = {},
): Promise<void> {
  await audit(tx, by, [{ action, subject: `operator ${id} (${login})`, ...values }]);
}
