import { Decimal } from 'decimal.js';
import { checkPrice, type CheckedPrice } from '../../catalogue/price-limits.js';
import type { PushFacts } from './push-facts.js';
import { isDecidedAnew, planStock } from './push-stock.js';
import { resolveStock } from './push-values.js';
import type { PlannedStock } from './planned-stock.js';
import type { ResolvedStock, Unresolved } from './resolved-stock.js';

/** Every quantity of the item was set to 0 by the last ZeroOut, and nothing was said since. */
export function isZeroedOut({ cells }: PushFacts['item'], { zeroN }: PushFacts['shop']): boolean {
  return zeroN > 0 && cells.length > 0 && cells.every(({ n, quantity }) => n === zeroN && quantity === 0);
}

export function stockOf(facts: PushFacts): ResolvedStock | Unresolved | null {
  const { sku } = facts;
  if (facts.resolvedStock === undefined) facts.resolvedStock = sku && resolveStock(facts, sku);
  return facts.resolvedStock;
}

export function priceOf(facts: PushFacts): CheckedPrice | null {
  if (facts.checkedPrice === undefined) facts.checkedPrice = checkedPriceOf(facts);
  return facts.checkedPrice;
}

function checkedPriceOf({ item, shop, sku }: PushFacts): CheckedPrice | null {
  if (!sku || item.cost === null) return null;
  const { region, crossBorder } = shop;
  return checkPrice(item.cost, { region, crossBorder, skuCurrency: sku.currency });
}

/** Null: no quantity is wanted, or nobody knows where. */
export function planOf(facts: PushFacts): PlannedStock | null {
  if (facts.plannedStock === undefined) {
    const stock = stockOf(facts);
    facts.plannedStock = facts.sku && stock?.ok ? planStock(facts, facts.sku, stock) : null;
  }
  return facts.plannedStock;
}

/** Whether TikTok shows another price than is wanted; true also where nobody knows what it shows. */
function differsInPrice(facts: PushFacts): boolean {
  const price = priceOf(facts);
  if (!price?.ok || !facts.sku) return false;
  const shown = facts.sku.price ?? facts.sent.price;
  return shown === null || !(shown === price.amount || new Decimal(shown).eq(price.amount));
}

function isPriceCalledFor({ item, shop, sent }: PushFacts): boolean {
  return (
    item.costN > item.lookedN ||
    item.resend ||
    sent.priceDoubts.length > 0 ||
    isDecidedAnew(item) ||
    shop.settings.healDrift === 'both'
  );
}

export function isPriceToSend(facts: PushFacts): boolean {
  if (facts.item.cost === null || !facts.shop.settings.pushPrice) return false;
  return facts.item.resend || hasLateCall(facts) || (differsInPrice(facts) && isPriceCalledFor(facts));
}

/** A call without an answer may have been carried out after the one that TikTok has answered: the newest price goes again. */
function hasLateCall({ sent, shop }: PushFacts): boolean {
  return sent.priceDoubts.some(({ until }) => until <= shop.now);
}

/** Somebody has set another price in TikTok, and nothing calls for ours. */
export function isPriceTold(facts: PushFacts): boolean {
  if (facts.item.cost === null || !facts.shop.settings.pushPrice) return false;
  return differsInPrice(facts) && !isPriceCalledFor(facts);
}
