import type { Database, Tx } from '../store/database.js';
import { DAY_MS } from '../kernel/time.js';

/** Answers are kept at least this long. */
const KEEP_IDEMPOTENCY_KEYS_MS = DAY_MS;

/** A call that holds its key until it answers or `lockedUntil` passes. */
export interface IdempotencyClaim {
  companyId: number;
  key: string;
  lockedUntil: Date;
}

/** What a key stands for: one call with one body. */
export interface KeyedCall {
  companyId: number;
  key: string;
  operation: string;
  bodyHash: string;
}

export interface KnownKey extends KeyedCall {
  /** Null while the first call is under way. */
  status: number | null;
  response: string | null;
}

/** One statement takes a new key, one whose holder crashed, and one older than we promise. */
export async function claimKey(
  db: Database,
  wanted: KeyedCall,
  { now, lockedUntil }: { now: Date; lockedUntil: Date },
): Promise<boolean> {
  const tooOld = new Date(now.getTime() - KEEP_IDEMPOTENCY_KEYS_MS);
  const taken = await db.prisma.$executeRaw`
    INSERT INTO idempotency_keys AS k (company_id, key, operation, body_hash, locked_until, created_at)
    VALUES (${wanted.companyId}, ${wanted.key}, ${wanted.operation}, ${wanted.bodyHash}, ${lockedUntil}, ${now})
    ON CONFLICT (company_id, key) DO UPDATE SET operation = excluded.operation, body_hash = excluded.body_hash,
      status = NULL, response = NULL, locked_until = excluded.locked_until, created_at = excluded.created_at
    WHERE k.created_at < ${tooOld} OR (k.status IS NULL AND k.locked_until < ${now}
      AND k.operation = excluded.operation AND k.body_hash = excluded.body_hash)`;
  return taken === 1;
}

export function findKey(
  db: Database,
  { companyId, key }: { companyId: number; key: string },
): Promise<KnownKey | null> {
  return db.prisma.idempotencyKey.findUnique({ where: { companyId_key: { companyId, key } } });
}

/** Nothing happens when the claim ran out and another call holds the key by now. */
export async function keepAnswer(
  db: Database,
  held: IdempotencyClaim,
  status: number,
  response: string,
): Promise<void> {
  const { companyId, key, lockedUntil } = held;
  await db.prisma.idempotencyKey.updateMany({
    where: { companyId, key, lockedUntil },
    data: { status, response },
  });
}

export async function releaseKey(
  db: Database,
  { companyId, key, lockedUntil }: IdempotencyClaim,
): Promise<void> {
  await db.prisma.idempotencyKey.deleteMany({ where: { companyId, key, lockedUntil, status: null } });
}

/**
 * Forgets answers of a company that may repeat what was sent: every refusal, and what names these documents. Whoever
 * repeats such a call has it decided anew, and a document that is here is found by its number.
 */
export async function deleteAnswersAbout(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: readonly number[] },
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM idempotency_keys
    WHERE company_id = ${companyId} AND status IS NOT NULL
      AND (status >= 400 OR response ~ ${`\\m(${keys.join('|')})\\M`} OR operation ~ ${`\\m(${keys.join('|')})\\M`})`;
}

/** Forgets answers whose time is over. @returns how many */
export async function deleteOldKeys(tx: Tx, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEEP_IDEMPOTENCY_KEYS_MS);
  const { count } = await tx.idempotencyKey.deleteMany({ where: { createdAt: { lt: before } } });
  return count;
}
