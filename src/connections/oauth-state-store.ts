import { createHash } from 'node:crypto';
import type { Tx } from '../store/database.js';
import { DAY_MS } from '../kernel/time.js';
import type { Environment } from '../domain/shop.js';

/** An authorisation that an operator has started in a browser and that TikTok has not answered yet. */
interface StartedAuthorization {
  connectionId: number;
  /** SHA-256 of the cookie of the operator's session. */
  sessionHash: string;
  environment: Environment;
  /** Origin of the page that the browser was sent to. */
  authorizeHost: string;
  expiresAt: Date;
  usedAt: Date | null;
}

/** Only the hash of a state is kept: whoever reads the table cannot answer in the operator's place. */
export async function insertState(
  tx: Tx,
  started: { state: string; now: Date } & Omit<StartedAuthorization, 'usedAt'>,
): Promise<void> {
  const { state, now, ...columns } = started;
  await tx.oauthState.create({ data: { ...columns, stateHash: hashState(state), createdAt: now } });
}

export async function findState(tx: Tx, state: string): Promise<StartedAuthorization | null> {
  const row = await tx.oauthState.findUnique({ where: { stateHash: hashState(state) } });
  return row && { ...row, environment: row.environment as Environment };
}

/** Uses a state up. @returns false unless it is unused, in time and of this session */
export async function useState(
  tx: Tx,
  claim: { state: string; sessionHash: string; now: Date },
): Promise<boolean> {
  const { count } = await tx.oauthState.updateMany({
    where: {
      stateHash: hashState(claim.state),
      sessionHash: claim.sessionHash,
      usedAt: null,
      expiresAt: { gt: claim.now },
    },
    data: { usedAt: claim.now },
  });
  return count === 1;
}

/** Housekeeping: states are kept for a day after their end, so that a late answer is told what was wrong with it. */
export async function deleteOldStates(tx: Tx, now: Date): Promise<number> {
  const { count } = await tx.oauthState.deleteMany({
    where: { expiresAt: { lt: new Date(now.getTime() - DAY_MS) } },
  });
  return count;
}

function hashState(state: string): string {
  return createHash('sha256').update(state).digest('hex');
}
