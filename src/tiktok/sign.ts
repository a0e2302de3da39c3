import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedParts {
  /** Path only, as sent: `/order/202309/orders/search`. */
  path: string;
  /** Decoded values; lists already comma-joined. `sign` and `access_token` may be in it and are left out. */
  query: Readonly<Record<string, string>>;
  /** The bytes that are sent. Nothing on GET. */
  body?: Buffer | string | undefined;
  contentType?: string | undefined;
  appSecret: string;
}

const UNSIGNED_PARAMETERS = new Set(['sign', 'access_token']);

/**
 * The `sign` parameter: lower-case hex HMAC-SHA256 over secret + path + sorted parameters + body + secret.
 * The body counts byte for byte, so sign exactly what is sent; multipart bodies do not count.
 * Source: TikTok "Sign your API request".
 */
export function signRequest({ path, query, body, contentType, appSecret }: SignedParts): string {
  const hmac = createHmac('sha256', appSecret);
  hmac.update(appSecret + path + joinParameters(query));
  if (body !== undefined && !isMultipart(contentType)) hmac.update(body);
  return hmac.update(appSecret).digest('hex');
}

/** Sorted by UTF-16 code unit, which is byte order for the ASCII names that TikTok uses. */
function joinParameters(query: Readonly<Record<string, string>>): string {
  let joined = '';
  for (const name of Object.keys(query).toSorted()) {
    if (!UNSIGNED_PARAMETERS.has(name)) joined += name + (query[name] ?? '');
  }
  return joined;
}

/** Only the media type counts: a `boundary` parameter follows it. */
function isMultipart(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'multipart/form-data';
}

/** The `Authorization` header of a webhook: HMAC-SHA256 over app key + raw body (TikTok: TTS webhooks overview). */
export function signWebhook(webhook: { appKey: string; appSecret: string; body: Buffer | string }): string {
  return createHmac('sha256', webhook.appSecret).update(webhook.appKey).update(webhook.body).digest('hex');
}

/** Compares in constant time, on the raw bytes and before anything is parsed. */
export function verifyWebhook(webhook: {
  appKey: string;
  appSecret: string;
  body: Buffer | string;
  signature: string;
}): boolean {
  const expected = Buffer.from(signWebhook(webhook), 'latin1');
  const given = Buffer.from(webhook.signature, 'utf8');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
