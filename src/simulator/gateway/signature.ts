import { createHmac, timingSafeEqual } from 'node:crypto';

interface SignedRequest {
  /** As sent, without host and query. */
  path: string;
  /** Decoded name and value; `sign` and `access_token` are left out here. */
  query: Iterable<readonly [name: string, value: string]>;
  /** Raw bytes; not part of the signature for multipart bodies. */
  body?: Uint8Array;
  contentType?: string | undefined;
}

/** TikTok: Sign your API request. HMAC-SHA256 as lower-case hex over secret, path, sorted parameters, body, secret. */
export function signatureOf(secret: string, request: SignedRequest): string {
  const hmac = createHmac('sha256', secret);
  hmac.update(secret + request.path);
  for (const [name, value] of sortedParameters(request)) hmac.update(name + value);
  if (request.body !== undefined && !isMultipart(request.contentType)) hmac.update(request.body);
  return hmac.update(secret).digest('hex');
}

const SHOWN_BYTES = 2000;

/** What the signature is made from, for a developer whose own differs; a long body is cut. */
export function textToSign(secret: string, request: SignedRequest): string {
  const names = sortedParameters(request).map(([name, value]) => name + value);
  const body = isMultipart(request.contentType) ? undefined : request.body;
  const shown = body === undefined ? '' : Buffer.from(body).subarray(0, SHOWN_BYTES).toString('utf8');
  return secret + request.path + names.join('') + shown + secret;
}

function sortedParameters(request: SignedRequest): (readonly [name: string, value: string])[] {
  return [...request.query]
    .filter(([name]) => name !== 'sign' && name !== 'access_token')
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Compares as sent: upper-case hex is a wrong signature. */
export function isSignedWith(secret: string, sign: string, request: SignedRequest): boolean {
  const expected = Buffer.from(signatureOf(secret, request));
  const given = Buffer.from(sign);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export function isMultipart(contentType: string | undefined): boolean {
  return mediaType(contentType) === 'multipart/form-data';
}

export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
