import { Prisma, type Tx } from '../../store/database.js';
import { findProductsByKey, type StoredProduct } from '../product-store.js';
import { findPushes, type ProductPush } from '../push/product-push-store.js';

export interface ToldListing {
  product: StoredProduct;
  push: ProductPush | null;
}

/** Who has to act: the seller, TikTok (or this service), or nobody. */
export type Needs = 'you' | 'tiktok' | 'nobody';

/** As listingStateOf says of what TikTok shows, and of what stands still here; `s` is product_pushes. */
export const NEEDS_YOU = Prisma.sql`(s.state IN ('blocked', 'refused', 'needs_person')
  OR s.review->>'status' IN ('DRAFT', 'FAILED', 'PLATFORM_DEACTIVATED', 'FREEZE')
  OR s.review->>'auditStatus' IN ('FAILED', 'PRE_APPROVED'))`;
const NEEDS_TIKTOK = Prisma.sql`(s.state IN ('queued', 'waiting') OR s.review_at IS NOT NULL)`;

/** Products that were ever asked for, those that changed last first. */
export async function listListings(
  tx: Tx,
  { connectionId, needs }: { connectionId: number; needs?: Needs | undefined },
  { page, pageSize }: { page: number; pageSize: number },
): Promise<{ listings: ToldListing[]; total: number }> {
  const chosen =
    needs === undefined
      ? Prisma.sql`true`
      : needs === 'you'
        ? NEEDS_YOU
        : needs === 'tiktok'
          ? Prisma.sql`${NEEDS_TIKTOK} AND NOT coalesce(${NEEDS_YOU}, false)`
          : Prisma.sql`NOT coalesce(${NEEDS_YOU}, false) AND NOT ${NEEDS_TIKTOK}`;
  const from = Prisma.sql`FROM product_pushes s JOIN wanted_products p ON p.connection_id = s.connection_id
    AND p.product_key = s.product_key AND p.deleted_n IS NULL
    WHERE s.connection_id = ${connectionId} AND ${chosen}`;
  const rows = await tx.$queryRaw<{ productKey: string }[]>`
    SELECT s.product_key AS "productKey" ${from} ORDER BY s.updated_at DESC, s.product_key
    LIMIT ${pageSize} OFFSET ${page * pageSize}`;
  const [count] = await tx.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total ${from}`;
  const keys = rows.map(({ productKey }) => productKey);
  const products = await findProductsByKey(tx, connectionId, keys);
  const pushes = await findPushes(tx, connectionId, keys);
  const listings = keys.flatMap((key) => {
    const product = products.get(key);
    return product ? [{ product, push: pushes.get(key) ?? null }] : [];
  });
  return { listings, total: count?.total ?? 0 };
}
