import { createHash, randomBytes } from 'node:crypto';
import type { KeyHolder } from './actor.js';
import { AppError } from '../kernel/errors.js';
import { isUniqueViolation, type Database, type Tx } from '../store/database.js';
import { MINUTE_MS } from '../kernel/time.js';

/** Two keys per company may be live, so that one can be replaced while the other is in use. */
export type KeySlot = 'primary' | 'secondary';
export const keySlots: readonly KeySlot[] = ['primary', 'secondary'];

/** Whose key a request carries. */
interface CompanyCaller extends KeyHolder {
  companyName: string;
  slot: KeySlot;
}

/** What may be shown of a key. The key itself is never shown a second time. */
export interface ApiKey {
  id: string;
  companyId: number;
  slot: KeySlot;
  createdAt: Date;
  expiresAt: Date | null;
  /** Exact to a minute. */
  lastUsedAt: Date | null;
}

interface NewApiKey {
  companyId: number;
  slot: KeySlot;
  now: Date;
  /** Null: until revoked. */
  expiresAt?: Date | null;
}

const KEY_PREFIX = 'tsc_';
const KEY_BYTES = 32;
/** Far above the length of a key; strangers must not make us hash megabytes. */
const LONGEST_KEY = 200;
/** The fixed key of the demo, which listens on loopback only. Configuration refuses it anywhere else. */
export const DEMO_KEY = 'demo';

/**
 * Makes a key for a free slot; an expired key does not hold its slot.
 * @returns the key in clear text, which is stored nowhere: show it once
 * @throws AppError conflict when the slot has a live key
 */
export async function createApiKey(tx: Tx, wanted: NewApiKey): Promise<{ apiKey: ApiKey; key: string }> {
  await tx.apiKey.updateMany({
    where: {
      companyId: wanted.companyId,
      slot: wanted.slot,
      revokedAt: null,
      expiresAt: { lte: wanted.now },
    },
    data: { revokedAt: wanted.now },
  });
  const key = `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`;
  try {
    return { apiKey: await insertKey(tx, wanted, key), key };
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError(
      'conflict',
      `This company has a live ${wanted.slot} key already. Replace or revoke it.`,
    );
  }
}

/** Revokes the slot's key, if there is one, and makes a new one. The old key is refused from the commit on. */
export async function rotateApiKey(tx: Tx, wanted: NewApiKey): Promise<{ apiKey: ApiKey; key: string }> {
  await revokeApiKey(tx, wanted);
  return createApiKey(tx, wanted);
}

/** @returns false when the slot had no live key */
export async function revokeApiKey(
  tx: Tx,
  which: { companyId: number; slot: KeySlot; now: Date },
): Promise<boolean> {
  const { count } = await tx.apiKey.updateMany({
    where: { companyId: which.companyId, slot: which.slot, revokedAt: null },
    data: { revokedAt: which.now },
  });
  return count > 0;
}

/** Keys that are not revoked (they may have expired), primary first. */
export async function listApiKeys(tx: Tx, companyId: number): Promise<ApiKey[]> {
  const rows = await tx.apiKey.findMany({ where: { companyId, revokedAt: null }, orderBy: { slot: 'asc' } });
  return rows.map((row) => toApiKey(row));
}

/** For the demo alone: gives the company the fixed key `demo`. Safe to repeat. */
export async function ensureDemoKey(tx: Tx, which: { companyId: number; now: Date }): Promise<void> {
  const existing = await tx.apiKey.findUnique({ where: { secretHash: hashKey(DEMO_KEY) } });
  if (!existing) await insertKey(tx, { ...which, slot: 'primary' }, DEMO_KEY);
}

interface CallerRow {
  key_id: string;
  company_id: number;
  company_name: string;
  slot: KeySlot;
  touch: boolean;
}

/** Runs for every request of the API, so it is a prepared statement on the readers' pool. */
const FIND_CALLER = {
  name: 'find-caller-by-key',
  text: `SELECT k.id AS key_id, k.slot, c.id AS company_id, c.name AS company_name,
                (k.last_used_at IS NULL OR k.last_used_at < $3) AS touch
         FROM api_keys k JOIN companies c ON c.id = k.company_id
         WHERE k.secret_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)`,
};
const TOUCH_KEY = {
  name: 'touch-key',
  text: `UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)`,
};

/**
 * The company behind a key, or null for a key that is unknown, revoked or expired. The look-up is by the key's SHA-256:
 * the time it takes says nothing about the key, and the table alone gives no access.
 */
export async function findCallerByKey(
  db: Pick<Database, 'pool'>,
  key: string,
  now: Date,
): Promise<CompanyCaller | null> {
  if (key.length === 0 || key.length > LONGEST_KEY) return null;
  const minuteAgo = new Date(now.getTime() - MINUTE_MS);
  const { rows } = await db.pool.query<CallerRow>({ ...FIND_CALLER, values: [hashKey(key), now, minuteAgo] });
  const row = rows[0];
  if (!row) return null;
  if (row.touch) await db.pool.query({ ...TOUCH_KEY, values: [row.key_id, now, minuteAgo] });
  return { companyId: row.company_id, companyName: row.company_name, keyId: row.key_id, slot: row.slot };
}

/** A key that is good no more, by what it was; null for one that this service has never made. */
export async function findEndedKey(
  tx: Tx,
  key: string,
): Promise<{ keyId: string; companyId: number; isRevoked: boolean } | null> {
  const row = await tx.apiKey.findUnique({ where: { secretHash: hashKey(key) } });
  return row && { keyId: row.id, companyId: row.companyId, isRevoked: row.revokedAt !== null };
}

async function insertKey(tx: Tx, wanted: NewApiKey, key: string): Promise<ApiKey> {
  const row = await tx.apiKey.create({
    data: {
      id: `key_${randomBytes(9).toString('base64url')}`,
      companyId: wanted.companyId,
      slot: wanted.slot,
      secretHash: hashKey(key),
      createdAt: wanted.now,
      expiresAt: wanted.expiresAt ?? null,
    },
  });
  return toApiKey(row);
}

/** Plain SHA-256 is right here: a key has 256 random bits, so there is nothing to guess that a slow hash would protect. */
function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function toApiKey(row: Omit<ApiKey, 'slot'> & { slot: string }): ApiKey {
  const { id, companyId, createdAt, expiresAt, lastUsedAt } = row;
  return { id, companyId, slot: row.slot as KeySlot, createdAt, expiresAt, lastUsedAt };
}
