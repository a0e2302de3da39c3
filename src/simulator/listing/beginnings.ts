import { pricesIn, type Content, type ContentSku, type NewPrices, type NewStock } from '../state/content.js';
import type { Sku } from '../state/model.js';
import { parseMinor } from '../state/money.js';
import type { Product } from '../state/product.js';
import { setPrice, setStock, type ChangeSource } from '../state/product-machine.js';
import type { Shop, World } from '../state/world.js';
import type { BodySku, ListingBody } from './listing-body.js';
import type { Facts } from './listing-rule.js';

/** Prices that the call names; what is not sent is undefined. TikTok drops a list price below the price without a word. */
function pricesOf(shop: Shop, given: BodySku): NewPrices | undefined {
  const { price } = given;
  if (price === undefined) return undefined;
  const minor = (text: string): number => parseMinor(text, shop.region.currency);
  const isLocal = shop.sellerType === 'LOCAL';
  const shown = isLocal ? price.amount : (price.sale_price ?? price.amount);
  if (shown === undefined) return undefined;
  const prices: NewPrices = { priceMinor: minor(shown) };
  if (!isLocal && price.amount !== undefined) prices.preTaxMinor = minor(price.amount);
  if (shop.region.code !== 'US') return prices;
  const list = given.list_price === undefined ? undefined : minor(given.list_price.amount);
  if (list !== undefined && list >= prices.priceMinor) prices.listPriceMinor = list;
  const [external] = given.external_list_prices ?? [];
  if (external !== undefined) prices.externalListPriceMinor = minor(external.amount);
  return prices;
}

function stockOf(given: BodySku, sku: Sku | undefined): NewStock[] | undefined {
  return given.inventory?.map((entry) => ({
    warehouseId: entry.warehouse_id,
    // An edit may name the warehouse alone: its quantity stays.
    quantity:
      entry.quantity ??
      sku?.stock.find(({ warehouseId }) => warehouseId === entry.warehouse_id)?.available ??
      0,
    backorder: entry.backorder_quantity,
    handlingDays: entry.handling_time,
  }));
}

/**
 * What SKUs that are not on sale yet begin with: as the call says, else as an earlier edit said, else as the SKU that they take
 * the place of.
 */
export function withBeginnings({ body, shop, base, product, isDraft }: Facts, content: Content): Content {
  if (body.skus === undefined) return content;
  const skus = content.skus.map((sku, index): ContentSku => {
    const given = body.skus?.[index];
    const onSale = product?.skus.find(({ id }) => id === sku.id);
    if (given === undefined) return sku;
    // A draft of what is on sale may hold another price; its stock is never part of a draft.
    if (onSale !== undefined) {
      const prices = isDraft ? pricesOf(shop, given) : undefined;
      return prices === undefined ? sku : { ...sku, prices };
    }
    const before = base?.skus.find(({ id }) => id === sku.id);
    const replaced = product?.skus.find(({ id }) => id === given.id);
    const prices = pricesOf(shop, given) ?? before?.prices ?? (replaced && pricesIn(replaced));
    const stock = stockOf(given, replaced) ?? before?.stock ?? (replaced && stockOfSku(replaced));
    return {
      ...sku,
      ...(prices === undefined ? {} : { prices }),
      ...(stock === undefined ? {} : { stock }),
    };
  });
  return { ...content, skus };
}

function stockOfSku({ stock }: Sku): NewStock[] {
  return stock.map(({ warehouseId, available, backorder, handlingDays }) => ({
    warehouseId,
    quantity: available,
    backorder,
    handlingDays,
  }));
}

/** TikTok: price and stock that an edit names for SKUs on sale hold at once, whatever the audit says of the rest. */
export function applyPricesAndStock(
  world: World,
  shop: Shop,
  product: Product,
  body: ListingBody,
  source: ChangeSource,
): void {
  for (const given of body.skus ?? []) {
    const sku = product.skus.find(({ id }) => id === given.id);
    if (sku === undefined) continue;
    const prices = pricesOf(shop, given);
    if (prices !== undefined) setPrice(world, shop, sku, prices, source);
    const stock = stockOf(given, sku);
    if (stock !== undefined) setStock(world, shop, sku, stock, source);
  }
}
