import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { LONGEST_PASSWORD } from './weak-password.js';

interface Cost {
  /** log2 of scrypt's N. */
  logN: number;
  r: number;
  p: number;
}

/** OWASP's password storage cheat sheet: N = 2^15, r = 8, p = 3. Takes 32 MiB and a few tenths of a second. */
const COST: Cost = { logN: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** `scrypt$<log2 N>$<r>$<p>$<salt>$<hash>`, so that the cost can be raised while older hashes still verify. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  const parts = ['scrypt', COST.logN, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')];
  return parts.join('$');
}

/**
 * Whether the password fits the hash. Without a hash (no operator has that login) it works just as long and says no, so that
 * the time does not tell which logins exist.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  // Strangers must not make us hash megabytes.
  if (password.length > LONGEST_PASSWORD) return false;
  const parsed = stored === null ? null : parseHash(stored);
  if (!parsed) {
    await derive(password, randomBytes(SALT_BYTES), COST);
    return false;
  }
  const hash = await derive(password, parsed.salt, parsed.cost);
  return hash.length === parsed.hash.length && timingSafeEqual(hash, parsed.hash);
}

function parseHash(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } | null {
  const [name, logN, r, p, salt, hash] = stored.split('$');
  if (name !== 'scrypt' || !salt || !hash) return null;
  return {
    cost: { logN: Number(logN), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
}

/** Runs in libuv's thread pool: requests go on meanwhile. */
function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  const memoryBytes = 128 * 2 ** cost.logN * cost.r;
  const options: ScryptOptions = { N: 2 ** cost.logN, r: cost.r, p: cost.p, maxmem: 2 * memoryBytes };
  // One person types a letter as one character, another's keyboard composes it of two.
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
