import { Decimal } from 'decimal.js';
import { isDecimalString } from '../../kernel/money.js';
import { keptSkus, type CheckRule, type Hit } from './check-rule.js';
import type { MarketLimits } from '../specification/market-limits.js';

const MOST_PIECES = 99_999;
const LIST_PRICE = ['0.01', '7600'] as const;

/** Prices and quantities. Source: Product pricing; Create Product; codes 12052570, 12052571, 12052084, 12052055, 12052097. */
export const moneyRules: readonly CheckRule[] = [
  {
    name: 'price-missing',
    level: 'error',
    field: 'Cost',
    code: '12052571',
    next: 'Give every SKU its price',
    find: (wanted, { isListed }) =>
      isListed
        ? []
        : keptSkus(wanted)
            .filter(({ price }) => price === null)
            .map(({ sku }) => ({ sku, value: null, message: 'a new listing needs a price for every SKU' })),
  },
  {
    name: 'price',
    level: 'error',
    field: 'Cost',
    code: '12052570',
    next: 'Correct the price',
    find(wanted, { market }) {
      // Most SKUs of a product have one price.
      const judged = new Map<string, Hit[]>();
      return keptSkus(wanted).flatMap(({ sku, price }) => {
        if (price === null) return [];
        const hits = judged.get(price) ?? priceHits(price, market);
        judged.set(price, hits);
        return hits.map((hit) => ({ ...hit, sku }));
      });
    },
  },
  {
    name: 'currency',
    level: 'error',
    field: 'Cost',
    code: '12052084',
    next: 'Give the price in the currency of the shop',
    find: (wanted, { market: { currency, region } }) =>
      keptSkus(wanted)
        .filter((sku) => sku.currency !== null && currency !== null && sku.currency !== currency)
        .map(({ sku, price, currency: given }) => ({
          sku,
          value: `${price ?? ''} ${given ?? ''}`.trim(),
          message: `is in ${given}; a shop in ${region} sells in ${currency}`,
        })),
  },
  {
    name: 'list-price',
    level: 'warning',
    field: 'List Price',
    code: '12052375',
    next: 'Correct it, or leave it empty',
    find: (wanted, { market }) =>
      keptSkus(wanted).flatMap(({ sku, listPrice, price }) =>
        listPrice === null ? [] : listPriceHits(listPrice, price, market).map((hit) => ({ ...hit, sku })),
      ),
  },
  {
    name: 'quantity',
    level: 'error',
    field: 'Quantity',
    code: '12052055',
    next: 'Correct the quantity',
    find: (wanted) =>
      keptSkus(wanted).flatMap(({ sku, quantity, quantities }) =>
        [
          ...(quantity === null ? [] : [{ field: 'Quantity', quantity }]),
          ...quantities.map((each) => ({ field: `Quantity:${each.warehouse}`, quantity: each.quantity })),
        ].flatMap((each) => quantityHits(each.quantity).map((hit) => ({ ...hit, sku, field: each.field }))),
      ),
  },
  {
    name: 'quantity-zero',
    level: 'warning',
    field: 'Quantity',
    // UNCONFIRMED: whether a new listing may begin with 0.
    code: '12052055',
    next: 'Send the stock with an inventory feed once the product is live',
    find: (wanted, { isListed }) =>
      isListed
        ? []
        : keptSkus(wanted)
            .filter(({ quantity, quantities }) => quantity === '0' && quantities.length === 0)
            .map(({ sku }) => ({
              sku,
              value: '0',
              message: 'TikTok documents 1 to 99999 pieces for a new listing',
              nearest: '1',
            })),
  },
  {
    name: 'warehouse-unknown',
    level: 'error',
    field: 'Warehouse Code',
    code: '12052097',
    next: 'Name a warehouse of the shop, or leave it empty for the default one',
    find: (wanted, { warehouses }) => {
      if (warehouses === null) return [];
      const known = new Set(warehouses.map((name) => name.toLowerCase()));
      return keptSkus(wanted).flatMap(({ sku, warehouse, quantities }) =>
        [...(warehouse === null ? [] : [warehouse]), ...quantities.map((each) => each.warehouse)]
          .filter((name) => !known.has(name.toLowerCase()))
          .map((name) => ({
            sku,
            value: name,
            message: `is no warehouse of the shop that sells; there are ${warehouses.slice(0, 10).join(', ') || 'none'}`,
          })),
      );
    },
  },
];

/** What nothing is to be said about, without a look at its value. */
const PLAIN_QUANTITY = /^\d{1,5}$/;

function priceHits(price: string, { price: limits, priceDecimals, currency, region }: MarketLimits): Hit[] {
  if (!isDecimalString(price)) return [{ value: price, message: 'is not a price', code: '12052012' }];
  const amount = new Decimal(price);
  if (amount.lte(0)) return [{ value: price, message: 'is not above zero', nearest: limits?.[0] ?? null }];
  if (amount.decimalPlaces() > priceDecimals)
    return [
      {
        value: price,
        message: `has more than the ${priceDecimals} decimals of ${currency ?? 'the currency'}`,
        nearest: amount.toFixed(priceDecimals),
        code: '12052012',
      },
    ];
  if (limits === null) return [];
  const [least, most] = limits;
  if (amount.gte(least) && amount.lte(most)) return [];
  return [
    {
      value: price,
      message: `is outside TikTok's limits in ${region}: ${least} to ${most} ${currency ?? ''}`.trim(),
      nearest: amount.lt(least) ? least : most,
    },
  ];
}

function listPriceHits(
  listPrice: string,
  price: string | null,
  { hasListPrice, region }: MarketLimits,
): Hit[] {
  if (!isDecimalString(listPrice)) return [{ value: listPrice, message: 'is not a price' }];
  // It is left out there: nothing is wrong with the row.
  if (!hasListPrice) return [];
  const [least, most] = LIST_PRICE;
  const amount = new Decimal(listPrice);
  if (amount.lt(least) || amount.gt(most))
    return [{ value: listPrice, message: `is outside TikTok's limits in ${region}: ${least} to ${most}` }];
  if (price !== null && isDecimalString(price) && amount.lt(price))
    return [
      {
        value: listPrice,
        message: `is below the price ${price}: TikTok drops it without a word`,
        nearest: price,
      },
    ];
  return [];
}

function quantityHits(quantity: string): Hit[] {
  if (PLAIN_QUANTITY.test(quantity)) return [];
  if (!isDecimalString(quantity) || !new Decimal(quantity).isInteger())
    return [{ value: quantity, message: 'is not a whole number' }];
  const pieces = new Decimal(quantity);
  if (pieces.lt(0)) return [{ value: quantity, message: 'is negative', nearest: '0' }];
  if (pieces.lte(MOST_PIECES)) return [];
  return [
    {
      value: quantity,
      message: `is more than the ${MOST_PIECES} that a new listing may have`,
      nearest: String(MOST_PIECES),
    },
  ];
}
