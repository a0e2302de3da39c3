import { productConcernOf } from '../tiktok/product-error-rules.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { TikTokError } from '../tiktok/tiktok-errors.js';
import { markDeleted, noteAsked } from './catalogue-store.js';
import type { ShopKey, ShopProduct } from '../domain/product.js';
import { takeProducts, type TakeProductsDeps } from './take-products.js';

interface RefreshDeps extends TakeProductsDeps {
  api: Pick<ShopApi, 'getProduct'>;
}

/**
 * Reads single products again, one call each. Only TikTok's word that it does not have a product makes it deleted; one
 * that it does not show for another reason stays as it was.
 * @returns how many are gone, and how many SKUs changed in what matters to the push
 * @throws TikTokError when TikTok cannot be asked
 */
export async function refreshProducts(
  deps: RefreshDeps,
  shop: ShopKey,
  productIds: readonly string[],
): Promise<{ gone: number; changed: number }> {
  const { db, clock, api, guard } = deps;
  const shown: ShopProduct[] = [];
  const gone: string[] = [];
  for (const productId of productIds) {
    const answer = await ask(api, productId);
    if (answer === 'gone') gone.push(productId);
    else if (answer !== 'not-shown') shown.push(answer);
  }
  const { changed } = await takeProducts(deps, shop, shown);
  return db.transaction(async (tx) => {
    await guard(tx);
    const deleted = await markDeleted(tx, shop, gone);
    await noteAsked(tx, shop, productIds, clock.now());
    return { gone: gone.length, changed: changed + deleted };
  });
}

async function ask(
  api: Pick<ShopApi, 'getProduct'>,
  productId: string,
): Promise<ShopProduct | 'gone' | 'not-shown'> {
  try {
    return await api.getProduct(productId);
  } catch (error) {
    if (!(error instanceof TikTokError)) throw error;
    const concern = productConcernOf(error.tiktokCode);
    if (concern === 'product-gone') return 'gone';
    if (error.reaction === 'refused' && concern !== 'seller') return 'not-shown';
    throw error;
  }
}
