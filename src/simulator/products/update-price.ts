import { Type, type Static } from 'typebox';

import { NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { Sku } from '../state/model.js';
import { parseMinor } from '../state/money.js';
import { listPriceLimits, priceLimits, type PriceLimits } from '../state/price-limits.js';
import type { NewPrices } from '../state/content.js';
import { setPrice } from '../state/product-machine.js';
import { runningPromotion } from '../state/stock.js';
import type { Shop, World } from '../state/world.js';
import { checkSkuList, liveProductOfShop } from './find-product.js';
import { refuseProduct, type ProductCode } from './product-error.js';

const Amount = Type.Object({ amount: Type.String(), currency: Type.String() });
const SkuPrice = Type.Object({
  id: Type.String(),
  price: Type.Object({
    amount: Type.Optional(Type.String()),
    currency: Type.String(),
    sale_price: Type.Optional(Type.String()),
  }),
  list_price: Type.Optional(Amount),
  external_list_prices: Type.Optional(
    Type.Array(Type.Object({ source: Type.Enum(['SHOPIFY_COMPARE_AT_PRICE']), ...Amount.properties })),
  ),
});
type SkuPrice = Static<typeof SkuPrice>;

/**
 * TikTok: Update Price 202309, for live products in no promotion with a fixed price. Unlike the inventory it has no errors per
 * SKU: one wrong price refuses the call, and nothing of it is done.
 */
export const updatePriceRoute = shopRoute({
  method: 'POST',
  path: '/product/{version}/products/{product_id}/prices/update',
  versions: ['202309'],
  scopes: ['seller.product.write'],
  query: NoQuery,
  body: Type.Object({ skus: Type.Array(SkuPrice) }),
  handle: ({ world, shop, params, body, requestId }) => {
    const product = liveProductOfShop(world, shop, params['product_id'] ?? '');
    checkSkuList(shop, body.skus);
    const changes = body.skus.map((given) => {
      const sku = product.skus.find(({ id }) => id === given.id);
      if (sku === undefined) throw refuseProduct(12052557);
      return { sku, price: checkedPrice(world, shop, sku, given) };
    });
    for (const { sku, price } of changes) setPrice(world, shop, sku, price, { via: 'api', requestId });
    return {};
  },
});

function checkedPrice(world: World, shop: Shop, sku: Sku, given: SkuPrice): NewPrices {
  const { currency } = shop.region;
  if (given.price.currency !== currency) throw refuseProduct(12052084);
  const promotion = runningPromotion(sku, world.clock.nowSec());
  if (promotion !== undefined && promotion.discount !== 'percentage') throw refuseProduct(12052038);
  const price = shop.sellerType === 'LOCAL' ? localPrice(shop, given) : crossBorderPrice(shop, given);
  return { ...price, ...listPrices(shop, given, price.priceMinor) };
}

/** TikTok: local sellers name `amount`, the price that buyers see; a `sale_price` beside it has no meaning for them. */
function localPrice(shop: Shop, { price }: SkuPrice): NewPrices {
  if (price.amount === undefined) throw refuseProduct(12052073);
  return { priceMinor: limited(shop, amountOf(shop, price.amount, 12052012)) };
}

/**
 * TikTok: for global sellers `sale_price` is what buyers see and `amount` the price before tax. JP and US need the
 * former. UNCONFIRMED: where it is missing elsewhere, buyers see the amount.
 */
function crossBorderPrice(shop: Shop, { price }: SkuPrice): NewPrices {
  const needsSalePrice = shop.region.code === 'JP' || shop.region.code === 'US';
  if (price.sale_price === undefined && needsSalePrice) throw refuseProduct(12052424);
  const shown = price.sale_price ?? price.amount;
  if (shown === undefined) throw refuseProduct(12052073);
  const priceMinor = limited(
    shop,
    amountOf(shop, shown, price.sale_price === undefined ? 12052012 : 12052572),
  );
  return {
    priceMinor,
    preTaxMinor: price.amount === undefined ? priceMinor : amountOf(shop, price.amount, 12052012),
  };
}

/** UNCONFIRMED: more decimals than the currency has are a wrong format; they are not rounded. */
function amountOf(shop: Shop, text: string, wrong: ProductCode): number {
  try {
    return parseMinor(text, shop.region.currency);
  } catch (error) {
    if (error instanceof RangeError) throw refuseProduct(wrong);
    throw error;
  }
}

function limited(shop: Shop, minor: number): number {
  if (!isWithin(minor, priceLimits(shop.region.code, shop.sellerType))) throw refuseProduct(12052570);
  return minor;
}

function isWithin(minor: number, limits: PriceLimits): boolean {
  return minor >= limits.minMinor && minor <= limits.maxMinor;
}

/** TikTok: in the US only. A list price below the price is dropped without a word; here the audit lets all others pass. */
function listPrices(
  shop: Shop,
  given: SkuPrice,
  priceMinor: number,
): Pick<NewPrices, 'listPriceMinor' | 'externalListPriceMinor'> {
  const [external] = given.external_list_prices ?? [];
  if (given.list_price === undefined && external === undefined) return {};
  if (shop.region.code !== 'US') throw refuseProduct(12052376);
  const minorOf = (amount: Static<typeof Amount> | undefined): number | undefined => {
    if (amount === undefined) return undefined;
    if (amount.currency !== shop.region.currency) throw refuseProduct(12052084);
    const minor = amountOf(shop, amount.amount, 12052012);
    if (!isWithin(minor, listPriceLimits)) throw refuseProduct(12052383);
    return minor;
  };
  const listPriceMinor = minorOf(given.list_price);
  return {
    listPriceMinor: listPriceMinor !== undefined && listPriceMinor >= priceMinor ? listPriceMinor : undefined,
    externalListPriceMinor: minorOf(external),
  };
}
