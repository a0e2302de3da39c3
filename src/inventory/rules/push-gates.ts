import { productStatusText } from '../../domain/product.js';
import { caseTwins } from '../../domain/sku.js';
import {
  explainGates,
  firstObstacle,
  pass,
  refuse,
  wait,
  type Gate,
  type GateResult,
} from '../../kernel/gate.js';
import { toIsoSeconds } from '../../kernel/time.js';
import type { PushFacts } from './push-facts.js';
import { isPriceTold, isZeroedOut, planOf, stockOf } from './push-decisions.js';
import { MOST_REPEATS } from './push-stock.js';
import { MOST_PIECES } from './stock-count.js';
import { exactCandidates, isLiveSku } from './push-values.js';
import type { PlannedWarehouse } from './planned-stock.js';
import { priceChanged, priceValid, priceWanted, productsRead } from './price-gates.js';

const notMatched = {
  outcome: 'refuse',
  reason: 'No merchant SKU is matched to this supplier SKU.',
  next: 'Upload a matching file that names it, or switch autoMatch on.',
} as const;
const notInTikTok = {
  outcome: 'refuse',
  reason: 'TikTok shows no product with this merchant SKU as its seller SKU.',
  next: 'Create the product in TikTok, or correct the matching file; the service decides again when the product appears.',
} as const;

const matched: Gate<PushFacts> = {
  name: 'matched',
  rule: 'TikTok knows merchant SKUs only: an item without one is not sent.',
  decide: ({ item }) => (item.merchantSku === null ? notMatched : pass(`Matched to ${item.merchantSku}.`)),
};

const soleItem: Gate<PushFacts> = {
  name: 'sole-item',
  rule: 'One merchant SKU takes its stock from one supplier SKU only.',
  decide: ({ item, rivals, shop }) =>
    rivals.length === 0 || isZeroedOut(item, shop)
      ? pass(
          rivals.length === 0
            ? 'No other supplier SKU is matched to it.'
            : 'All items were set to 0 by ZeroOut.',
        )
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
      ? refuse(
          `Product ${other.productId} was deleted in TikTok.`,
          'Recover it in TikTok, or create it again.',
        )
      : refuse(
          `TikTok has the seller SKU ${other.sellerSku}, which differs in the case of its letters.`,
          'Correct the matching file: merchant SKUs are compared exactly.',
        );
  },
};

const unambiguous: Gate<PushFacts> = {
  name: 'unambiguous',
  rule: 'Of several SKUs with the same seller SKU the live one is meant; with two live ones the service cannot know.',
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
      : pass(twinsText(facts));
  },
};

/** SKUs that differ in case only are two: the one that is written exactly so is meant, and a person had better know. */
function twinsText({ item, candidates }: PushFacts): string {
  const live = candidates.filter(isLiveSku);
  const twins = new Set(
    caseTwins(
      item.merchantSku ?? '',
      live.map(({ sellerSku }) => sellerSku),
    ),
  );
  const named = live.filter(({ sellerSku }) => twins.has(sellerSku)).slice(0, 5);
  if (named.length === 0) return 'One SKU is meant.';
  const list = named.map(
    ({ sellerSku, skuId, productId }) => `${sellerSku}: ${skuId} (product ${productId})`,
  );
  return `Warning: ${item.merchantSku} is meant as it is written; other live SKUs differ in case only and get nothing from this item (${list.join(', ')}).`;
}

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

const productSettled: Gate<PushFacts> = {
  name: 'product-settled',
  rule:
    'Stock and price of a product that is being changed as a whole (a product feed) wait until TikTok shows its SKUs; 0 waits ' +
    'for nothing.',
  decide({ isHeld, item, sku }) {
    const isSoldOut = item.cells.length > 0 && item.cells.every(({ quantity }) => quantity === 0);
    return !isHeld || isSoldOut
      ? pass('The product is not being changed just now.')
      : wait(
          `Product ${sku?.productId} is being changed just now.`,
          null,
          'Nothing to do: it is sent when TikTok has taken the change.',
        );
  },
};

const warehouse: Gate<PushFacts> = {
  name: 'warehouse',
  rule:
    "A warehouse code may be left out only if the SKU's sole warehouse is the shop's default one; 0 without a code empties " +
    "all. A code is TikTok's id or the name of a warehouse, or is mapped by warehouseCodes.",
  decide(facts) {
    const stock = stockOf(facts);
    if (!stock) return pass('There is no SKU yet.');
    if (!stock.ok) return refuse(stock.reason, stock.next);
    if (stock.unresolved) return refuse(stock.unresolved.reason, stock.unresolved.next);
    const kept = stock.kept.length > 0 ? `; ${stock.kept.length} other(s) keep TikTok's value` : '';
    return pass(`Warehouse ${stock.wanted.map(({ warehouseId }) => warehouseId).join(', ')}${kept}.`);
  },
};

const quantityLimit: Gate<PushFacts> = {
  name: 'quantity-limit',
  rule: `TikTok takes 0 to ${MOST_PIECES} pieces of a SKU in a warehouse; of more the maximum is sent.`,
  decide(facts) {
    const most = Math.max(0, ...facts.item.cells.map(({ quantity }) => quantity));
    return most <= MOST_PIECES
      ? pass('The quantity is within the limit.')
      : pass(`${most} pieces are more than TikTok takes: ${MOST_PIECES} are sent.`);
  },
};

const stockChanged: Gate<PushFacts> = {
  name: 'stock-changed',
  rule: 'A quantity is sent only where TikTok shows another one than is wanted.',
  decide(facts) {
    const plan = planOf(facts);
    if (!plan) return pass('There is no quantity to compare yet.');
    if (plan.send)
      return pass(`TikTok is to show ${plan.warehouses.map((one) => changeText(one)).join('; ')}.`);
    const { read } = facts;
    return wait(
      `TikTok shows what is wanted${read ? ` (read ${toIsoSeconds(read.at)})` : ''}.`,
      null,
      'Nothing to do.',
    );
  },
};

const drift: Gate<PushFacts> = {
  name: 'drift',
  rule:
    'What TikTok shows otherwise and nothing known explains is a decision of another writer: too many pieces are lowered at ' +
    'once, all else waits for the next feed that names it (setting healDrift).',
  decide(facts) {
    const told = planOf(facts)?.warehouses.filter(({ decision }) => decision === 'told') ?? [];
    const priceTold = isPriceTold(facts);
    if (told.length === 0 && !priceTold) return pass('TikTok shows nothing that another writer has set.');
    const what = [
      ...told.map(
        ({ warehouseId, wanted, has }) => `${has} pieces instead of ${wanted} in warehouse ${warehouseId}`,
      ),
      ...(priceTold ? [`price ${facts.sku?.price} instead of ${facts.item.cost}`] : []),
    ].join(', ');
    return wait(
      `TikTok shows ${what}: another writer has changed it there.`,
      null,
      'Send a feed that names the SKU, or set healDrift to both.',
    );
  },
};

const ordersRead: Gate<PushFacts> = {
  name: 'orders-read',
  rule: 'A quantity is raised only when the orders of the shop have been read just before.',
  decide: (facts) =>
    planOf(facts)?.warehouses.some(({ decision }) => decision === 'orders')
      ? wait(
          'The orders of the shop cannot be read just now.',
          null,
          'Nothing to do: the service tries again.',
        )
      : pass('No rise waits for orders.'),
};

const loopGuard: Gate<PushFacts> = {
  name: 'loop-guard',
  rule: `Values that were sent ${MOST_REPEATS} times without a newer feed, and that TikTok shows otherwise again, are not sent any more.`,
  decide: (facts) =>
    planOf(facts)?.loops === true
      ? refuse(
          `TikTok was sent the same ${MOST_REPEATS} times and shows something else each time.`,
          'Find the writer that changes it in TikTok (another app, Seller Center), then send a feed or use Resend.',
        )
      : pass('No value goes back and forth.'),
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
  productSettled,
];
/** What stops every quantity of the item. */
const stockGates: readonly Gate<PushFacts>[] = [loopGuard];
/** What stops some of its quantities, while others go. */
const partGates: readonly Gate<PushFacts>[] = [warehouse, ordersRead];
const priceGates: readonly Gate<PushFacts>[] = [priceValid, productsRead];

/** All of them, in the order of the decision. */
export const pushGates: readonly Gate<PushFacts>[] = [
  ...skuGates,
  warehouse,
  quantityLimit,
  ordersRead,
  loopGuard,
  stockChanged,
  priceWanted,
  ...priceGates,
  priceChanged,
  drift,
];

/** Null: the item means a SKU that takes stock and prices. */
export function skuObstacle(facts: PushFacts): GateResult | null {
  return firstObstacle(skuGates, facts);
}

export function stockObstacle(facts: PushFacts): GateResult | null {
  return firstObstacle(stockGates, facts);
}

/** Of a quantity that is not sent while others of the item are. */
export function partObstacle(facts: PushFacts): GateResult | null {
  return firstObstacle(partGates, facts);
}

export function priceObstacle(facts: PushFacts): GateResult | null {
  return firstObstacle(priceGates, facts);
}

/** Every gate that has a say about the item, in the order of the decision. */
export function explainPushGates(facts: PushFacts): GateResult[] {
  const gates = [...skuGates];
  if (facts.item.cells.length > 0) gates.push(warehouse, quantityLimit, ordersRead, loopGuard, stockChanged);
  if (facts.item.cost !== null) gates.push(priceWanted, ...priceGates, priceChanged);
  return explainGates([...gates, drift], facts);
}

function changeText({ warehouseId, wanted, has }: PlannedWarehouse): string {
  return `${wanted} in warehouse ${warehouseId}${has === null ? '' : `, where it shows ${has}`}`;
}
