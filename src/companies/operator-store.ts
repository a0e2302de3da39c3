import { actorWords, operatorRoles, type Actor, type OperatorRole } from './actor.js';
import { AppError } from '../kernel/errors.js';
import { isUniqueViolation, type Database, type Tx } from '../store/database.js';
import { hashPassword, verifyPassword } from './password.js';
import { passwordProblem } from './weak-password.js';

/** A person who logs in to the pages. */
export interface Operator {
  id: number;
  login: string;
  role: OperatorRole;
  /** The company that it is bound to; null: it sees all. */
  companyId: number | null;
  /** Every log-in needs a code besides. */
  hasSecondFactor: boolean;
  /** Which of the operator's passwords opened the session; a session ends with the password that began it. */
  passwordVersion: number;
}

/** What may be shown of an operator. */
export interface OperatorView {
  id: number;
  login: string;
  role: OperatorRole;
  companyId: number | null;
  hasSecondFactor: boolean;
  createdAt: Date;
  /** Who made the account: an operator, or a user of the command line. Null: it is not known any more. */
  createdBy: string | null;
  /** Null: the password is still the first one. */
  passwordSetAt: Date | null;
  passwordSetBy: string | null;
  /** The last click of a session that is still there, exact to a minute. */
  lastSeenAt: Date | null;
}

/** What somebody may do, and where. A seller has a company, an operator none, a reader either. */
export interface RoleChoice {
  role: OperatorRole;
  companyId: number | null;
}

interface OperatorRow {
  id: number;
  login: string;
  passwordVersion: number;
  role: string;
  companyId: number | null;
  totpSecret: string | null;
}

const LOGIN = /^[\w.@+-]{1,100}$/;
/** The fixed account of the demo, which listens on loopback only. */
export const DEMO_OPERATOR = { login: 'demo', password: 'demo' };

/**
 * Logins are kept in lower case.
 * @param wanted.by who makes the account
 * @throws AppError invalid-request for a login with odd characters or a weak password; conflict
 */
export async function createOperator(
  tx: Tx,
  wanted: { login: string; password: string; by: Actor } & Partial<RoleChoice>,
): Promise<Operator> {
  if (normalizeLogin(wanted.login) === DEMO_OPERATOR.login) {
    throw invalid('login', 'The login demo is that of the demo; production does not start with it.');
  }
  refuseWeak(wanted.password, wanted.login);
  return insertOperator(tx, { ...wanted, by: actorWords(wanted.by) });
}

/** For the demo alone: the account `demo` with the password `demo`. Safe to repeat. */
export async function ensureDemoOperator(tx: Tx): Promise<Operator> {
  const { login } = DEMO_OPERATOR;
  const existing = await tx.operator.findUnique({ where: { login } });
  return existing ? toOperator(existing) : insertOperator(tx, { ...DEMO_OPERATOR, by: 'the demo' });
}

/** Null for a login that does not exist as for a wrong password; both take the same time. */
export async function authenticateOperator(
  tx: Tx,
  given: { login: string; password: string },
): Promise<Operator | null> {
  const row = await tx.operator.findUnique({ where: { login: normalizeLogin(given.login) } });
  const fits = await verifyPassword(given.password, row?.passwordHash ?? null);
  return row && fits ? toOperator(row) : null;
}

/** A row as the pages know it. */
export function toOperator(row: OperatorRow): Operator {
  const { id, login, passwordVersion, role, companyId, totpSecret } = row;
  const hasSecondFactor = totpSecret !== null;
  return { id, login, passwordVersion, role: role as OperatorRole, companyId, hasSecondFactor };
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
    include: { sessions: { orderBy: { seenAt: 'desc' }, take: 1, select: { seenAt: true } } },
  });
  return rows.map((row) => {
    const { passwordVersion: _version, ...operator } = toOperator(row);
    const { createdAt, createdBy, passwordSetAt, passwordSetBy, sessions } = row;
    const lastSeenAt = sessions[0]?.seenAt ?? null;
    return { ...operator, createdAt, createdBy, passwordSetAt, passwordSetBy, lastSeenAt };
  });
}

/** @throws AppError not-found */
export async function getOperator(tx: Tx, which: { id: number } | { login: string }): Promise<Operator> {
  const where = 'id' in which ? { id: which.id } : { login: normalizeLogin(which.login) };
  const row = await tx.operator.findUnique({ where });
  if (row) return toOperator(row);
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
        passwordSetBy: actorWords(wanted.by),
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
 * @throws AppError not-found; rule-violated for the last one who administers, without whom nobody could
 */
export async function removeOperator(
  db: Pick<Database, 'transaction'>,
  which: { id: number },
  also?: (tx: Tx) => Promise<void>,
): Promise<void> {
  await db.transaction(async (tx) => {
    await keepOne(tx, which.id);
    await tx.operator.delete({ where: { id: which.id } });
    await also?.(tx);
  });
}

/**
 * Gives an operator another role, which counts with the next click.
 * @returns the operator as before
 * @throws AppError not-found; invalid-request for a company that does not fit the role; rule-violated for the last one who administers
 */
export async function changeRole(tx: Tx, id: number, wanted: RoleChoice): Promise<Operator> {
  const data = await checkRole(tx, wanted);
  const before = wanted.role === 'operator' ? await getOperator(tx, { id }) : await keepOne(tx, id);
  await tx.operator.update({ where: { id }, data });
  return before;
}

/** Two operators who remove each other take turns, and the second is refused as the last one. */
async function keepOne(tx: Tx, id: number): Promise<Operator> {
  await tx.$queryRaw`SELECT id FROM operators ORDER BY id FOR UPDATE`;
  const operator = await getOperator(tx, { id });
  const others = await tx.operator.count({ where: { role: 'operator', id: { not: id } } });
  if (others > 0 || operator.role !== 'operator') return operator;
  const next = 'Add another operator first.';
  const message = `${operator.login} is the last operator: without an operator nobody could administer this service.`;
  throw new AppError('rule-violated', message, { details: [{ message, next }] });
}

async function checkRole(tx: Tx, { role, companyId }: RoleChoice): Promise<RoleChoice> {
  if (!operatorRoles.includes(role)) throw invalid('role', `A role is one of ${operatorRoles.join(', ')}.`);
  if (role === 'operator' && companyId !== null) {
    throw invalid('company', 'An operator administers all companies: give none.');
  }
  if (role === 'seller' && companyId === null) throw invalid('company', 'A seller needs a company.');
  if (companyId !== null && !(await tx.company.findUnique({ where: { id: companyId } }))) {
    throw invalid('company', `There is no company ${companyId}.`);
  }
  return { role, companyId };
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
  wanted: { login: string; password: string; by: string } & Partial<RoleChoice>,
): Promise<Operator> {
  const login = normalizeLogin(wanted.login);
  if (!isLogin(login)) {
    throw invalid('login', 'A login has 1 to 100 letters, digits or the characters . _ - @ +');
  }
  const { role = 'operator', companyId = null } = wanted;
  const choice = await checkRole(tx, { role, companyId });
  const passwordHash = await hashPassword(wanted.password);
  try {
    return toOperator(
      await tx.operator.create({ data: { ...choice, login, passwordHash, createdBy: wanted.by } }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('conflict', `There is an operator ${login} already.`);
    throw error;
  }
}

function refuseWeak(password: string, login: string): void {
  const problem = passwordProblem(password, normalizeLogin(login));
  if (problem !== null) throw invalid('password', problem);
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid-request', message, { details: [{ field, message }] });
}
