import type { Actor } from './actor.js';
import { AppError } from '../kernel/errors.js';
import { isUniqueViolation, type Database, type Tx } from '../store/database.js';
import { hashPassword, verifyPassword } from './password.js';
import { passwordProblem } from './weak-password.js';

/** A person who administers through the pages. */
export interface Operator {
  id: number;
  login: string;
  /** Which of the operator's passwords opened the session; a session ends with the password that began it. */
  passwordVersion: number;
}

/** What may be shown of an operator. */
export interface OperatorView {
  id: number;
  login: string;
  createdAt: Date;
  /** Who made the account: an operator, or a user of the command line. Null: it is not known any more. */
  createdBy: string | null;
  /** Null: the password is still the first one. */
  passwordSetAt: Date | null;
  passwordSetBy: string | null;
  /** The last click of a session that is still there, exact to a minute. */
  lastSeenAt: Date | null;
}

const LOGIN = /^[\w.@+-]{1,100}$/;
/** The fixed account of the demo, which listens on loopback only. */
export const DEMO_OPERATOR = { login: 'demo', password: 'demo' };
const SHOWN = { id: true, login: true, passwordVersion: true };

/**
 * Logins are kept in lower case.
 * @param wanted.by who makes the account
 * @throws AppError invalid-request for a login with odd characters or a weak password; conflict
 */
export async function createOperator(
  tx: Tx,
  wanted: { login: string; password: string; by: Actor },
): Promise<Operator> {
  if (normalizeLogin(wanted.login) === DEMO_OPERATOR.login) {
    throw invalid('login', 'The login demo is that of the demo; production does not start with it.');
  }
  refuseWeak(wanted.password, wanted.login);
  return insertOperator(tx, { ...wanted, by: wordsOf(wanted.by) });
}

/** For the demo alone: the account `demo` with the password `demo`. Safe to repeat. */
export async function ensureDemoOperator(tx: Tx): Promise<Operator> {
  const { login } = DEMO_OPERATOR;
  const existing = await tx.operator.findUnique({ where: { login }, select: SHOWN });
  return existing ?? insertOperator(tx, { ...DEMO_OPERATOR, by: 'the demo' });
}

/** Null for a login that does not exist as for a wrong password; both take the same time. */
export async function authenticateOperator(
  tx: Tx,
  given: { login: string; password: string },
): Promise<Operator | null> {
  const row = await tx.operator.findUnique({ where: { login: normalizeLogin(given.login) } });
  const fits = await verifyPassword(given.password, row?.passwordHash ?? null);
  return row && fits ? { id: row.id, login: row.login, passwordVersion: row.passwordVersion } : null;
}

/**
 * Finds the operators that have this very password. Slow on purpose, like every check of a password: for a start, never
 * for a request.
 */
export async function operatorsWithPassword(tx: Tx, password: string): Promise<{ login: string }[]> {
  const rows = await tx.operator.findMany({ orderBy: { login: 'asc' } });
  const found: { login: string }[] = [];
  // One after the other: each check takes 32 MiB and a processor.
  for (const { login, passwordHash } of rows) {
    if (await verifyPassword(password, passwordHash)) found.push({ login });
  }
  return found;
}

/** All operators, by login. */
export async function listOperators(tx: Tx): Promise<OperatorView[]> {
  const rows = await tx.operator.findMany({
    orderBy: { login: 'asc' },
    omit: { passwordHash: true, passwordVersion: true },
    include: { sessions: { orderBy: { seenAt: 'desc' }, take: 1, select: { seenAt: true } } },
  });
  return rows.map(({ sessions, ...operator }) => ({ ...operator, lastSeenAt: sessions[0]?.seenAt ?? null }));
}

/** @throws AppError not-found */
export async function getOperator(
  tx: Tx,
  which: { id: number } | { login: string },
): Promise<Pick<Operator, 'id' | 'login'>> {
  const where = 'id' in which ? { id: which.id } : { login: normalizeLogin(which.login) };
  const row = await tx.operator.findUnique({ where, select: { id: true, login: true } });
  if (row) return row;
  throw new AppError('not-found', `There is no operator ${'id' in which ? which.id : where.login}.`);
}

/**
 * Gives an operator a new password and ends all sessions of that operator; one that begins at this moment with the old password is
 * worth nothing either.
 * @param wanted.by who does it
 * @param also what else is written with it
 * @throws AppError not-found; invalid-request for a weak password
 */
export async function setPassword(
  db: Pick<Database, 'prisma' | 'transaction'>,
  wanted: { id: number; password: string; by: Actor; now: Date },
  also?: (tx: Tx) => Promise<void>,
): Promise<void> {
  const { login } = await getOperator(db.prisma, wanted);
  refuseWeak(wanted.password, login);
  // Slow on purpose, so before the transaction and not inside of it.
  const passwordHash = await hashPassword(wanted.password);
  await db.transaction(async (tx) => {
    const { count } = await tx.operator.updateMany({
      where: { id: wanted.id },
      data: {
        passwordHash,
        passwordVersion: { increment: 1 },
        passwordSetAt: wanted.now,
        passwordSetBy: wordsOf(wanted.by),
      },
    });
    if (count === 0) throw new AppError('not-found', `There is no operator ${login} any more.`);
    await tx.operatorSession.deleteMany({ where: { operatorId: wanted.id } });
    await also?.(tx);
  });
}

/**
 * Removes an operator with their sessions. What the operator did stays.
 * @param also what else is written with it
 * @throws AppError not-found; rule-violated for the last one, without which no log-in would be left
 */
export async function removeOperator(
  db: Pick<Database, 'transaction'>,
  which: { id: number },
  also?: (tx: Tx) => Promise<void>,
): Promise<void> {
  await db.transaction(async (tx) => {
    // Two operators who remove each other take turns, and the second is refused as the last one.
    const rows = await tx.$queryRaw<{ id: number; login: string }[]>`
      SELECT id, login FROM operators ORDER BY id FOR UPDATE`;
    const operator = rows.find(({ id }) => id === which.id);
    if (!operator) throw new AppError('not-found', `There is no operator ${which.id}.`);
    if (rows.length === 1) {
      const next = 'Add another operator first.';
      const message = `${operator.login} is the last operator: without an operator no log-in is possible.`;
      throw new AppError('rule-violated', message, { details: [{ message, next }] });
    }
    await tx.operator.delete({ where: { id: which.id } });
    await also?.(tx);
  });
}

/** One spelling for one account, also for counting failures. */
export function normalizeLogin(login: string): string {
  return login.trim().toLowerCase();
}

/** Whether a text could be a login: what is none may be a password in the wrong field. */
export function isLogin(text: string): boolean {
  return LOGIN.test(text);
}

async function insertOperator(
  tx: Tx,
  wanted: { login: string; password: string; by: string },
): Promise<Operator> {
  const login = normalizeLogin(wanted.login);
  if (!isLogin(login)) {
    throw invalid('login', 'A login has 1 to 100 letters, digits or the characters . _ - @ +');
  }
  const passwordHash = await hashPassword(wanted.password);
  try {
    const data = { login, passwordHash, createdBy: wanted.by };
    return await tx.operator.create({ data, select: SHOWN });
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('conflict', `There is an operator ${login} already.`);
    throw error;
  }
}

/** Who it was, for the list of operators, which outlives them. */
function wordsOf({ via, name }: Actor): string {
  return via === 'cli' ? `the command line (user ${name})` : `operator ${name}`;
}

function refuseWeak(password: string, login: string): void {
  const problem = passwordProblem(password, normalizeLogin(login));
  if (problem !== null) throw invalid('password', problem);
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid-request', message, { details: [{ field, message }] });
}
