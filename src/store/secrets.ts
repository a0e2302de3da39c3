import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '../kernel/errors.js';
import { MINUTE_MS } from '../kernel/time.js';

/**
 * A data key. All of a list open; the first one that every running process knows seals (store/key-ring.ts), so that keys
 * are replaced while everything runs.
 */
export interface SecretKey {
  /** Short name that is written into every envelope: letters, digits, `-` and `_`. */
  id: string;
  /** 32 bytes. */
  bytes: Buffer;
}

/** Where the secret lies. It is authenticated with the secret, so an envelope is worthless in any other place. */
export interface SecretPlace {
  table: string;
  row: string | number;
  column: string;
}

export interface Sealer {
  /** Names of the keys, the wanted one first. */
  keyIds: readonly [string, ...string[]];
  /** Text to envelope, with the first key or the one named. The same text gives another envelope each time. */
  seal(plain: string, place: SecretPlace, keyId?: string): string;
  /**
   * Envelope to text.
   * @throws AppError service-unavailable when this process does not know the key: nothing is wrong with the secret, so
   *   whoever needs it comes again. configuration-invalid when the envelope was changed or moved, or the key is another one.
   */
  open(envelope: string, place: SecretPlace): string;
}

/** How an envelope begins. */
export const ENVELOPE_VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D: 96 bits; random ones are safe far beyond the number of tokens that we ever seal with one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[\w-]{1,32}$/;

/**
 * Envelopes are `v1.<key id>.<base64url of nonce, ciphertext and tag>`.
 * @throws AppError configuration-invalid when there is no key, a name is used twice or a key is not 32 bytes long
 */
export function createSealer(keys: readonly SecretKey[]): Sealer {
  const current = keys[0];
  if (!current) throw new AppError('configuration-invalid', 'There is no encryption key.');
  const byId = new Map<string, Buffer>();
  for (const { id, bytes } of keys) {
    if (!KEY_ID.test(id)) {
      throw new AppError(
        'configuration-invalid',
        `The encryption key's name ${JSON.stringify(id)} is not valid.`,
      );
    }
    if (bytes.length !== KEY_BYTES) {
      throw new AppError('configuration-invalid', `The encryption key ${id} is not 32 bytes long.`);
    }
    if (byId.has(id)) {
      throw new AppError('configuration-invalid', `Two encryption keys have the name ${id}.`);
    }
    byId.set(id, bytes);
  }
  return {
    keyIds: [current.id, ...keys.slice(1).map(({ id }) => id)],
    seal(plain, place, keyId = current.id) {
      const bytes = byId.get(keyId);
      if (!bytes) throw new AppError('internal', `There is no encryption key ${keyId} to seal with.`);
      return seal({ id: keyId, bytes }, plain, place);
    },
    open: (envelope, place) => open(byId, envelope, place),
  };
}

/** Name of the key that an envelope was sealed with; null when it is none. */
export function keyIdOf(envelope: string): string | null {
  return split(envelope)?.keyId ?? null;
}

function seal(key: SecretKey, plain: string, place: SecretPlace): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.bytes, nonce);
  cipher.setAAD(associatedData(key.id, place));
  const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${ENVELOPE_VERSION}.${key.id}.${body.toString('base64url')}`;
}

function open(keys: ReadonlyMap<string, Buffer>, envelope: string, place: SecretPlace): string {
  const parts = split(envelope);
  if (!parts) throw unreadable(place, 'it is not an envelope of this program');
  const key = keys.get(parts.keyId);
  if (!key) throw unknownKey(place, parts.keyId);
  const decipher = createDecipheriv(CIPHER, key, parts.body.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData(parts.keyId, place));
  decipher.setAuthTag(parts.body.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(parts.body.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    // No cause: OpenSSL's error says nothing more, and nothing of the secret may reach a log.
    throw unreadable(
      place,
      'it was changed, moved from another place, or the key is another one of the same name',
    );
  }
}

function split(envelope: string): { keyId: string; body: Buffer } | null {
  const [version, keyId, text, ...rest] = envelope.split('.');
  if (version !== ENVELOPE_VERSION || !keyId || !text || rest.length > 0) return null;
  const body = Buffer.from(text, 'base64url');
  return body.length >= NONCE_BYTES + TAG_BYTES ? { keyId, body } : null;
}

/** JSON keeps the parts apart, whatever characters they have. */
function associatedData(keyId: string, place: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([ENVELOPE_VERSION, keyId, place.table, String(place.row), place.column]));
}

function unknownKey(place: SecretPlace, keyId: string): AppError {
  return new AppError(
    'service-unavailable',
    `The secret in ${place.table}.${place.column} of row ${place.row} was sealed with the key ${keyId}, which is not configured in this process. Restart it with the present ENCRYPTION_KEYS.`,
    { retryAfterMs: MINUTE_MS },
  );
}

function unreadable(place: SecretPlace, why: string): AppError {
  return new AppError(
    'configuration-invalid',
    `The secret in ${place.table}.${place.column} of row ${place.row} cannot be opened: ${why}.`,
  );
}
