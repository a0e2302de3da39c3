import type { Content } from '../state/content.js';
import type { Product } from '../state/product.js';
import type { Shop, World } from '../state/world.js';
import { contentOf } from './content-of.js';

interface Standard {
  /** The seller's sales attribute. */
  name: string;
  /** TikTok's attribute, in its place. */
  id: string;
  standardName?: string;
}

/**
 * TikTok, US since November 2025: makes attributes of its own of those that sellers have made. The SKUs stay what they are;
 * attribute and values have other ids from one moment to the next.
 */
export function standardise(world: World, shop: Shop, product: Product, standard: Standard): void {
  const ids = new Map<string, string>();
  const change = (content: Content): Content => changed(world, content, standard, ids);
  product.content = change(contentOf(world, shop, product));
  if (product.review !== undefined) product.review = change(product.review);
  if (product.draft !== undefined) product.draft = change(product.draft);
  shop.catalogue.touch(product, world.clock.nowSec());
  world.changed();
}

function changed(
  world: World,
  content: Content,
  { name, id, standardName = name }: Standard,
  ids: Map<string, string>,
): Content {
  const skus = content.skus.map((sku) => ({
    ...sku,
    salesAttributes: sku.salesAttributes.map((attribute) => {
      if (attribute.name !== name) return attribute;
      const valueId = ids.get(attribute.valueName) ?? world.ids.next('attribute_value');
      ids.set(attribute.valueName, valueId);
      return { ...attribute, id, name: standardName, valueId };
    }),
  }));
  return { ...content, skus };
}
