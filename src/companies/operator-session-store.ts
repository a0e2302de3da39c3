import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../kernel/errors.js';
import type { Prisma, Tx } from '../store/database.js';
import { HOUR_MS, MINUTE_MS } from '../kernel/time.js';
import { toOperator, type Operator } from './operator-store.js';

/** An operator's log-in in one browser. */
export interface OperatorSession {
  operator: Operator;
  /** SHA-256 of the cookie; names the session in other tables. */
  idHash: string;
  /** Every form carries it. */
  csrfToken: string;
}

export interface SessionTimes {
  /** A session ends when nothing was asked for so long, to a minute. */
  idleMs: number;
  /** It ends after this in any case. */
  absoluteMs: number;
}

export const defaultSessionTimes: SessionTimes = { idleMs: 30 * MINUTE_MS, absoluteMs: 12 * HOUR_MS };

/** Where a log-in comes from, for its owner's list. */
export interface SessionOrigin {
  /** The range of addresses, as `rangeOf` names it. */
  range: string;
  /** What the browser calls itself. */
  browser: string;
}

/** A log-in as it may be shown. */
export interface SessionView {
  /** Names it without being its cookie. */
  id: string;
  createdAt: Date;
  seenAt: Date;
  expiresAt: Date;
  range: string | null;
  browser: string | null;
}

/** A second factor has to come that soon. */
const CODE_WAIT_MS = 5 * MINUTE_MS;
const LONGEST_BROWSER = 200;
const SHOWN_ID = 16;
const TOKEN_BYTES = 32;
const LONGEST_COOKIE = 200;

/**
 * Makes a new session with an id that was never used before.
 * @param at.awaitsCode it is none yet: `findAwaiting` knows it for some minutes, `findSession` never
 * @returns the cookie's value, which is stored nowhere
 * @throws AppError not-authenticated when the account was removed at this moment
 */
export async function startSession(
  tx: Tx,
  operator: Operator,
  at: { now: Date; times: SessionTimes; origin?: SessionOrigin; awaitsCode?: boolean },
): Promise<{ cookie: string; session: OperatorSession }> {
  const cookie = randomBytes(TOKEN_BYTES).toString('base64url');
  const idHash = hashCookie(cookie);
  const csrfToken = randomBytes(TOKEN_BYTES).toString('base64url');
  const data = {
    idHash,
    operatorId: operator.id,
    passwordVersion: operator.passwordVersion,
    csrfToken,
    createdAt: at.now,
    seenAt: at.now,
    expiresAt: new Date(at.now.getTime() + (at.awaitsCode ? CODE_WAIT_MS : at.times.absoluteMs)),
    awaitsCode: at.awaitsCode ?? false,
    fromRange: at.origin?.range ?? null,
    browser: at.origin?.browser.replaceAll('\0', '').slice(0, LONGEST_BROWSER) ?? null,
  };
  try {
    await tx.operatorSession.create({ data });
  } catch (error) {
    const stillThere = await tx.operator.findUnique({ where: { id: operator.id }, select: { id: true } });
    if (stillThere) throw error;
    throw new AppError('not-authenticated', 'This account has just been removed.', { cause: error });
  }
  return { cookie, session: { operator, idHash, csrfToken } };
}

/** The live session of a cookie, or null. Notes that it was used, at most once a minute. */
export async function findSession(
  tx: Tx,
  cookie: string,
  at: { now: Date; times: SessionTimes },
): Promise<OperatorSession | null> {
  if (cookie.length === 0 || cookie.length > LONGEST_COOKIE) return null;
  const row = await findRow(tx, cookie, {
    expiresAt: { gt: at.now },
    seenAt: { gt: new Date(at.now.getTime() - at.times.idleMs) },
    awaitsCode: false,
  });
  if (!row) return null;
  const { idHash, csrfToken } = row;
  if (at.now.getTime() - row.seenAt.getTime() >= MINUTE_MS) {
    await tx.operatorSession.updateMany({ where: { idHash }, data: { seenAt: at.now } });
  }
  return { operator: toOperator(row.operator), idHash, csrfToken };
}

/** Whose password was right in this browser some minutes ago, and whose second factor is still to come. */
export async function findAwaiting(tx: Tx, cookie: string, now: Date): Promise<OperatorSession | null> {
  if (cookie.length === 0 || cookie.length > LONGEST_COOKIE) return null;
  const row = await findRow(tx, cookie, { expiresAt: { gt: now }, awaitsCode: true });
  return row && { operator: toOperator(row.operator), idHash: row.idHash, csrfToken: row.csrfToken };
}

async function findRow(tx: Tx, cookie: string, where: Prisma.OperatorSessionWhereInput) {
  const row = await tx.operatorSession.findFirst({
    where: { ...where, idHash: hashCookie(cookie) },
    include: { operator: { include: { company: { select: { deactivatedAt: true } } } } },
  });
  // Begun with a password that was changed meanwhile.
  if (!row || row.passwordVersion !== row.operator.passwordVersion) return null;
  return row.operator.company?.deactivatedAt ? null : row;
}

/** Live log-ins of an operator, the one that was used last first. */
export async function listSessions(tx: Tx, operatorId: number, now: Date): Promise<SessionView[]> {
  const rows = await tx.operatorSession.findMany({
    where: { operatorId, expiresAt: { gt: now }, awaitsCode: false },
    orderBy: { seenAt: 'desc' },
    take: 100,
  });
  return rows.map(({ idHash, createdAt, seenAt, expiresAt, fromRange, browser }) => ({
    id: shownId(idHash),
    createdAt,
    seenAt,
    expiresAt,
    range: fromRange,
    browser,
  }));
}

/** What names a session in lists. */
export function shownId(idHash: string): string {
  return idHash.slice(0, SHOWN_ID);
}

/** Ends sessions of an operator: one by its shown id, or all but one. @returns how many */
export async function endSessions(
  tx: Tx,
  operatorId: number,
  which: { id: string } | { allBut: string | null },
): Promise<number> {
  const chosen =
    'id' in which
      ? { idHash: { startsWith: /^[0-9a-f]{16}$/.test(which.id) ? which.id : 'none' } }
      : which.allBut === null
        ? {}
        : { idHash: { not: which.allBut } };
  const { count } = await tx.operatorSession.deleteMany({ where: { operatorId, ...chosen } });
  return count;
}

/** Log-out. The cookie is worthless from now on, wherever it was copied to. */
export async function endSession(tx: Tx, idHash: string): Promise<void> {
  await tx.operatorSession.deleteMany({ where: { idHash } });
}

/** Housekeeping: sessions whose time is over are of no use to anybody. */
export async function deleteExpiredSessions(tx: Tx, now: Date): Promise<number> {
  const { count } = await tx.operatorSession.deleteMany({ where: { expiresAt: { lte: now } } });
  return count;
}

function hashCookie(cookie: string): string {
  return createHash('sha256').update(cookie).digest('hex');
}
