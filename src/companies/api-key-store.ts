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
  /** What it is for, in its owner's words. */
  label: string | null;
  createdAt: Date;
  /** In words; null for keys of earlier versions. */
  createdBy: string | null;
  expiresAt: Date | null;
  /** Not null: another key has replaced it, and it works until `expiresAt`. */
  retiredAt: Date | null;
  /** Exact to a minute. */
  lastUsedAt: Date | null;
}

interface NewApiKey {
  companyId: number;
  slot: KeySlot;
  now: Date;
  /** Null: until revoked. */
  expiresAt?: Date | null;
  label?: string | null;
  /** Who makes it, in words. */
  createdBy?: string | null;
}

const LONGEST_LABEL = 100;

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
      retiredAt: null,
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

/**
 * Makes a new key for the slot. What was in it is refused from the commit on or, with a time of grace, works that much longer
 * beside the new one (never longer than it would have).
 */
export async function rotateApiKey(
  tx: Tx,
  wanted: NewApiKey & { graceMs?: number },
): Promise<{ apiKey: ApiKey; key: string }> {
  const { companyId, slot, now, graceMs = 0 } = wanted;
  if (graceMs <= 0) await revokeApiKey(tx, wanted);
  else
    await tx.$executeRaw`
      UPDATE api_keys SET retired_at = ${now}, expires_at = LEAST(expires_at, ${new Date(now.getTime() + graceMs)})
      WHERE company_id = ${companyId} AND slot = ${slot} AND revoked_at IS NULL AND retired_at IS NULL`;
  return createApiKey(tx, wanted);
}

/** All keys of a slot, those that were replaced and still work included; or one by its id. @returns how many */
export async function revokeApiKey(
  tx: Tx,
  which: { companyId: number; now: Date } & ({ slot: KeySlot } | { keyId: string }),
): Promise<number> {
  const { companyId, now } = which;
  const chosen = 'slot' in which ? { slot: which.slot } : { id: which.keyId };
  const { count } = await tx.apiKey.updateMany({
    where: { companyId, ...chosen, revokedAt: null },
    data: { revokedAt: now },
  });
  return count;
}

/** Keys that are not revoked (those that are not replaced may have expired), primary first, the newest of a slot first. */
export async function listApiKeys(tx: Tx, companyId: number, now = new Date()): Promise<ApiKey[]> {
  const rows = await tx.apiKey.findMany({
    where: { companyId, revokedAt: null, OR: [{ retiredAt: null }, { expiresAt: { gt: now } }] },
    orderBy: [{ slot: 'asc' }, { createdAt: 'desc' }],
  });
  return rows.map((row) => toApiKey(row));
}

/** Gives a key another label. @returns the key as it was, or null @throws AppError invalid-request */
export async function labelApiKey(
  tx: Tx,
  which: { companyId: number; keyId: string; label: string | null },
): Promise<ApiKey | null> {
  const { companyId, keyId } = which;
  const row = await tx.apiKey.findFirst({ where: { companyId, id: keyId, revokedAt: null } });
  if (!row) return null;
  await tx.apiKey.update({ where: { id: keyId }, data: { label: checkLabel(which.label) } });
  return toApiKey(row);
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
         WHERE k.secret_hash = $1 AND k.revoked_at IS NULL AND c.deactivated_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)`,
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

const IS_LIVE = {
  name: 'is-live-key',
  text: `SELECT 1 FROM api_keys k JOIN companies c ON c.id = k.company_id
         WHERE k.id = $1 AND k.revoked_at IS NULL AND c.deactivated_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)`,
};

/** Whether a key that has opened something before still does. */
export async function isLiveKey(db: Pick<Database, 'pool'>, keyId: string, now: Date): Promise<boolean> {
  const { rows } = await db.pool.query({ ...IS_LIVE, values: [keyId, now] });
  return rows.length > 0;
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
      label: checkLabel(wanted.label ?? null),
      createdBy: wanted.createdBy ?? null,
    },
  });
  return toApiKey(row);
}

/** Plain SHA-256 is right here: a key has 256 random bits, so there is nothing to guess that a slow hash would protect. */
function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function toApiKey(row: Omit<ApiKey, 'slot'> & { slot: string }): ApiKey {
  const { id, companyId, label, createdAt, createdBy, expiresAt, retiredAt, lastUsedAt } = row;
  const slot = row.slot as KeySlot;
  return { id, companyId, slot, label, createdAt, createdBy, expiresAt, retiredAt, lastUsedAt };
}

function checkLabel(given: string | null): string | null {
  const label = given?.trim() ?? '';
  if (label.length > LONGEST_LABEL) {
    throw new AppError('invalid-request', `A label has at most ${LONGEST_LABEL} characters.`, {
      details: [{ field: 'label', message: `must have at most ${LONGEST_LABEL} characters` }],
    });
  }
  return label === '' ? null : label;
}
