import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const NEW_BYTES = 32;
/** Standard Webhooks: between 24 and 64 bytes. */
const LEAST_BYTES = 24;
const MOST_BYTES = 64;
const LONGEST_TEXT = 100;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export function newWebhookSecret(): string {
  return PREFIX + randomBytes(NEW_BYTES).toString('base64');
}

/** What is wrong with a secret of a caller; null: nothing. */
export function secretProblem(secret: string): string | null {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const { length } = Buffer.from(text, 'base64');
  if (text.length <= LONGEST_TEXT && BASE64.test(text) && length >= LEAST_BYTES && length <= MOST_BYTES)
    return null;
  return `must be ${PREFIX} and ${LEAST_BYTES} to ${MOST_BYTES} random bytes in base64`;
}

/**
 * The headers of Standard Webhooks (its specification 1.0.0): the signature is over `id.timestamp.body`, one for each secret,
 * so that receivers change over when they like.
 */
export function signedHeaders(
  secrets: readonly string[],
  { id, at, body }: { id: string; at: Date; body: Buffer },
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
