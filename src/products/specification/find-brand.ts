import type { ActiveConnection } from '../../connections/connection.js';
import type { ShopBrand } from '../../domain/listing.js';
import { limitsOf } from './held-rules.js';
import type { SpecificationDeps } from './specification-deps.js';

/** A brand with what it means for a product that names it. */
interface BrandAnswer extends ShopBrand {
  /** `shown`: buyers see it. `hidden`: taken, and not shown. `refused`: protected, the product is refused (12052201). */
  outcome: 'shown' | 'hidden' | 'refused';
}

/**
 * Brands whose name begins with the text, TikTok's own search; the one of exactly that name first.
 * @param category id of a leaf; authorisation can be for some categories only
 */
export async function findBrands(
  deps: SpecificationDeps,
  shop: ActiveConnection,
  name: string,
  category?: string,
): Promise<BrandAnswer[]> {
  const { api } = await deps.openShop(shop.id, 'urgent');
  const { categoryVersion: version } = limitsOf(shop);
  const brands = await api.searchBrands(
    name.trim(),
    category === undefined ? undefined : { categoryId: category, version },
  );
  const wanted = name.trim().toLowerCase();
  const isExact = (brand: ShopBrand): boolean => brand.name.toLowerCase() === wanted;
  return brands
    .toSorted((one, other) => Number(isExact(other)) - Number(isExact(one)))
    .map((brand) => ({ ...brand, outcome: outcomeOf(brand) }));
}

function outcomeOf({ isAuthorized, isT1 }: ShopBrand): BrandAnswer['outcome'] {
  if (isAuthorized) return 'shown';
  return isT1 ? 'refused' : 'hidden';
}
