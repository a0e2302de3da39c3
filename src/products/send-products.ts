import type { Actor } from '../companies/actor.js';
import type { Connection } from '../connections/connection.js';
import { askFor } from './ask-for-products.js';
import type { ProductRouteDeps } from './product-route-deps.js';
import { countProducts } from './product-store.js';
import { productTrail } from './product-trail.js';

interface SendWish {
  /** Number of a feed: those that it was the last to name. */
  feed?: number | undefined;
  /** One product: its key, and as whoever asks calls it. */
  product?: { key: string; name: string } | undefined;
}

/**
 * Asks for products of a shop to be sent to TikTok: those that pass all checks, all of them or some.
 * @returns how many are to be sent, and how many stay drafts, since checks found errors
 * @throws AppError not-found, not-allowed
 */
export async function sendProducts(
  { products: { db, clock }, checkProducts, asked: wake }: ProductRouteDeps,
  { connection, by }: { connection: Connection; by: Actor },
  { feed, product }: SendWish,
): Promise<{ asked: number; blocked: number }> {
  await checkProducts(connection);
  const filter = {
    connectionId: connection.id,
    ...(feed === undefined ? {} : { feed }),
    ...(product === undefined ? {} : { productKeys: [product.key] }),
  };
  const subject = product
    ? `product ${product.name}`
    : feed === undefined
      ? 'all products'
      : `product feed ${feed}`;
  const asked = await db.transaction(async (tx) => {
    const count = await askFor(tx, filter, clock.now());
    await productTrail(tx, by, connection, {
      action: 'product-feed.sent',
      subject,
      after: { products: count },
    });
    return count;
  });
  const blocked = await countProducts(db.prisma, { ...filter, isCompliant: false });
  await wake?.(connection, by);
  return { asked, blocked };
}

/** What came of it, in a sentence. */
export function sentWords({ asked, blocked }: { asked: number; blocked: number }, feed?: number): string {
  const which = feed === undefined ? '' : ` of feed ${feed}`;
  const rest = blocked > 0 ? `; ${blocked} stay drafts, since checks found errors` : '';
  return `${asked} products${which} are to be sent${rest}.`;
}
