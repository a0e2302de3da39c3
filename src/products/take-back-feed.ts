import type { Actor } from '../companies/actor.js';
import type { Connection } from '../connections/connection.js';
import { nextImportId } from '../imports/import-store.js';
import { deleteDraftsOfFeed } from './product-store.js';
import { productTrail } from './product-trail.js';
import type { ProductsDeps } from './products-deps.js';

/**
 * Takes back the drafts of a feed. Products that are in TikTok stay.
 * @returns how many were taken back, and how many stay
 * @throws AppError not-found, not-allowed
 */
export async function takeBackFeed(
  { db }: Pick<ProductsDeps, 'db'>,
  { connection, by }: { connection: Connection; by: Actor },
  feed: number,
): Promise<{ deleted: number; kept: number }> {
  return db.transaction(async (tx) => {
    const counts = await deleteDraftsOfFeed(tx, {
      connectionId: connection.id,
      feed,
      importId: await nextImportId(tx),
    });
    const change = {
      action: 'product-feed.taken-back',
      subject: `product feed ${feed}`,
      after: counts,
    } as const;
    await productTrail(tx, by, connection, change);
    return counts;
  });
}
