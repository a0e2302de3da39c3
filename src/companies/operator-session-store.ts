import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../kernel/errors.js';
import type { Tx } from '../store/database.js';
import { HOUR_MS, MINUTE_MS } from '../kernel/time.js';
import type { Operator } from './operator-store.js';

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

const TOKEN_BYTES = 32;
const LONGEST_COOKIE = 200;

/**
 * Makes a new session with an id that was never used before.
 * @returns the cookie's value, which is stored nowhere
 * @throws AppError not-authenticated when the account was removed at this moment
 */
export async function startSession(
  tx: Tx,
  operator: Operator,
  at: { now: Date; times: SessionTimes },
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
    expiresAt: new Date(at.now.getTime() + at.times.absoluteMs),
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
  const row = await tx.operatorSession.findUnique({
    where: {
      idHash: hashCookie(cookie),
      expiresAt: { gt: at.now },
      seenAt: { gt: new Date(at.now.getTime() - at.times.idleMs) },
    },
    include: { operator: true },
  });
  // Begun with a password that was changed meanwhile.
  if (!row || row.passwordVersion !== row.operator.passwordVersion) return null;
  const { idHash, csrfToken } = row;
  const { id, login, passwordVersion } = row.operator;
  if (at.now.getTime() - row.seenAt.getTime() >= MINUTE_MS) {
    await tx.operatorSession.updateMany({ where: { idHash }, data: { seenAt: at.now } });
  }
  return { operator: { id, login, passwordVersion }, idHash, csrfToken };
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
