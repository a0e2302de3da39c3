import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import type { Actor } from '../companies/actor.js';
import { createOperator, removeOperator, setPassword, type Operator } from '../companies/operator-store.js';
import type { Clock } from '../kernel/time.js';
import type { Database, Tx } from '../store/database.js';

interface OperatorDeps {
  db: Database;
  clock: Clock;
}

/** @throws AppError as `createOperator` */
export async function addOperator(
  { db }: Pick<OperatorDeps, 'db'>,
  wanted: { login: string; password: string; by: Actor },
): Promise<Operator> {
  return db.transaction(async (tx) => {
    const operator = await createOperator(tx, wanted);
    await trail(tx, wanted.by, operator, 'operator.created');
    return operator;
  });
}

/** A new password, set by somebody else or at the command line; it ends all sessions. @throws AppError as `setPassword` */
export async function resetPassword(
  { db, clock }: OperatorDeps,
  { operator, password, by }: { operator: Pick<Operator, 'id' | 'login'>; password: string; by: Actor },
): Promise<void> {
  const wanted = { id: operator.id, password, by, now: clock.now() };
  await setPassword(db, wanted, (tx) => trail(tx, by, operator, 'operator.password-set'));
}

/** @throws AppError as `removeOperator` */
export async function dismissOperator(
  { db }: Pick<OperatorDeps, 'db'>,
  { operator, by }: { operator: Pick<Operator, 'id' | 'login'>; by: Actor },
): Promise<void> {
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
