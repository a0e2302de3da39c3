import { AppError } from '../errors.js';
import { isUniqueViolation, type Tx } from '../store/database.js';
import { hashPassword, verifyPassword } from './password.js';

/** A person who administers through the pages. */
export interface Operator {
  id: number;
  login: string;
}

const SHORTEST_PASSWORD = 12;
const LOGIN = /^[\w.@+-]{1,100}$/;
/** The fixed account of the demo, which listens on loopback only. */
export const DEMO_OPERATOR = { login: 'demo', password: 'demo' };

/**
 * Logins are kept in lower case.
 * @throws AppError invalid-request for a login with odd characters or a password under 12 characters; conflict
 */
export async function createOperator(tx: Tx, wanted: { login: string; password: string }): Promise<Operator> {
  if (wanted.password.length < SHORTEST_PASSWORD) {
    const message = `A password needs at least ${SHORTEST_PASSWORD} characters.`;
    throw new AppError('invalid-request', message, { details: [{ field: 'password', message }] });
  }
  return insertOperator(tx, wanted);
}

/** For the demo alone: the account `demo` with the password `demo`. Safe to repeat. */
export async function ensureDemoOperator(tx: Tx): Promise<Operator> {
  const { login } = DEMO_OPERATOR;
  const existing = await tx.operator.findUnique({ where: { login }, select: { id: true, login: true } });
  return existing ?? insertOperator(tx, DEMO_OPERATOR);
}

/** Null for a login that does not exist as for a wrong password; both take the same time. */
export async function authenticateOperator(
  tx: Tx,
  given: { login: string; password: string },
): Promise<Operator | null> {
  const row = await tx.operator.findUnique({ where: { login: normalizeLogin(given.login) } });
  const fits = await verifyPassword(given.password, row?.passwordHash ?? null);
  return row && fits ? { id: row.id, login: row.login } : null;
}

/** One spelling for one account, also for counting failures. */
export function normalizeLogin(login: string): string {
  return login.trim().toLowerCase();
}

/** Whether a text could be a login: what is none may be a password in the wrong field. */
export function isLogin(text: string): boolean {
  return LOGIN.test(text);
}

async function insertOperator(tx: Tx, wanted: { login: string; password: string }): Promise<Operator> {
  const login = normalizeLogin(wanted.login);
  if (!isLogin(login)) {
    const message = 'A login has 1 to 100 letters, digits or the characters . _ - @ +';
    throw new AppError('invalid-request', message, { details: [{ field: 'login', message }] });
  }
  const passwordHash = await hashPassword(wanted.password);
  try {
    const { id } = await tx.operator.create({ data: { login, passwordHash } });
    return { id, login };
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('conflict', `There is an operator ${login} already.`);
    throw error;
  }
}
