import { Decimal } from 'decimal.js';
import { productStatusText } from '../catalogue/catalogue.js';
import { checkPrice, type CheckedPrice } from '../catalogue/price-limits.js';
import { explainGates, firstObstacle, pass, refuse, wait, type Gate, type GateResult } from '../gate.js';
import { toIsoSeconds } from '../time.js';
import type { PushFacts } from './push-facts.js';
import {
  exactCandidates,
  isLiveSku,
  resolveStock,
  type ResolvedStock,
  type Unresolved,
} from './push-values.js';

/** TikTok: quantities of a SKU. UNCONFIRMED for the update call, which takes 0 besides. */
const MOST_PIECES = 99_999;

const notMatched = {
  outcome: 'refuse',
  reason: 'No merchant SKU is matched to this supplier SKU.',
  next: 'Upload a matching file that names it, or switch autoMatch on.',
} as const;
const notInTikTok = {
  outcome: 'refuse',
  reason: 'TikTok shows no product with this merchant SKU as its seller SKU.',
  next: 'Create the product in TikTok, or correct the matching file; it is decided anew when the product appears.',
} as const;

const matched: Gate<PushFacts> = {
  name: 'matched',
  rule: 'TikTok knows merchant SKUs only: an item without one is not sent.',
  decide: ({ item }) => (item.merchantSku === null ? notMatched : pass(`Matched to ${item.merchantSku}.`)),
};

const soleItem: Gate<PushFacts> = {
  name: 'sole-item',
  rule: 'One merchant SKU takes its stock from one supplier SKU only.',
  decide: ({ item, rivals }) =>
    rivals.length === 0
      ? pass('No other supplier SKU is matched to it.')
      : refuse(
          `${item.merchantSku} is also matched to ${rivals.join(', ')}.`,
          'Correct the matching file, or delete the item that is not meant.',
        ),
};

const existsInTikTok: Gate<PushFacts> = {
  name: 'exists-in-tiktok',
  rule: 'A product with the merchant SKU as its seller SKU has to exist in TikTok.',
  decide(facts) {
    const { sku } = facts;
    if (sku) return pass(`SKU ${sku.skuId} of product ${sku.productId}.`);
    const [other] = facts.candidates;
    if (!other) return notInTikTok;
    return other.productStatus === 'DELETED'
      ? refuse(`Product ${other.productId} was deleted in TikTok.`, 'Recover it or create it anew in TikTok.')
      : refuse(
          `TikTok has the seller SKU ${other.sellerSku}, which differs in the case of its letters.`,
          'Correct the matching file: merchant SKUs are compared exactly.',
        );
  },
};

const unambiguous: Gate<PushFacts> = {
  name: 'unambiguous',
  rule: 'Of several SKUs with the same seller SKU the live one is meant; with two live ones nobody knows.',
  decide(facts) {
    const live = exactCandidates(facts).filter(isLiveSku);
    return live.length > 1
      ? refuse(
          `${live.length} live SKUs have this seller SKU: ${live
            .slice(0, 5)
            .map(({ skuId, productId }) => `${skuId} (product ${productId})`)
            .join(', ')}.`,
          'Give each SKU its own seller SKU in TikTok Seller Center.',
        )
      : pass('One SKU is meant.');
  },
};

const productLive: Gate<PushFacts> = {
  name: 'product-live',
  rule: 'Stock and price are sent for products that are live in TikTok only: ACTIVATE (4).',
  decide(facts) {
    const { sku } = facts;
    if (!sku) return pass('There is no product yet.');
    const status = productStatusText(sku.productStatus);
    return sku.productStatus === 'ACTIVATE'
      ? pass(`The product is ${status}.`)
      : wait(
          `Product ${sku.productId} is ${status}.`,
          null,
          'Bring it live in TikTok; the newest values are sent when it is.',
        );
  },
};

const skuNormal: Gate<PushFacts> = {
  name: 'sku-normal',
  rule: 'A SKU that is deactivated within its product takes neither stock nor price.',
  decide(facts) {
    const { sku } = facts;
    return !sku || sku.skuStatus === 'NORMAL'
      ? pass('The SKU is not deactivated.')
      : wait(
          `SKU ${sku.skuId} is ${sku.skuStatus} in TikTok.`,
          null,
          'Activate it in TikTok; the newest values are sent then.',
        );
  },
};

const warehouse: Gate<PushFacts> = {
  name: 'warehouse',
  rule:
    "A warehouse code may be left out only if the SKU's sole warehouse is the shop's default one. A code is TikTok's id or " +
    'the exact name of a warehouse, or is mapped by warehouseCodes.',
  decide(facts) {
    const stock = stockOf(facts);
    if (!stock) return pass('There is no SKU yet.');
    if (!stock.ok) return refuse(stock.reason, stock.next);
    const kept = stock.kept.length > 0 ? `; ${stock.kept.length} other(s) keep TikTok's value` : '';
    return pass(`Warehouse ${stock.wanted.map(({ warehouseId }) => warehouseId).join(', ')}${kept}.`);
  },
};

const quantityLimit: Gate<PushFacts> = {
  name: 'quantity-limit',
  rule: `TikTok takes 0 to ${MOST_PIECES} pieces of a SKU in a warehouse.`,
  decide(facts) {
    const stock = stockOf(facts);
    if (!stock?.ok) return pass('There is no quantity to send yet.');
    const most = Math.max(0, ...stock.wanted.map(({ quantity }) => quantity));
    return most <= MOST_PIECES
      ? pass(`To be shown: ${stock.wanted.map(({ quantity }) => quantity).join(', ')}.`)
      : refuse(`${most} pieces are more than TikTok takes.`, 'Upload a smaller quantity.');
  },
};

const stockChanged: Gate<PushFacts> = {
  name: 'stock-changed',
  rule: 'A quantity is sent only if TikTok was not sent the same before.',
  decide: (facts) =>
    isStockChanged(facts)
      ? pass('The quantity is not in TikTok yet.')
      : wait(`TikTok was sent this quantity ${sentText(facts.sentStock)}.`, null, 'Nothing to do.'),
};

const priceWanted: Gate<PushFacts> = {
  name: 'price-wanted',
  rule: 'The column Cost is sent as the price unless the setting pushPrice is off.',
  decide: ({ shop }) =>
    shop.settings.pushPrice
      ? pass('The setting pushPrice is on.')
      : refuse('The setting pushPrice is off.', 'Switch it on for prices to be sent.'),
};

const priceValid: Gate<PushFacts> = {
  name: 'price-valid',
  rule: "The price has the decimals of its currency and lies within TikTok's limits for the region.",
  decide(facts) {
    const price = priceOf(facts);
    if (!price) return pass('There is no SKU yet.');
    return price.ok ? pass(`${price.amount} ${price.currency}.`) : refuse(price.reason, price.next);
  },
};

const priceChanged: Gate<PushFacts> = {
  name: 'price-changed',
  rule: 'A price is sent only if TikTok was not sent the same before.',
  decide: (facts) =>
    isPriceChanged(facts)
      ? pass('The price is not in TikTok yet.')
      : wait(
          `TikTok was sent this price ${sentText(facts.sentPrice ? [facts.sentPrice] : [])}.`,
          null,
          'Nothing to do.',
        ),
};

/** Refusals that are decided for many items at once, as the gates would. */
export const bulkRefusals = {
  notMatched: { gate: matched.name, reason: notMatched.reason, next: notMatched.next },
  notInTikTok: { gate: existsInTikTok.name, reason: notInTikTok.reason, next: notInTikTok.next },
};

/** Which SKU is meant and whether it can take anything. */
const skuGates: readonly Gate<PushFacts>[] = [
  matched,
  soleItem,
  existsInTikTok,
  unambiguous,
  productLive,
  skuNormal,
];
const stockGates: readonly Gate<PushFacts>[] = [warehouse, quantityLimit];
const priceGates: readonly Gate<PushFacts>[] = [priceValid];

/** Null: the item means a SKU that takes stock and prices. */
export function skuObstacle(facts: PushFacts): GateResult | null {
  return firstObstacle(skuGates, facts);
}

export function stockObstacle(facts: PushFacts): GateResult | null {
  return firstObstacle(stockGates, facts);
}

export function priceObstacle(facts: PushFacts): GateResult | null {
  return firstObstacle(priceGates, facts);
}

/** Every gate that has a say about the item, in the order of the decision. */
export function explainPushGates(facts: PushFacts): GateResult[] {
  const gates = [...skuGates];
  if (facts.item.quantity !== null || facts.item.warehouses !== null) gates.push(...stockGates, stockChanged);
  if (facts.item.cost !== null) gates.push(priceWanted, ...priceGates, priceChanged);
  return explainGates(gates, facts);
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

/** Whether a quantity of the item differs from what TikTok was last sent, or may. */
export function isStockChanged(facts: PushFacts): boolean {
  const stock = stockOf(facts);
  if (!stock?.ok) return true;
  return stock.wanted.some(({ warehouseId, quantity }) => {
    const sent = facts.sentStock.find((known) => known.warehouseId === warehouseId);
    return facts.item.resend || !sent || sent.inDoubt || sent.quantity !== quantity;
  });
}

export function isPriceChanged(facts: PushFacts): boolean {
  const price = priceOf(facts);
  const { sentPrice, item } = facts;
  if (!price?.ok) return true;
  return item.resend || !sentPrice || sentPrice.inDoubt || !sameAmount(sentPrice.amount, price.amount);
}

function sameAmount(sent: string | null, wanted: string): boolean {
  return sent !== null && (sent === wanted || new Decimal(sent).eq(wanted));
}

function sentText(sent: { sentAt: Date | null }[]): string {
  const times = sent.flatMap(({ sentAt }) => (sentAt ? sentAt.getTime() : []));
  return times.length > 0 ? toIsoSeconds(new Date(Math.max(...times))) : 'before';
}
