import { randomBytes } from 'node:crypto';

/**
 * The token of a session as one answer shows it: masked anew each time, since pages are compressed, and what is the same in
 * every answer could be guessed from their lengths.
 */
export function maskToken(token: string): string {
  const plain = Buffer.from(token);
  const mask = randomBytes(plain.length);
  return `${mask.toString('base64url')}.${xor(plain, mask).toString('base64url')}`;
}

/** What was masked; the empty text for anything else. */
export function unmaskToken(masked: string): string {
  const [mask, rest, ...more] = masked.split('.').map((part) => Buffer.from(part, 'base64url'));
  if (!mask || !rest || more.length > 0 || mask.length !== rest.length) return '';
  return xor(mask, rest).toString();
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}
