import { brandsOf } from '../categories/brand-book.js';
import type { Shop, World } from '../state/world.js';
import { sampleBrand } from './content-of.js';

/** As Get Product shows a brand; undefined for one that TikTok does not show. */
export function brandNamed(world: World, shop: Shop, id: string): { id: string; name: string } | undefined {
  if (id === sampleBrand.id) return sampleBrand;
  const brand = brandsOf(world, shop).find((known) => known.id === id);
  return brand === undefined ? undefined : { id, name: brand.name };
}
