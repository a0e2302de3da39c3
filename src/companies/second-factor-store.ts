import { createHash } from 'node:crypto';
import { MINUTE_MS, SECOND_MS } from '../kernel/time.js';
import type { Tx } from '../store/database.js';
import { sealingKey } from '../store/key-ring.js';
import type { SealedColumn } from '../store/sealed-columns.js';
import type { Sealer } from '../store/secrets.js';
import { findTotpStep, newRecoveryCodes, newTotpSecret, plainRecoveryCode } from './totp.js';

/** What became of a code. `waitMs`: this account had so many wrong ones that it has to wait; the code was not looked at. */
export type CodeOutcome =
  | { result: 'good'; by: 'code' | 'recovery-code' }
  | { result: 'wrong' }
  | { result: 'slowed'; waitMs: number };

/** Envelopes of this area, for a change of the encryption key. */
export const sealedFactors: readonly SealedColumn[] = [
  { table: 'operators', column: 'totp_secret', row: 'id' },
  { table: 'operators', column: 'totp_pending', row: 'id' },
];

interface Deps {
  tx: Tx;
  sealer: Sealer;
}

const FREE_TRIES = 5;
const FIRST_WAIT_MS = 30 * SECOND_MS;
const LONGEST_WAIT_MS = 15 * MINUTE_MS;

/** Makes a secret that counts only once a code of it was given. @returns it, to be shown now and never again */
export async function beginSecondFactor({ tx, sealer }: Deps, operatorId: number): Promise<string> {
  const secret = newTotpSecret();
  const keyId = await sealingKey(tx, sealer);
  const sealed = sealer.seal(secret, placeOf('totp_pending', operatorId), keyId);
  await tx.operator.update({ where: { id: operatorId }, data: { totpPending: sealed } });
  return secret;
}

/**
 * A code of the secret that was shown: from now on every log-in needs one.
 * @returns recovery codes, to be shown now and never again; null for a wrong code, or when there is nothing to confirm
 */
export async function confirmSecondFactor(
  { tx, sealer }: Deps,
  { operatorId, code, now }: { operatorId: number; code: string; now: Date },
): Promise<string[] | null> {
  const row = await lockOperator(tx, operatorId);
  if (!row?.totpPending || row.totpSecret) return null;
  const secret = sealer.open(row.totpPending, placeOf('totp_pending', operatorId));
  const step = findTotpStep(secret, code, now);
  if (step === null) return null;
  await tx.operator.update({
    where: { id: operatorId },
    data: {
      totpSecret: sealer.seal(secret, placeOf('totp_secret', operatorId), await sealingKey(tx, sealer)),
      totpPending: null,
      totpStep: step,
      totpFailures: 0,
      totpFailedAt: null,
    },
  });
  const codes = newRecoveryCodes();
  await tx.operatorRecoveryCode.deleteMany({ where: { operatorId } });
  await tx.operatorRecoveryCode.createMany({
    data: codes.map((text) => ({ operatorId, codeHash: hashOf(operatorId, plainRecoveryCode(text) ?? '') })),
  });
  return codes;
}

/** @returns false when there was none */
export async function endSecondFactor(tx: Tx, operatorId: number): Promise<boolean> {
  await tx.operatorRecoveryCode.deleteMany({ where: { operatorId } });
  const { count } = await tx.operator.updateMany({
    where: { id: operatorId, totpSecret: { not: null } },
    data: { totpSecret: null, totpPending: null, totpStep: null, totpFailures: 0, totpFailedAt: null },
  });
  return count > 0;
}

/**
 * Checks a code of an account, one at a time: a code counts once, and so does a recovery code. After five wrong ones the account waits,
 * from wherever they come, each time twice as long up to a quarter of an hour: six digits can be guessed, and whoever tries
 * them has the password already. A recovery code cannot be guessed, so it is never slowed and lets the owner in meanwhile.
 */
export async function checkSecondFactor(
  { tx, sealer }: Deps,
  { operatorId, code, now }: { operatorId: number; code: string; now: Date },
): Promise<CodeOutcome> {
  const row = await lockOperator(tx, operatorId);
  if (!row?.totpSecret) return { result: 'wrong' };
  const recovery = plainRecoveryCode(code);
  if (recovery !== null) {
    const codeHash = hashOf(operatorId, recovery);
    const { count } = await tx.operatorRecoveryCode.deleteMany({ where: { operatorId, codeHash } });
    if (count > 0) return { result: 'good', by: 'recovery-code' };
    return { result: 'wrong' };
  }
  const waitMs = waitOf(row, now);
  if (waitMs > 0) return { result: 'slowed', waitMs };
  const step = findTotpStep(sealer.open(row.totpSecret, placeOf('totp_secret', operatorId)), code, now);
  if (step === null || (row.totpStep !== null && BigInt(step) <= row.totpStep)) {
    const data = { totpFailures: { increment: 1 }, totpFailedAt: now };
    await tx.operator.update({ where: { id: operatorId }, data });
    return { result: 'wrong' };
  }
  const data = { totpStep: step, totpFailures: 0, totpFailedAt: null };
  await tx.operator.update({ where: { id: operatorId }, data });
  return { result: 'good', by: 'code' };
}

/**
 * Switches second factors off that an encryption key has sealed which is lost for good: nobody could log in with them.
 * @returns the logins
 */
export async function forgetSecondFactors(tx: Tx, keyId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: number; login: string }[]>`
    SELECT id, login FROM operators WHERE split_part(totp_secret, '.', 2) = ${keyId}
      OR split_part(totp_pending, '.', 2) = ${keyId} ORDER BY id FOR UPDATE`;
  await tx.operator.updateMany({
    where: { id: { in: rows.map(({ id }) => id) } },
    data: { totpSecret: null, totpPending: null, totpStep: null },
  });
  return rows.map(({ login }) => login);
}

async function lockOperator(tx: Tx, id: number) {
  await tx.$queryRaw`SELECT id FROM operators WHERE id = ${id} FOR UPDATE`;
  return tx.operator.findUnique({ where: { id } });
}

function waitOf(
  { totpFailures, totpFailedAt }: { totpFailures: number; totpFailedAt: Date | null },
  now: Date,
): number {
  if (totpFailures < FREE_TRIES || !totpFailedAt) return 0;
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(totpFailures - FREE_TRIES, 10), LONGEST_WAIT_MS);
  return Math.max(0, totpFailedAt.getTime() + waitMs - now.getTime());
}

function placeOf(column: 'totp_secret' | 'totp_pending', row: number) {
  return { table: 'operators', row, column };
}

/** Plain SHA-256 is right here: a code has 80 random bits. */
function hashOf(operatorId: number, plain: string): string {
  return createHash('sha256').update(`${operatorId}:${plain}`).digest('hex');
}
