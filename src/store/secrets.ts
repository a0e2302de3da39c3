import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '../kernel/errors.js';

/** A data key. The first of a list seals; all of them open, so that keys are replaced while everything runs. */
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
  /** Text to envelope. The same text gives another envelope each time. */
  seal(plain: string, place: SecretPlace): string;
  /**
   * Envelope to text.
   * @throws AppError configuration-invalid when the key is unknown, or the envelope was changed or moved
   */
  open(envelope: string, place: SecretPlace): string;
  /** True when the envelope was sealed with a key that is no longer the first. */
  isOutdated(envelope: string): boolean;
}

const VERSION = 'v1';
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
    seal: (plain, place) => seal(current, plain, place),
    open: (envelope, place) => open(byId, envelope, place),
    isOutdated: (envelope) => split(envelope)?.keyId !== current.id,
  };
}

function seal(key: SecretKey, plain: string, place: SecretPlace): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.bytes, nonce);
  cipher.setAAD(associatedData(key.id, place));
  const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${key.id}.${body.toString('base64url')}`;
}

function open(keys: ReadonlyMap<string, Buffer>, envelope: string, place: SecretPlace): string {
  const parts = split(envelope);
  if (!parts) throw unreadable(place, 'it is not an envelope of this program');
  const key = keys.get(parts.keyId);
  if (!key) throw unreadable(place, `it was sealed with the key ${parts.keyId}, which is not configured`);
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
  if (version !== VERSION || !keyId || !text || rest.length > 0) return null;
  const body = Buffer.from(text, 'base64url');
  return body.length >= NONCE_BYTES + TAG_BYTES ? { keyId, body } : null;
}

/** JSON keeps the parts apart, whatever characters they have. */
function associatedData(keyId: string, place: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([VERSION, keyId, place.table, String(place.row), place.column]));
}

function unreadable(place: SecretPlace, why: string): AppError {
  return new AppError(
    'configuration-invalid',
    `The secret in ${place.table}.${place.column} of row ${place.row} cannot be opened: ${why}.`,
  );
}
