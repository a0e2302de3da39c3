import type { ActiveConnection } from '../../connections/connection.js';
import { Prisma, type Tx } from '../../store/database.js';
import { enqueueEffects } from '../../sync/effects/outbox.js';
import { ofLimit } from './send-product.js';
import { orderingKeyOf, PUSH_PRODUCT, type PushPayload } from './push-payload.js';

interface Candidate {
  productKey: string;
  version: bigint;
}

/**
 * Asks for the effects of products that are to be sent and are not under way, the important ones first: what TikTok has already,
 * then what there is stock of, in the order of the feed.
 * @param most so many at once; the next ones when these are through
 * @returns outbox entries to wake after the commit
 */
export async function queueProducts(
  tx: Tx,
  { id: connectionId, companyId }: Pick<ActiveConnection, 'id' | 'companyId'>,
  { now, most, mayCreate }: { now: Date; most: number; mayCreate: boolean },
): Promise<bigint[]> {
  const chosen = await tx.$queryRaw<Candidate[]>`
    SELECT p.product_key AS "productKey", p.version ${candidates(connectionId, now, mayCreate)}
      AND (${mayCreate}::boolean OR p.tiktok_product_id IS NOT NULL OR s.create_key IS NOT NULL)
    ORDER BY p.tiktok_product_id IS NULL, ${IMPORTANT}
    LIMIT ${most}`;
  if (chosen.length === 0) return [];
  const given = JSON.stringify(
    chosen.map(({ productKey, version }) => ({ productKey, version: String(version) })),
  );
  const tries = await tx.$queryRaw<{ productKey: string; tries: number }[]>`
    INSERT INTO product_pushes AS s (connection_id, company_id, product_key, state, version, tries, updated_at)
    SELECT ${connectionId}, ${companyId}, g."productKey", 'queued', g.version, 1, ${now}
    FROM json_to_recordset(${given}::json) AS g ("productKey" text, version bigint)
    ON CONFLICT (connection_id, product_key) DO UPDATE SET state = 'queued', version = excluded.version, tries = s.tries + 1,
      gate = NULL, reason = NULL, next = NULL, tiktok_code = NULL, due_at = NULL, updated_at = excluded.updated_at
    RETURNING product_key AS "productKey", tries`;
  const counted = new Map(tries.map((each) => [each.productKey, each.tries]));
  const entries = await enqueueEffects(
    tx,
    chosen.map(({ productKey, version }) => ({
      companyId,
      connectionId,
      effect: PUSH_PRODUCT,
      naturalKey: `${productKey} ${version}.${counted.get(productKey)}`,
      orderingKey: orderingKeyOf(productKey),
      payload: { productKey, version: String(version) } satisfies PushPayload,
      lane: 'background' as const,
    })),
  );
  const ids = chosen.map(({ productKey }, nth) => ({ productKey, id: String(entries[nth]!.id) }));
  await tx.$executeRaw`
    UPDATE product_pushes s SET entry_id = g.id
    FROM json_to_recordset(${JSON.stringify(ids)}::json) AS g ("productKey" text, id bigint)
    WHERE s.connection_id = ${connectionId} AND s.product_key = g."productKey"`;
  return entries.map(({ id }) => id);
}

/**
 * Says of the new products that the limit of the day keeps back when each of them will go: in their order, so many a day as TikTok
 * took on the last one. They are planned anew every day: TikTok may take more by then.
 * @returns how many
 */
export async function planLimited(
  tx: Tx,
  { id: connectionId, companyId }: Pick<ActiveConnection, 'id' | 'companyId'>,
  { now, until, limit }: { now: Date; until: Date; limit: number | null },
): Promise<number> {
  const { reason, next, tiktokCode, gate } = ofLimit(until);
  return tx.$executeRaw`
    INSERT INTO product_pushes AS s (connection_id, company_id, product_key, state, version, gate, reason, next, tiktok_code,
      due_at, updated_at)
    SELECT ${connectionId}, ${companyId}, n.product_key, 'waiting', n.version, ${gate}, ${reason}, ${next}, ${tiktokCode},
      ${until}::timestamptz + floor((n.nth - 1) / ${Math.max(1, limit ?? 1_000_000)}) * interval '1 day', ${now}
    FROM (
      SELECT p.product_key, p.version, row_number() OVER (ORDER BY ${IMPORTANT}) AS nth ${candidates(connectionId, now, true)}
        AND p.tiktok_product_id IS NULL AND s.create_key IS NULL
    ) n
    ON CONFLICT (connection_id, product_key) DO UPDATE SET state = excluded.state, version = excluded.version,
      gate = excluded.gate, reason = excluded.reason, next = excluded.next, tiktok_code = excluded.tiktok_code,
      due_at = excluded.due_at, updated_at = excluded.updated_at`;
}

/** Whether anything is to be sent at all. */
export async function hasWaiting(tx: Tx, connectionId: number, now: Date): Promise<boolean> {
  const rows = await tx.$queryRaw<object[]>`SELECT 1 ${candidates(connectionId, now, true)} LIMIT 1`;
  return rows.length > 0;
}

export async function countQueued(tx: Tx, connectionId: number): Promise<number> {
  return tx.productPush.count({ where: { connectionId, state: 'queued' } });
}

/** What buyers can have goes first, then the order of the feed. */
const IMPORTANT = Prisma.sql`coalesce(stock.pieces, 0) = 0, p.asked_at, p.row_number, p.product_key`;

/**
 * Asked for in this version, and neither sent nor decided; or something has waited long enough.
 * @param limited with those that the limit of a day keeps back
 */
function candidates(connectionId: number, now: Date, limited: boolean): Prisma.Sql {
  return Prisma.sql`FROM wanted_products p
    LEFT JOIN product_pushes s ON s.connection_id = p.connection_id AND s.product_key = p.product_key
    LEFT JOIN LATERAL (
      SELECT sum((k.fields->>'Quantity')::numeric) AS pieces FROM wanted_skus k
      WHERE k.connection_id = p.connection_id AND k.product_key = p.product_key AND k.fields->>'Quantity' ~ '^[0-9]{1,9}$'
    ) stock ON true
    WHERE p.connection_id = ${connectionId} AND p.deleted_n IS NULL AND p.asked_version = p.version
      AND s.sent_version IS DISTINCT FROM p.version
      AND (s.version IS DISTINCT FROM p.version OR (s.state = 'waiting'
        AND (s.due_at <= ${now} OR (${limited}::boolean AND s.gate = 'daily-limit'))))`;
}
