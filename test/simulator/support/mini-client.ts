import { createHmac } from 'node:crypto';

import { DEMO_APP_KEY, DEMO_APP_SECRET, type Simulator } from '../../../src/simulator/server.js';
import { nonconformities } from './conformance.js';

export type Json = Record<string, unknown>;

export interface Reply {
  status: number;
  code: number;
  message: string;
  data: Json;
  envelope: Json;
  text: string;
  headers: Headers;
}

export interface CallOptions {
  query?: Record<string, string>;
  body?: unknown;
  token?: string;
  cipher?: string;
  /** Replaces what would be sent. */
  appKey?: string;
  secret?: string;
  timestamp?: string;
  sign?: string;
  contentType?: string;
  rawBody?: string | Buffer;
  /** Hangs up. */
  signal?: AbortSignal;
}

/**
 * A TikTok client of a few lines that shares no code with the simulator: it signs on its own. Its `call` holds every answer
 * against the documented fields, types and enums.
 */
export interface MiniClient {
  shopId: string;
  cipher: string;
  token: string;
  refreshToken: string;
  providerId: string;
  providerName: string;
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  search(body?: object, query?: Record<string, string>): Promise<Reply>;
  order(id: string): Promise<Json>;
  markShipped(orderId: string, trackingNumber: string, unitIds?: string[]): Promise<Reply>;
}

export function sign(secret: string, path: string, query: Record<string, string>, body: string): string {
  const names = Object.keys(query).filter((name) => name !== 'sign' && name !== 'access_token');
  const joined = names.toSorted().map((name) => name + (query[name] ?? ''));
  return createHmac('sha256', secret)
    .update(secret + path + joined.join('') + body + secret)
    .digest('hex');
}

/** A client with tokens for the first shop of the given name. */
export function clientFor(simulator: Simulator, shopName: string): MiniClient {
  const shop = simulator.control.shops().find(({ name }) => name === shopName);
  if (shop === undefined) throw new Error(`no shop ${shopName}`);
  const tokens = simulator.control.grantTokens({ openId: shop.openId });
  const cipher = shop.ciphers[DEMO_APP_KEY] ?? '';
  const provider = shop.deliveryOptions.flatMap((option) => option.providers)[0];
  const client: MiniClient = {
    shopId: shop.id,
    cipher,
    token: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    providerId: provider?.id ?? '',
    providerName: provider?.name ?? '',
    call: async (method, path, options = {}) => {
      const isBent = bendsAnswers(simulator);
      const reply = await send(simulator.url, method, path, { token: client.token, cipher, ...options });
      const wrong = isBent || reply.code !== 0 ? [] : nonconformities(method, path, reply.data);
      if (wrong.length > 0) throw new Error(`${method} ${path} is not as documented: ${wrong.join('; ')}`);
      return reply;
    },
    search: (body = {}, query = {}) =>
      client.call('POST', '/order/202309/orders/search', { body, query: { page_size: '100', ...query } }),
    order: async (id) => {
      const reply = await client.call('GET', '/order/202507/orders', { query: { ids: id } });
      return first(reply.data['orders']);
    },
    markShipped: (orderId, trackingNumber, unitIds) =>
      client.call('POST', `/fulfillment/202309/orders/${orderId}/packages`, {
        body: {
          tracking_number: trackingNumber,
          shipping_provider_id: client.providerId,
          ...(unitIds === undefined ? {} : { order_line_item_ids: unitIds }),
        },
      }),
  };
  return client;
}

/** A fault or a switch makes answers other than documented on purpose. */
function bendsAnswers({ control }: Simulator): boolean {
  return control.liveFaults().length > 0 || control.behaviour().combinedReturn === 'text';
}

export async function send(url: string, method: string, path: string, options: CallOptions): Promise<Reply> {
  const body = options.rawBody ?? (options.body === undefined ? '' : JSON.stringify(options.body));
  // TikTok: files are no part of the signature.
  const text = options.contentType?.startsWith('multipart/') === true ? '' : body.toString();
  const query: Record<string, string> = {
    app_key: options.appKey ?? DEMO_APP_KEY,
    timestamp: options.timestamp ?? String(Math.floor(Date.now() / 1000)),
    ...(options.cipher === undefined || options.cipher === '' ? {} : { shop_cipher: options.cipher }),
    ...options.query,
  };
  query['sign'] = options.sign ?? sign(options.secret ?? DEMO_APP_SECRET, path, query, text);
  if (options.sign === '') delete query['sign'];
  const headers: Record<string, string> = { 'content-type': options.contentType ?? 'application/json' };
  if (options.token !== undefined && options.token !== '') headers['x-tts-access-token'] = options.token;
  const target = `${url}${path}?${new URLSearchParams(query).toString()}`;
  const response = await fetch(target, {
    method,
    headers,
    ...(body.length === 0 ? {} : { body: new Uint8Array(Buffer.from(body)) }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return asReply(response);
}

async function asReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const envelope = parse(text);
  return {
    status: response.status,
    code: Number(envelope['code'] ?? Number.NaN),
    message: textOf(envelope['message']),
    data: (envelope['data'] ?? {}) as Json,
    envelope,
    text,
    headers: response.headers,
  };
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

export function rows(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

export function first(value: unknown): Json {
  return rows(value)[0] ?? {};
}

export function ids(value: unknown): string[] {
  return rows(value).map((row) => String(row['id']));
}
