import { parseExactJson } from './exact-json.js';
import { asRecord, listOf } from './wire/read.js';

/** What a webhook may have changed; it is read from TikTok, the webhook itself is no truth. */
interface WebhookSubject {
  kind: 'order' | 'cancellation' | 'return' | 'product' | 'authorization';
  /** TikTok's id; empty for the authorisation. */
  id: string;
}

export interface WebhookMessage {
  type: number;
  shopId: string;
  subjects: WebhookSubject[];
}

const ID = /^\d{1,30}$/;
/** TikTok names the orders of a few parcels; more is not believed. */
const MOST_SUBJECTS = 200;

type Data = Readonly<Record<string, unknown>>;

const orders = (...ids: unknown[]) => subjectsOf('order', ids);
const ordersOf = (data: Data) => orders(data['order_id']);
const productOf = (data: Data) => subjectsOf('product', [data['product_id']]);
const authorization = (): WebhookSubject[] => [{ kind: 'authorization', id: '' }];

/** By TikTok's number of the type. Source: TikTok "TTS webhooks overview". */
const readers: Readonly<Record<number, (data: Data) => WebhookSubject[]>> = {
  1: ordersOf,
  2: ordersOf,
  3: ordersOf,
  4: (data) =>
    orders(...listOf(data['package_list']).flatMap((pack) => listOf(asRecord(pack)?.['order_id_list']))),
  5: productOf,
  6: authorization,
  7: authorization,
  11: (data) => [...subjectsOf('cancellation', [data['cancel_id']]), ...ordersOf(data)],
  12: (data) => [...subjectsOf('return', [data['return_id']]), ...ordersOf(data)],
  15: productOf,
  16: productOf,
  18: productOf,
  27: productOf,
  36: (data) => orders(...listOf(data['order_ids'])),
  37: productOf,
};

/**
 * What a webhook is about; null when it is no message of TikTok's. One of an unknown type is about nothing, but for the changes of
 * stock that TikTok has announced without the number of their type: they name a SKU beside its product.
 */
export function readWebhook(body: string): WebhookMessage | null {
  const message = parsed(body);
  const shopId = idOf(message?.['shop_id']);
  const type = Number(message?.['type']);
  if (!message || shopId === null || !Number.isSafeInteger(type)) return null;
  const data = asRecord(message['data']) ?? {};
  const read = Object.hasOwn(readers, type) ? readers[type] : 'sku_id' in data ? productOf : undefined;
  return { type, shopId, subjects: (read?.(data) ?? []).slice(0, MOST_SUBJECTS) };
}

function parsed(body: string): Data | null {
  try {
    return asRecord(parseExactJson(body)) ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function subjectsOf(kind: WebhookSubject['kind'], ids: readonly unknown[]): WebhookSubject[] {
  const known = new Set(ids.map(idOf).filter((id) => id !== null));
  return [...known].map((id) => ({ kind, id }));
}

/** A number that came with all its digits is a string by now, a small one still a number. */
function idOf(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && ID.test(text) ? text : null;
}
