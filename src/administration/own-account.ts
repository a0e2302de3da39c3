import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import type { Actor } from '../companies/actor.js';
import { normalizeLogin, setPassword, type Operator } from '../companies/operator-store.js';
import type { LogIn } from '../companies/login-guard.js';
import {
  endSessions,
  startSession,
  type OperatorSession,
  type SessionOrigin,
  type SessionTimes,
} from '../companies/operator-session-store.js';
import { beginSecondFactor, confirmSecondFactor, endSecondFactor } from '../companies/second-factor-store.js';
import { AppError } from '../kernel/errors.js';
import { SECOND_MS, type Clock } from '../kernel/time.js';
import type { Database, Tx } from '../store/database.js';
import type { Sealer } from '../store/secrets.js';

interface AccountDeps {
  db: Database;
  clock: Clock;
  sealer: Sealer;
  logIn: LogIn;
  times: SessionTimes;
}

/** What somebody does with the own account. */
interface Own {
  session: OperatorSession;
  by: Actor;
  origin: SessionOrigin;
}

/**
 * A new password, with the old one; every other session ends.
 * @returns cookie of the session that goes on in this browser
 * @throws AppError rule-violated for a wrong old password, too-many-requests; as `setPassword`
 */
export async function changeOwnPassword(
  deps: AccountDeps,
  own: Own,
  { old, password }: { old: string; password: string },
): Promise<string> {
  const { operator } = own.session;
  await checkPassword(deps, own, old);
  const now = deps.clock.now();
  let cookie = '';
  await setPassword(deps.db, { id: operator.id, password, by: own.by, now }, async (tx) => {
    await trail(tx, own, 'operator.password-set');
    const present = { ...operator, passwordVersion: operator.passwordVersion + 1 };
    ({ cookie } = await startSession(tx, present, { now, times: deps.times, origin: own.origin }));
  });
  return cookie;
}

/** @returns the secret, to be shown now @throws AppError rule-violated when there is a second factor already */
export async function beginOwnSecondFactor({ db, sealer }: AccountDeps, { session }: Own): Promise<string> {
  if (session.operator.hasSecondFactor) {
    throw new AppError('rule-violated', 'This account has a second factor. Switch it off first.');
  }
  return db.transaction((tx) => beginSecondFactor({ tx, sealer }, session.operator.id));
}

/** Switches it on; every other session ends. @returns recovery codes, or null for a wrong code */
export async function confirmOwnSecondFactor(
  { db, clock, sealer }: AccountDeps,
  own: Own,
  code: string,
): Promise<string[] | null> {
  const { operator, idHash } = own.session;
  return db.transaction(async (tx) => {
    const which = { operatorId: operator.id, code, now: clock.now() };
    const codes = await confirmSecondFactor({ tx, sealer }, which);
    if (!codes) return null;
    await endSessions(tx, operator.id, { allBut: idHash });
    await trail(tx, own, 'operator.second-factor-on');
    return codes;
  });
}

/** Switches it off, with the password. @throws AppError rule-violated for a wrong one, too-many-requests */
export async function endOwnSecondFactor(deps: AccountDeps, own: Own, password: string): Promise<void> {
  await checkPassword(deps, own, password);
  await deps.db.transaction(async (tx) => {
    if (await endSecondFactor(tx, own.session.operator.id))
      await trail(tx, own, 'operator.second-factor-off');
  });
}

/** Ends sessions of one's own: one by its shown id, or all but this one. @returns how many */
export async function endOwnSessions(
  { db }: Pick<AccountDeps, 'db'>,
  own: Own,
  id: string | null,
): Promise<number> {
  const { operator, idHash } = own.session;
  return db.transaction(async (tx) => {
    const count = await endSessions(tx, operator.id, id === null ? { allBut: idHash } : { id });
    if (count > 0) await trail(tx, own, 'session.ended', { count });
    return count;
  });
}

/** Guesses are slowed as those of the log-in are: whoever sits at an open browser must not try passwords there. */
async function checkPassword(
  { db, logIn }: AccountDeps,
  { session, origin }: Own,
  password: string,
): Promise<void> {
  const { login } = session.operator;
  const outcome = await logIn(db.prisma, { login: normalizeLogin(login), password, range: origin.range });
  if (outcome.result === 'welcome') return;
  if (outcome.result === 'wrong') throw new AppError('rule-violated', 'The old password is wrong.');
  const seconds = Math.max(1, Math.ceil(outcome.waitMs / SECOND_MS));
  throw new AppError('too-many-requests', `Too many tries. Wait ${seconds} s and try again.`, {
    retryAfterMs: outcome.waitMs,
  });
}

async function trail(tx: Tx, { session, by }: Own, action: AuditAction, after?: object): Promise<void> {
  const { id, login, companyId }: Operator = session.operator;
  await audit(tx, by, [{ action, subject: `operator ${id} (${login})`, companyId, after }]);
}
