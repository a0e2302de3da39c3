import type { Actor } from '../../companies/actor.js';
import type { Connection } from '../../connections/connection.js';
import { AppError } from '../../kernel/errors.js';
import { Prisma, type Tx } from '../../store/database.js';
import { productTrail } from '../product-trail.js';
import type { ProductsDeps } from '../products-deps.js';
import type { StoredProduct } from '../product-store.js';
import { rearm } from '../push/product-push-store.js';
import { findListings } from './find-listing.js';

/**
 * Somebody has seen the difference of a listing that was in TikTok before, and wants it changed from here.
 * @param picked the listing, where several could be it
 * @returns id of the listing
 * @throws AppError rule-violated when TikTok has none, or when several could be it and none of them was picked
 */
export async function takeOver(
  { db, clock }: ProductsDeps,
  connection: Connection,
  { product, picked, by }: { product: StoredProduct; picked: string | undefined; by: Actor },
): Promise<string> {
  return db.transaction(async (tx) => {
    const found = (await findListings(tx, connection, [product])).get(product.productKey) ?? { kind: 'none' };
    const ids = found.kind === 'none' ? [] : found.kind === 'several' ? found.productIds : [found.productId];
    if (ids.length === 0)
      throw refused(
        `TikTok has no product with the seller SKUs of ${product.name}.`,
        'Nothing is to be confirmed',
      );
    if (picked !== undefined && !ids.includes(picked))
      throw refused(
        `${picked} has none of the seller SKUs of ${product.name}.`,
        `There are ${ids.join(', ')}`,
      );
    const id = picked ?? (ids.length === 1 ? ids[0] : undefined);
    if (id === undefined)
      throw refused(
        `Several products of TikTok could be ${product.name}.`,
        `Name one of ${ids.join(', ')} as tikTokProductId`,
      );
    await refuseTaken(tx, connection, { id, product });
    await tx.$executeRaw`
      UPDATE wanted_products SET tiktok_product_id = ${id}, link = coalesce(link, ${ids.length > 1 ? 'chosen' : 'taken'}),
        confirmed_at = ${clock.now()}
      WHERE connection_id = ${connection.id} AND product_key = ${product.productKey}`;
    const subject = `product ${product.name}`;
    await rearm(
      tx,
      connection.id,
      Prisma.sql`connection_id = ${connection.id} AND product_key = ${product.productKey}`,
    );
    await productTrail(tx, by, connection, { action: 'product.taken-over', subject, after: { listing: id } });
    return id;
  });
}

/** Two products that change one listing would undo one another for ever. */
async function refuseTaken(
  tx: Tx,
  { id: connectionId }: Connection,
  { id, product }: { id: string; product: StoredProduct },
): Promise<void> {
  const other = await tx.wantedProduct.findFirst({
    where: { connectionId, tiktokProductId: id, productKey: { not: product.productKey }, deletedN: null },
  });
  if (other)
    throw refused(`${id} is the listing of ${other.name} already.`, 'Send their SKUs under one Parent SKU');
}

function refused(message: string, next: string): AppError {
  return new AppError('rule-violated', message, {
    details: [{ field: 'productId', message: 'cannot be taken over', next }],
  });
}
