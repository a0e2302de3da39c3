import { endpointName, pathOf } from './endpoints.js';
import type { Endpoint } from './endpoints.js';
import type { DoorRequest } from '../outbound/http-door.js';
import { signRequest } from './sign.js';

const CONTENT_TYPE = 'application/json';

/** Values of a query as they are signed; lists travel comma-joined in one parameter. */
export type QueryValue = string | number | boolean | readonly string[] | null | undefined;

export interface TikTokCall {
  endpoint: Endpoint;
  /** For the placeholders of the endpoint's route. */
  ids?: Readonly<Record<string, string>>;
  /** Null and undefined are left out. */
  query?: Readonly<Record<string, QueryValue>>;
  /** Serialised once, as JSON; absent means no body at all. */
  body?: unknown;
  /** A multipart form as it is sent, in place of a body; TikTok does not sign it. */
  form?: { contentType: string; body: Buffer };
}

/** A call as far as it stays the same when it is repeated with another token or time. */
export interface PreparedCall {
  endpoint: Endpoint;
  /** Name without ids, see endpointName. */
  name: string;
  path: string;
  query: Record<string, string>;
  contentType: string;
  body: Buffer | undefined;
}

/** @throws TikTokError refused when an id cannot be one */
export function prepareCall(call: TikTokCall): PreparedCall {
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== null && value !== undefined) query[name] = String(value);
  }
  return {
    endpoint: call.endpoint,
    name: endpointName(call.endpoint),
    path: pathOf(call.endpoint, call.ids),
    query,
    contentType: call.form?.contentType ?? CONTENT_TYPE,
    body: call.form?.body ?? (call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body))),
  };
}

interface Credentials {
  appKey: string;
  appSecret: string;
  accessToken: string;
  cipher: string | null;
}

/** Signs the very bytes that are sent. Values are signed as they are and encoded only in the target. */
export function signedRequest(
  origin: string,
  call: PreparedCall,
  credentials: Credentials,
  unixSeconds: number,
): DoorRequest {
  const query: Record<string, string> = {
    ...call.query,
    app_key: credentials.appKey,
    timestamp: String(unixSeconds),
  };
  if (credentials.cipher !== null) query['shop_cipher'] = credentials.cipher;
  query['sign'] = signRequest({
    path: call.path,
    query,
    body: call.body,
    contentType: call.contentType,
    appSecret: credentials.appSecret,
  });
  return {
    origin,
    method: call.endpoint.method,
    target: `${call.path}?${encodeQuery(query)}`,
    headers: { 'content-type': call.contentType, 'x-tts-access-token': credentials.accessToken },
    body: call.body,
  };
}

/** Percent-encoding throughout, spaces included: `+` for a space is a matter of the reader's taste. */
export function encodeQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}
