import type { MirrorSku, WarehouseStock } from '../catalogue/catalogue.js';
import type { GateResult } from '../gate.js';
import type { DecimalString } from '../money.js';
import { SKUS_PER_UPDATE } from '../tiktok/product-calls.js';
import type { PushFacts, PushItem } from './push-facts.js';
import {
  isPriceChanged,
  isStockChanged,
  priceObstacle,
  priceOf,
  skuObstacle,
  stockObstacle,
  stockOf,
} from './push-gates.js';

/** Nothing was given (or it is switched off); TikTok has it; a gate is closed; after others; or it is to be sent. */
export type Part<Value> =
  | { kind: 'none' }
  | { kind: 'unchanged' }
  | { kind: 'later' }
  | { kind: 'blocked'; obstacle: GateResult }
  | { kind: 'send'; value: Value; wasInDoubt: boolean };

export interface StockValue {
  /** What the seller wants in the warehouses that he named. */
  wanted: WarehouseStock[];
  /** Warehouses that keep TikTok's present value. */
  kept: string[];
}

export interface PriceValue {
  amount: DecimalString;
  currency: string;
}

/** The decision about one item. Stock and price are two effects: one may go while the other waits. */
export interface Judgement {
  item: PushItem;
  sku: MirrorSku | null;
  stock: Part<StockValue>;
  price: Part<PriceValue>;
}

export function judge(facts: PushFacts): Judgement {
  const { item, sku } = facts;
  const obstacle = skuObstacle(facts);
  if (!obstacle) return { item, sku, stock: judgeStock(facts), price: judgePrice(facts) };
  const blocked = { kind: 'blocked', obstacle } as const;
  return { item, sku, stock: blocked, price: blocked };
}

function judgeStock(facts: PushFacts): Part<StockValue> {
  if (facts.item.quantity === null && facts.item.warehouses === null) return { kind: 'none' };
  const obstacle = stockObstacle(facts);
  if (obstacle) return { kind: 'blocked', obstacle };
  const stock = stockOf(facts);
  if (!stock?.ok || stock.wanted.length === 0) return { kind: 'none' };
  if (!isStockChanged(facts)) return { kind: 'unchanged' };
  const { wanted, kept } = stock;
  // An item that is to be sent again stays so until TikTok has taken it.
  const wasInDoubt = facts.item.resend || facts.sentStock.some(({ inDoubt }) => inDoubt);
  return { kind: 'send', value: { wanted, kept }, wasInDoubt };
}

function judgePrice(facts: PushFacts): Part<PriceValue> {
  if (facts.item.cost === null || !facts.shop.settings.pushPrice) return { kind: 'none' };
  const obstacle = priceObstacle(facts);
  if (obstacle) return { kind: 'blocked', obstacle };
  const price = priceOf(facts);
  if (!price?.ok) return { kind: 'none' };
  if (!isPriceChanged(facts)) return { kind: 'unchanged' };
  const wasInDoubt = facts.item.resend || facts.sentPrice?.inDoubt === true;
  return { kind: 'send', value: { amount: price.amount, currency: price.currency }, wasInDoubt };
}

/** Sold-out SKUs go before all else: their prices wait until the quantities of all of them are sent. */
export function stockOnly(judgement: Judgement): Judgement {
  return judgement.price.kind === 'send' ? { ...judgement, price: { kind: 'later' } } : judgement;
}

/** A value on its way: which item it is of, and which SKU of TikTok's gets it. */
export interface Effect<Value> {
  item: PushItem;
  skuId: string;
  value: Value;
  /** Whether the value before this one is in doubt, so that it stays so if this one is not taken. */
  wasInDoubt: boolean;
}

/** One call to TikTok: SKUs of one product. */
export interface ProductCall<Value> {
  productId: string;
  effects: Effect<Value>[];
}

export interface PushCalls {
  stock: ProductCall<StockValue>[];
  prices: ProductCall<PriceValue>[];
}

/** By product, in the order in which the items came; at most so many products that the calls fit into `mostCalls`. */
export function planCalls(judgements: readonly Judgement[], mostCalls: number): PushCalls {
  const products = new Map<string, Judgement[]>();
  for (const judgement of judgements) {
    const { sku, stock, price } = judgement;
    if (!sku || (stock.kind !== 'send' && price.kind !== 'send')) continue;
    const others = products.get(sku.productId);
    if (others) others.push(judgement);
    else products.set(sku.productId, [judgement]);
  }
  const calls: PushCalls = { stock: [], prices: [] };
  for (const [productId, members] of products) {
    if (calls.stock.length + calls.prices.length >= mostCalls) break;
    calls.stock.push(...callsOf(productId, members, ({ stock }) => stock));
    calls.prices.push(...callsOf(productId, members, ({ price }) => price));
  }
  return calls;
}

function callsOf<Value>(
  productId: string,
  members: readonly Judgement[],
  partOf: (judgement: Judgement) => Part<Value>,
): ProductCall<Value>[] {
  const effects = members.flatMap((judgement): Effect<Value>[] => {
    const part = partOf(judgement);
    if (part.kind !== 'send' || !judgement.sku) return [];
    const { value, wasInDoubt } = part;
    return [{ item: judgement.item, skuId: judgement.sku.skuId, value, wasInDoubt }];
  });
  const calls: ProductCall<Value>[] = [];
  for (let start = 0; start < effects.length; start += SKUS_PER_UPDATE)
    calls.push({ productId, effects: effects.slice(start, start + SKUS_PER_UPDATE) });
  return calls;
}
