import type { Tx } from '../store/database.js';
import { HOUR_MS } from '../kernel/time.js';

/** The source of an attempt: a login as `normalizeLogin` writes it, from an address range as `rangeOf` names it. */
export interface Attempt {
  login: string;
  range: string;
}

export interface Failures {
  count: number;
  lastAt: Date;
}

const FORGET_AFTER_MS = HOUR_MS;
/** Whatever was typed into the field is kept up to this length. */
const LONGEST_LOGIN = 100;

/** Failures of the last hour: of this login from this range, and of all logins from there. Null: none. */
export async function findFailures(
  tx: Tx,
  { login, range }: Attempt,
  now: Date,
): Promise<{ ofLogin: Failures | null; ofRange: Failures | null }> {
  const rows = await tx.loginAttempt.findMany({
    where: { addressRange: range, lastAt: { gt: new Date(now.getTime() - FORGET_AFTER_MS) } },
  });
  const own = rows.filter((row) => row.login === shortLogin(login));
  return { ofLogin: summed(own), ofRange: summed(rows) };
}

/** Counts one more failure. The count starts again at 1 when the last failure is an hour old. */
export async function countFailure(tx: Tx, { login, range }: Attempt, now: Date): Promise<void> {
  const forgetBefore = new Date(now.getTime() - FORGET_AFTER_MS);
  await tx.$executeRaw`
    INSERT INTO login_attempts (address_range, login, failures, last_at)
    VALUES (${range}, ${shortLogin(login)}, 1, ${now})
    ON CONFLICT (address_range, login) DO UPDATE SET
      failures = CASE WHEN login_attempts.last_at < ${forgetBefore} THEN 1 ELSE login_attempts.failures + 1 END,
      last_at = EXCLUDED.last_at`;
}

/** After a good log-in: what failed before from there was its owner, mistyping. */
export async function forgetFailures(tx: Tx, { login, range }: Attempt): Promise<void> {
  await tx.loginAttempt.deleteMany({ where: { addressRange: range, login: shortLogin(login) } });
}

/** Housekeeping. */
export async function deleteOldAttempts(tx: Tx, now: Date): Promise<number> {
  const { count } = await tx.loginAttempt.deleteMany({
    where: { lastAt: { lte: new Date(now.getTime() - FORGET_AFTER_MS) } },
  });
  return count;
}

function summed(rows: readonly { failures: number; lastAt: Date }[]): Failures | null {
  if (rows.length === 0) return null;
  return {
    count: rows.reduce((sum, { failures }) => sum + failures, 0),
    lastAt: new Date(Math.max(...rows.map(({ lastAt }) => lastAt.getTime()))),
  };
}

function shortLogin(login: string): string {
  return login.slice(0, LONGEST_LOGIN);
}
