import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SECOND_MS } from '../kernel/time.js';

/** RFC 4648, without padding: what authenticator apps take. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** RFC 4226: at least 128 bits, 160 recommended. */
const SECRET_BYTES = 20;
const DIGITS = 6;
const STEP_MS = 30 * SECOND_MS;
/** RFC 6238, 5.2: one step for a clock that is behind or ahead, and for the time that typing takes. */
const STEPS_AROUND = [0, -1, 1] as const;
const ISSUER = 'TikTok Shop connector';
const RECOVERY_BYTES = 10;
const RECOVERY_CODES = 10;

export function newTotpSecret(): string {
  return base32(randomBytes(SECRET_BYTES));
}

/** What authenticator apps read from a QR code, or open as a link. */
export function totpUri(secret: string, login: string): string {
  const label = `${encodeURIComponent(ISSUER)}:${encodeURIComponent(login)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(ISSUER)}&algorithm=SHA1&digits=${DIGITS}&period=30`;
}

/** RFC 6238 with SHA-1, six digits and steps of 30 s. */
export function totpAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = mac[mac.length - 1]! & 0x0f;
  const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** DIGITS;
  return String(number).padStart(DIGITS, '0');
}

export function totpStep(now: Date): number {
  return Math.floor(now.getTime() / STEP_MS);
}

/** The step that a code belongs to, near this time; null for a wrong code. It is for the caller that none counts twice. */
export function findTotpStep(secret: string, code: string, now: Date): number | null {
  const given = Buffer.from(code.replaceAll(/\s/g, ''));
  const steps = STEPS_AROUND.map((around) => totpStep(now) + around).filter((step) => {
    const expected = Buffer.from(totpAt(secret, step));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return steps[0] ?? null;
}

/** Codes of 80 random bits, in groups that people can copy. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () =>
    base32(randomBytes(RECOVERY_BYTES))
      .toLowerCase()
      .replaceAll(/(.{4})(?=.)/g, '$1-'),
  );
}

/** A recovery code as it is compared, or null for what can be none. */
export function plainRecoveryCode(text: string): string | null {
  const plain = text.slice(0, 100).replaceAll(/[\s-]/g, '').toUpperCase();
  return /^[A-Z2-7]{16}$/.test(plain) ? plain : null;
}

function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET[(value << (5 - bits)) & 31];
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text) {
    value = (value << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 255);
    value &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}
