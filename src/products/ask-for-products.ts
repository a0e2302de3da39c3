import { type Tx } from '../store/database.js';
import { rearm } from './push/product-push-store.js';
import { conditionOf, type ProductFilter } from './product-store.js';

/**
 * What is wanted of all products changes by what is set beside them: they are checked anew, and what was sent may be asked for
 * again. What was asked for and not sent yet stays so.
 */
export async function changeAll(tx: Tx, connectionId: number): Promise<number> {
  return tx.$executeRaw`
    UPDATE wanted_products p SET checked_version = NULL, version = n.version,
      asked_version = CASE WHEN p.asked_version = p.version AND n.sent IS DISTINCT FROM p.version THEN n.version
        ELSE p.asked_version END
    FROM (
      SELECT w.product_key, nextval('product_version_seq') AS version, s.sent_version AS sent
      FROM wanted_products w LEFT JOIN product_pushes s ON s.connection_id = w.connection_id AND s.product_key = w.product_key
      WHERE w.connection_id = ${connectionId} AND w.deleted_n IS NULL
    ) n
    WHERE p.connection_id = ${connectionId} AND p.product_key = n.product_key`;
}

/** What was asked for and not sent yet is checked anew: the rules of its category are others by now. */
export async function forgetChecksOfAsked(tx: Tx, connectionId: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE wanted_products p SET checked_version = NULL
    WHERE connection_id = ${connectionId} AND deleted_n IS NULL AND asked_version = version
      AND NOT EXISTS (SELECT FROM product_pushes s WHERE s.connection_id = p.connection_id
        AND s.product_key = p.product_key AND (s.sent_version = p.version OR s.state = 'refused'))`;
}

/** Asks for the compliant ones of these products to be sent, and once more for those that stood still. @returns how many */
export async function askFor(
  tx: Tx,
  filter: Pick<ProductFilter, 'connectionId' | 'feed' | 'productKeys'>,
  now: Date,
): Promise<number> {
  const again = await rearm(tx, filter.connectionId, conditionOf(filter));
  // Of those that checks hold back, too: goods that are sold out are not sold on because a title is too long.
  await tx.$executeRaw`
    UPDATE wanted_products SET stock_asked_n = GREATEST(import_id, last_feed) WHERE ${conditionOf(filter)}`;
  const asked = await tx.$executeRaw`
    UPDATE wanted_products SET asked_version = version, asked_at = ${now}
    WHERE ${conditionOf({ ...filter, isCompliant: true })} AND asked_version IS DISTINCT FROM version`;
  return asked + again;
}

/** The same for one product, whatever checks say: what is to be ended or removed is sent without them. */
export async function askForProduct(
  tx: Tx,
  { connectionId, productKey }: { connectionId: number; productKey: string },
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE wanted_products SET asked_version = version, asked_at = ${now}
    WHERE connection_id = ${connectionId} AND product_key = ${productKey} AND deleted_n IS NULL`;
}
