import type { MirrorSku, WarehouseStock } from '../../domain/product.js';
import type { GateResult } from '../../kernel/gate.js';
import type { DecimalString } from '../../kernel/money.js';
import { SKUS_PER_UPDATE } from '../../tiktok/product-calls.js';
import type { PushFacts } from './push-facts.js';
import { isPriceToSend, isZeroedOut, planOf, priceOf, stockOf } from './push-decisions.js';
import { partObstacle, priceObstacle, skuObstacle, stockObstacle } from './push-gates.js';
import type { PlannedStock } from './planned-stock.js';
import type { PushItem } from './push-item.js';

/**
 * Nothing was given (or it is switched off); TikTok has it; a gate is closed; after others; or it is to be sent. `held`: a
 * part of it that is not sent for a reason of its own.
 */
export type Part<Value> =
  | { kind: 'none' }
  | { kind: 'unchanged'; held: GateResult | null }
  | { kind: 'later' }
  | { kind: 'blocked'; obstacle: GateResult }
  | { kind: 'send'; value: Value; held: GateResult | null };

export interface StockValue {
  /** All warehouses of the SKU, with what TikTok is to show. */
  stock: WarehouseStock[];
  /** Those of them that the seller has named. */
  named: string[];
  keptBase: PlannedStock['keptBase'];
  /** A stop of all sales: back-ordered pieces would open the sale again. */
  endsBackorders: boolean;
}

export interface PriceValue {
  amount: DecimalString;
  currency: string;
}

/** The decision about one item. Stock and price are two effects: one may go while the other waits. */
export interface Judgement {
  item: PushItem;
  sku: MirrorSku | null;
  facts: PushFacts;
  stock: Part<StockValue>;
  price: Part<PriceValue>;
}

export function judge(facts: PushFacts): Judgement {
  const { item, sku } = facts;
  const obstacle = skuObstacle(facts);
  if (!obstacle) return { item, sku, facts, stock: judgeStock(facts), price: judgePrice(facts) };
  const blocked = { kind: 'blocked', obstacle } as const;
  return { item, sku, facts, stock: blocked, price: blocked };
}

export function judgeStock(facts: PushFacts): Part<StockValue> {
  if (facts.item.cells.length === 0) return { kind: 'none' };
  const stock = stockOf(facts);
  const held = partObstacle(facts);
  if (!stock?.ok) return held ? { kind: 'blocked', obstacle: held } : { kind: 'none' };
  const obstacle = stockObstacle(facts);
  if (obstacle) return { kind: 'blocked', obstacle };
  const plan = planOf(facts);
  if (!plan) return { kind: 'none' };
  if (!plan.send) return { kind: 'unchanged', held };
  const named = stock.wanted.map(({ warehouseId }) => warehouseId);
  return {
    kind: 'send',
    value: {
      stock: plan.send,
      named,
      keptBase: plan.keptBase,
      endsBackorders: isZeroedOut(facts.item, facts.shop),
    },
    held,
  };
}

function judgePrice(facts: PushFacts): Part<PriceValue> {
  if (facts.item.cost === null || !facts.shop.settings.pushPrice) return { kind: 'none' };
  const obstacle = priceObstacle(facts);
  if (obstacle) return { kind: 'blocked', obstacle };
  const price = priceOf(facts);
  if (!price?.ok) return { kind: 'none' };
  if (!isPriceToSend(facts)) return { kind: 'unchanged', held: null };
  return { kind: 'send', value: { amount: price.amount, currency: price.currency }, held: null };
}

/** Sold-out SKUs go before all else: their prices wait until the quantities of all of them are sent. */
export function stockOnly(judgement: Judgement): Judgement {
  return judgement.price.kind === 'send' ? { ...judgement, price: { kind: 'later' } } : judgement;
}

/** A value on its way: which item it is of, and which SKU of TikTok's gets it. */
export interface Effect<Value> {
  item: PushItem;
  facts: PushFacts;
  skuId: string;
  value: Value;
  /** Of the call, once it is noted: what clears its doubt has to name it. */
  callNumber: string;
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
  const taken = new Set<string>();
  const effects = members.flatMap((judgement): Effect<Value>[] => {
    const part = partOf(judgement);
    // Two items that mean one SKU (after a stop of all sales): the other one finds it done.
    if (part.kind !== 'send' || !judgement.sku || taken.has(judgement.sku.skuId)) return [];
    taken.add(judgement.sku.skuId);
    const { item, facts, sku } = judgement;
    return [{ item, facts, skuId: sku.skuId, value: part.value, callNumber: '' }];
  });
  const calls: ProductCall<Value>[] = [];
  for (let start = 0; start < effects.length; start += SKUS_PER_UPDATE)
    calls.push({ productId, effects: effects.slice(start, start + SKUS_PER_UPDATE) });
  return calls;
}
