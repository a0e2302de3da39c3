import { findBySellerSku } from '../../catalogue/find-by-seller-sku.js';
import type { Connection } from '../../connections/connection.js';
import type { Tx } from '../../store/database.js';
import type { StoredProduct } from '../product-store.js';

/** Which listing of TikTok's a product is. */
export type FoundListing =
  /** Made or confirmed from here. */
  | { kind: 'known'; productId: string }
  /** TikTok has it by its seller SKUs, and nobody has confirmed that it is to be changed from here. */
  | { kind: 'matched'; productId: string; by: string }
  /** Several could be it: a person picks. */
  | { kind: 'several'; productIds: string[] }
  | { kind: 'none' };

/**
 * Finds listings by an earlier link, else by seller SKU, written exactly so. By product key. UNCONFIRMED: whether TikTok lets a
 * seller SKU stand twice in a shop; where it does, nobody guesses.
 */
export async function findListings(
  tx: Tx,
  { environment, shopId }: Connection,
  products: readonly StoredProduct[],
): Promise<ReadonlyMap<string, FoundListing>> {
  const unknown = products.filter(({ tiktokProductId }) => tiktokProductId === null);
  const skus = unknown.flatMap(({ skus: own }) => own.map(({ sku }) => sku));
  const rows = shopId === null ? [] : await findBySellerSku(tx, { environment, shopId }, skus);
  const bySku = new Map<string, string[]>();
  for (const { sellerSku, productId } of rows)
    bySku.set(sellerSku, [...(bySku.get(sellerSku) ?? []), productId]);
  return new Map(
    products.map((product): [string, FoundListing] => {
      if (product.tiktokProductId !== null)
        return [product.productKey, { kind: 'known', productId: product.tiktokProductId }];
      const hits = product.skus.flatMap(({ sku }) =>
        (bySku.get(sku) ?? []).map((productId) => ({ sku, productId })),
      );
      const ids = [...new Set(hits.map(({ productId }) => productId))];
      const [first] = hits;
      if (!first) return [product.productKey, { kind: 'none' }];
      return ids.length === 1
        ? [product.productKey, { kind: 'matched', productId: first.productId, by: first.sku }]
        : [product.productKey, { kind: 'several', productIds: ids }];
    }),
  );
}
