import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
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
  const parameters = [...request.query]
    .filter(([name]) => name !== 'sign' && name !== 'access_token')
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const hmac = createHmac('sha256', secret);
  hmac.update(secret + request.path);
  for (const [name, value] of parameters) hmac.update(name + value);
  if (request.body !== undefined && !isMultipart(request.contentType)) hmac.update(request.body);
  return hmac.update(secret).digest('hex');
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
