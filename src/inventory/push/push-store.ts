import type { ShopKey } from '../../domain/product.js';
import { Prisma, type Tx } from '../../store/database.js';
import type { ItemDrift } from '../rules/push-item.js';

/** The push's hold on a shop: which connection's items go to which shop. */
export interface PushTarget extends ShopKey {
  connectionId: number;
  companyId: number;
}

/** Items of which TikTok lacks something that the push has not decided about; as the index has it. */
export const undecided = Prisma.sql`i.unsent_since IS NOT NULL
  AND (i.resend OR i.judged_version IS DISTINCT FROM i.version)`;
/** Items that TikTok lacks something of and that the push keeps back. Each of the two conditions has an index. */
const keptBack = Prisma.sql`i.unsent_since IS NOT NULL
  AND NOT (i.resend OR i.judged_version IS DISTINCT FROM i.version)`;
/** Items to be compared with TikTok, though nothing of them need have changed; as the index has it. */
export const due = Prisma.sql`i.due_at IS NOT NULL`;
/** All items of which TikTok lacks something. */
export const unsent = Prisma.sql`((${undecided}) OR (${keptBack}))`;

/**
 * Opens decisions of earlier runs again: those whose time has come (all that wait when somebody asked for the run), those
 * whose SKU or warehouse has changed in TikTok since `seenAt`, and those with a call that TikTok cannot carry out any
 * more: it is read back. Items that are sent already are among them, since a SKU may be a new one under an old name.
 */
export async function reopen(
  tx: Tx,
  { connectionId, environment, shopId }: PushTarget,
  { now, seenAt, isAsked }: { now: Date; seenAt: Date | null; isAsked: boolean },
): Promise<void> {
  const since = seenAt ?? new Date(0);
  await tx.$executeRaw`
    UPDATE inventory_items SET judged_version = NULL, retry_at = NULL
    WHERE connection_id = ${connectionId} AND (retry_at <= ${now} OR (${isAsked} AND retry_at IS NOT NULL))`;
  await tx.$executeRaw`
    UPDATE inventory_items i SET judged_version = NULL, unsent_since = COALESCE(i.unsent_since, ${now})
    FROM catalog_skus s
    WHERE s.environment = ${environment} AND s.shop_id = ${shopId} AND s.changed_at >= ${since}
      AND i.connection_id = ${connectionId} AND i.merchant_sku = s.seller_sku`;
  await tx.$executeRaw`
    UPDATE inventory_items i SET judged_version = NULL
    WHERE i.connection_id = ${connectionId} AND ${keptBack} AND i.push_gate = 'warehouse' AND EXISTS (
      SELECT 1 FROM shop_warehouses
      WHERE environment = ${environment} AND shop_id = ${shopId} AND changed_at >= ${since})`;
  await tx.$executeRaw`
    UPDATE inventory_items i SET due_at = ${now}
    FROM sent_values v JOIN catalog_skus s USING (environment, shop_id, sku_id)
    WHERE v.environment = ${environment} AND v.shop_id = ${shopId}
      AND (v.stock_doubts <> '[]' OR v.price_doubts <> '[]')
      AND EXISTS (SELECT FROM jsonb_array_elements(v.stock_doubts || v.price_doubts) AS call
        WHERE (call->>'until')::timestamptz <= ${now})
      AND i.connection_id = ${connectionId} AND i.merchant_sku = s.seller_sku AND i.due_at IS NULL`;
}

/** Whether an item with a price waits for a decision. */
export async function hasPrices(db: Tx, { connectionId }: PushTarget): Promise<boolean> {
  const [row] = await db.$queryRaw<{ has: boolean }[]>`
    SELECT EXISTS (SELECT FROM inventory_items i
        WHERE i.connection_id = ${connectionId} AND ${undecided} AND i.cost IS NOT NULL)
      OR EXISTS (SELECT FROM inventory_items i
        WHERE i.connection_id = ${connectionId} AND ${due} AND i.cost IS NOT NULL) AS has`;
  return row?.has ?? false;
}

/** When, after `now`, the next open call can be read back or the next item is tried again; null: nothing waits for a time. */
export async function nextLook(
  db: Tx,
  { connectionId, environment, shopId }: PushTarget,
  now: Date,
): Promise<Date | null> {
  const [row] = await db.$queryRaw<{ at: Date | null }[]>`
    SELECT LEAST(
      (SELECT min(retry_at) FROM inventory_items WHERE connection_id = ${connectionId} AND retry_at > ${now}),
      (SELECT min((call->>'until')::timestamptz) FROM sent_values v,
        jsonb_array_elements(v.stock_doubts || v.price_doubts) AS call
        WHERE v.environment = ${environment} AND v.shop_id = ${shopId}
          AND (v.stock_doubts <> '[]' OR v.price_doubts <> '[]') AND (call->>'until')::timestamptz > ${now})) AS at`;
  return row?.at ?? null;
}

/** A setting that decides what is sent has changed: everything is decided anew. */
export async function reopenAll(tx: Tx, connectionId: number, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE inventory_items SET judged_version = NULL, unsent_since = COALESCE(unsent_since, ${now})
    WHERE connection_id = ${connectionId} AND merchant_sku IS NOT NULL
      AND (quantity IS NOT NULL OR cost IS NOT NULL)`;
}

export interface Refusal {
  gate: string;
  reason: string;
  next: string;
}

/**
 * Refuses what needs no look at single items: unmatched ones, and ones that TikTok does not have in any spelling. Feeds
 * hold many more SKUs than a shop does.
 * @returns for how many this is news
 */
export async function refuseInBulk(
  tx: Tx,
  { connectionId, environment, shopId }: PushTarget,
  texts: { notMatched: Refusal; notInTikTok: Refusal },
): Promise<number> {
  let news = 0;
  const refuse = async ({ gate, reason, next }: Refusal, which: Prisma.Sql): Promise<void> => {
    const meant = Prisma.sql`i.connection_id = ${connectionId} AND ${undecided} AND ${which}`;
    // Counted first, and not joined with what is written: the planner knows too little of a CTE to join it well.
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM inventory_items i WHERE ${meant} AND i.push_gate IS DISTINCT FROM ${gate}`;
    await tx.$executeRaw`
      UPDATE inventory_items i SET judged_version = i.version, resend = false, push_state = 'refused',
        push_gate = ${gate}, push_reason = ${reason}, push_next = ${next}, retry_at = NULL
      WHERE ${meant}`;
    news += row?.count ?? 0;
  };
  await refuse(texts.notMatched, Prisma.sql`i.merchant_sku IS NULL`);
  await refuse(
    texts.notInTikTok,
    Prisma.sql`i.merchant_sku IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM catalog_skus s
      WHERE s.environment = ${environment} AND s.shop_id = ${shopId} AND s.sku_status <> 'REMOVED'
        AND s.seller_key = fold_sku(i.merchant_sku))`,
  );
  return news;
}

type PushState = 'sent' | 'waiting' | 'refused';

/** What the push says of an item. */
export interface Verdict {
  skuKey: string;
  /** The version that was decided about; a newer one is decided about by itself. */
  version: string;
  state: PushState;
  gate: string | null;
  reason: string | null;
  next: string | null;
  /** When the service tries again. */
  retryAt: Date | null;
  /** TikTok has taken something. */
  pushed: boolean;
  /** Decided about again in this very run, after others. */
  again: boolean;
  /** The newest file that was compared with TikTok. */
  lookedN: number;
  /** As it was when the item was read: one that was raised since stays. */
  dueAt: string | null;
  drift: ItemDrift | null;
}

/** Writes verdicts in one statement; answers how many items wait or are refused at a gate at which they did not stand before. */
export async function recordVerdicts(
  tx: Tx,
  connectionId: number,
  verdicts: readonly Verdict[],
  at: Date,
): Promise<{ waiting: number; refused: number }> {
  if (verdicts.length === 0) return { waiting: 0, refused: 0 };
  const [row] = await tx.$queryRaw<{ waiting: number; refused: number }[]>`
    WITH given AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(verdicts)}::json)
        AS g ("skuKey" text, version bigint, state text, gate text, reason text, next text, "retryAt" timestamptz,
          pushed boolean, again boolean, "lookedN" bigint, "dueAt" timestamptz, drift jsonb)
    ), news AS (
      SELECT g.state FROM given g JOIN inventory_items i ON i.connection_id = ${connectionId} AND i.sku_key = g."skuKey"
      WHERE g.state <> 'sent' AND NOT g.again AND i.push_gate IS DISTINCT FROM g.gate
    ), written AS (
      UPDATE inventory_items i SET judged_version = CASE WHEN NOT g.again THEN g.version END,
        resend = i.resend AND i.version <> g.version,
        push_state = g.state, push_gate = g.gate, push_reason = g.reason, push_next = g.next, retry_at = g."retryAt",
        pushed_at = CASE WHEN g.pushed THEN ${at} ELSE i.pushed_at END,
        unsent_since = CASE WHEN g.state <> 'sent' THEN COALESCE(i.unsent_since, ${at})
          WHEN i.version = g.version THEN NULL ELSE GREATEST(i.unsent_since, i.updated_at) END,
        looked_n = CASE WHEN g.state = 'sent' THEN GREATEST(i.looked_n, g."lookedN") ELSE i.looked_n END,
        due_at = CASE WHEN i.due_at IS DISTINCT FROM g."dueAt" THEN i.due_at END,
        drift = NULLIF(g.drift, 'null'::jsonb)
      FROM given g WHERE i.connection_id = ${connectionId} AND i.sku_key = g."skuKey"
    )
    SELECT (count(*) FILTER (WHERE state = 'waiting'))::int AS waiting,
      (count(*) FILTER (WHERE state = 'refused'))::int AS refused FROM news`;
  return row ?? { waiting: 0, refused: 0 };
}
