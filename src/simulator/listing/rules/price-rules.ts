import { parseMinor } from '../../state/money.js';
import { listPriceLimits, priceLimits, type PriceLimits } from '../../state/price-limits.js';
import { runningPromotion } from '../../state/stock.js';
import type { BodySku } from '../listing-body.js';
import type { Facts, ListingRule } from '../listing-rule.js';

type Sent = NonNullable<BodySku['price']>;

/** Prices as they were sent: what is not sent stays as it is, and is not checked again. */
function sent({ body }: Facts): Sent[] {
  return (body.skus ?? []).flatMap(({ price }) => (price === undefined ? [] : [price]));
}

function listPrices({ body }: Facts): { amount: string; currency: string }[] {
  return (body.skus ?? []).flatMap(({ list_price: list, external_list_prices: external = [] }) =>
    list === undefined ? external : [list, ...external],
  );
}

export const priceRules: readonly ListingRule[] = [
  {
    code: 12052571,
    mayLackInDraft: true,
    broken: (facts) =>
      (facts.body.skus ?? []).some(
        ({ id, price }) => (id === undefined || facts.product === undefined) && price === undefined,
      ),
  },
  {
    code: 12052084,
    broken: (facts) => sent(facts).some((price) => price.currency.trim() !== currency(facts)),
  },
  {
    code: 12052073,
    broken: (facts) =>
      facts.shop.sellerType === 'LOCAL' && sent(facts).some(({ amount }) => amount === undefined),
  },
  {
    code: 12052424,
    broken: (facts) =>
      facts.shop.sellerType === 'CROSS_BORDER' &&
      ['JP', 'US'].includes(facts.shop.region.code) &&
      sent(facts).some((price) => price.sale_price === undefined),
  },
  {
    code: 12052073,
    broken: (facts) =>
      sent(facts).some(({ amount }) => amount !== undefined && minorOf(facts, amount) === undefined),
  },
  {
    code: 12052092,
    broken: (facts) =>
      sent(facts).some(
        (price) => price.sale_price !== undefined && minorOf(facts, price.sale_price) === undefined,
      ),
  },
  {
    code: 12052570,
    broken: (facts) => {
      const limits = priceLimits(facts.shop.region.code, facts.shop.sellerType);
      return sent(facts).some((price) => !isWithin(minorOf(facts, shown(facts, price)), limits));
    },
  },
  { code: 12052038, broken: changesLockedPrice },
  // Seen live: taken outside of the US, where it means nothing.
  {
    code: 12052376,
    broken: (facts) =>
      facts.shop.region.code !== 'US' &&
      facts.world.behaviour.listPriceElsewhere === 'refused' &&
      listPrices(facts).length > 0,
  },
  {
    code: 12052375,
    broken: (facts) =>
      facts.shop.region.code === 'US' &&
      listPrices(facts).some(
        (list) => list.currency !== currency(facts) || minorOf(facts, list.amount) === undefined,
      ),
  },
  {
    code: 12052383,
    broken: (facts) =>
      facts.shop.region.code === 'US' &&
      listPrices(facts).some(({ amount }) => !isWithin(minorOf(facts, amount), listPriceLimits)),
  },
];

function currency({ shop }: Facts): string {
  return shop.region.currency;
}

function minorOf(facts: Facts, text: string): number | undefined {
  try {
    return parseMinor(text, currency(facts));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Buyers see the amount of a local seller, and the sale price of a global one. */
function shown({ shop }: Facts, price: Sent): string {
  return (shop.sellerType === 'LOCAL' ? price.amount : (price.sale_price ?? price.amount)) ?? '';
}

function isWithin(minor: number | undefined, limits: PriceLimits): boolean {
  return minor !== undefined && minor >= limits.minMinor && minor <= limits.maxMinor;
}

/** A fixed price of a promotion holds the price; the same one may be sent. */
function changesLockedPrice(facts: Facts): boolean {
  const nowSec = facts.world.clock.nowSec();
  return (facts.body.skus ?? []).some(({ id, price }) => {
    const sku = facts.product?.skus.find((known) => known.id === id);
    if (sku === undefined || price === undefined) return false;
    const promotion = runningPromotion(sku, nowSec);
    const isLocked = promotion !== undefined && promotion.discount !== 'percentage';
    return isLocked && minorOf(facts, shown(facts, price)) !== sku.priceMinor;
  });
}
