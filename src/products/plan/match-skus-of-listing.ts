import type { Listing, ListingSku } from '../../domain/shop-listing.js';
import type { PlannedContent, PlannedSku } from './planned-content.js';

export interface MatchedSkus {
  /** SKUs that TikTok has, in its order; `wanted` is null for one that the feed does not know. */
  listed: { listed: ListingSku; wanted: PlannedSku | null }[];
  /** Wanted SKUs that TikTok does not have. */
  added: PlannedSku[];
  /** Two that could be one: nobody may guess. */
  unclear: string[];
}

/**
 * Which SKU of a listing is which of the feed: by the seller SKU, written exactly so, then by an earlier link, then by our
 * external id. Never by options: TikTok turns the seller's own into its own by itself.
 */
export function matchSkusOfListing({ skus }: Pick<Listing, 'skus'>, wanted: PlannedContent): MatchedSkus {
  const result: MatchedSkus = { listed: [], added: [], unclear: [] };
  const taken = new Map<string, PlannedSku>();
  const find = (by: (listed: ListingSku, one: PlannedSku) => boolean): void => {
    for (const one of wanted.skus) {
      if ([...taken.values()].includes(one)) continue;
      const found = skus.filter((listed) => !taken.has(listed.skuId) && by(listed, one));
      if (found.length === 1) taken.set(found[0]!.skuId, one);
      else if (found.length > 1) result.unclear.push(one.sku);
    }
  };
  find((listed, { sku }) => listed.sellerSku === sku);
  find((listed, { skuId }) => skuId !== null && listed.skuId === skuId);
  find(
    (listed, { sku, externalId }) => listed.externalId !== null && listed.externalId === (externalId ?? sku),
  );
  const matched = new Set(taken.values());
  result.listed = skus.map((listed) => ({ listed, wanted: taken.get(listed.skuId) ?? null }));
  result.added = wanted.skus.filter((one) => !matched.has(one) && !one.isRemoved);
  return result;
}
