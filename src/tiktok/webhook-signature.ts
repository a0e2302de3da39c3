import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signature looks like: nothing else needs to be computed for. */
const HEX = /^[0-9a-f]{64}$/;

export function looksSigned(header: unknown): header is string {
  return typeof header === 'string' && HEX.test(header);
}

/**
 * Whether TikTok has sent this: the header Authorization is the lower-case hex HMAC-SHA256, keyed with the app's secret, over the
 * app's key and the body byte for byte. Takes as long for a signature that is nearly right as for any other.
 * Source: TikTok "TTS webhooks overview".
 */
export function isSignedBy(
  { appKey, appSecret }: { appKey: string; appSecret: string },
  { header, body }: { header: string; body: Buffer },
): boolean {
  if (!looksSigned(header)) return false;
  const expected = createHmac('sha256', appSecret).update(appKey).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(header, 'hex'));
}
