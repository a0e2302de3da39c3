import { createHmac, timingSafeEqual } from 'node:crypto';

import { badParameter } from './api-error.js';

const MAC_BYTES = 18;

/**
 * An opaque page token that works only for the query it was made for. Standard base64, so it holds `+`, `/` and `=`
 * as TikTok's do: a client that signs the encoded form or sends the raw one fails here too.
 */
export function pageToken(secret: string, query: unknown, position: unknown): string {
  const payload = Buffer.from(JSON.stringify(position));
  return Buffer.concat([macOf(secret, query, payload), payload.map((byte) => byte ^ 0xa5)]).toString(
    'base64',
  );
}

/**
 * The position inside a token. UNCONFIRMED what TikTok does when sort, filter or page size changed between pages:
 * here 36009004.
 */
export function readPageToken(secret: string, query: unknown, token: string): unknown {
  const bytes = Buffer.from(token, 'base64');
  const payload = Buffer.from(bytes.subarray(MAC_BYTES).map((byte) => byte ^ 0xa5));
  const mac = bytes.subarray(0, MAC_BYTES);
  if (mac.length < MAC_BYTES || !timingSafeEqual(mac, macOf(secret, query, payload))) {
    throw badParameter("The 'page_token' parameter is invalid or does not belong to this query.");
  }
  return JSON.parse(payload.toString('utf8'));
}

function macOf(secret: string, query: unknown, payload: Uint8Array): Buffer {
  const digest = createHmac('sha256', secret).update(JSON.stringify(query)).update(payload).digest();
  return digest.subarray(0, MAC_BYTES);
}
