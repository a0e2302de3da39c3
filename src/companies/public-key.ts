const KINDS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'];
/** Of 2048 bits, with its exponent and lengths. */
const LEAST_RSA_BYTES = 270;

/** A public key as OpenSSH writes it, comment included, of a kind that still holds. */
export function isPublicKey(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 4_000) return false;
  const [kind = '', base64 = ''] = value.trim().split(/\s+/);
  if (!KINDS.includes(kind) || !/^[A-Za-z0-9+/]{60,3000}={0,2}$/.test(base64)) return false;
  const bytes = Buffer.from(base64, 'base64');
  const named = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1') : '';
  return named === kind && (kind !== 'ssh-rsa' || bytes.length >= LEAST_RSA_BYTES);
}
