import type { ShopKey } from '../catalogue/catalogue.js';
import type { DecimalString } from '../money.js';
import { Prisma, type Tx } from '../store/database.js';

/** The push's hold on a shop: which connection's items go to which shop. */
export interface PushTarget extends ShopKey {
  connectionId: number;
  companyId: number;
}

/** Items that the push has to decide about; as the index has it. */
export const undecided = Prisma.sql`i.unsent_since IS NOT NULL
  AND (i.resend OR i.judged_version IS DISTINCT FROM i.version)`;
/** Items that TikTok lacks something of and that the push keeps back. Each of the two conditions has an index. */
const keptBack = Prisma.sql`i.unsent_since IS NOT NULL
  AND NOT (i.resend OR i.judged_version IS DISTINCT FROM i.version)`;
/** All items of which TikTok lacks something. */
export const unsent = Prisma.sql`((${undecided}) OR (${keptBack}))`;

/**
 * Opens decisions of earlier runs again: those whose time has come, and those whose SKU or warehouse has changed in
 * TikTok since `seenAt`. Items that are sent already are among them, since a SKU may be a new one under an old name.
 */
export async function reopen(
  tx: Tx,
  { connectionId, environment, shopId }: PushTarget,
  { now, seenAt }: { now: Date; seenAt: Date | null },
): Promise<void> {
  const since = seenAt ?? new Date(0);
  await tx.$executeRaw`
    UPDATE inventory_items SET judged_version = NULL, retry_at = NULL
    WHERE connection_id = ${connectionId} AND retry_at <= ${now}`;
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

/** What calls that are about to be made may change of a SKU. */
export interface SendIntent {
  skuId: string;
  warehouseIds: string[];
  price: boolean;
}

/**
 * Notes, before the calls are made, that nobody knows any more what TikTok holds for these: whoever comes after a crash
 * or a lost answer sends the newest value, also if it is the one that was sent last.
 */
export async function markInDoubt(
  tx: Tx,
  { environment, shopId }: ShopKey,
  intents: readonly SendIntent[],
): Promise<void> {
  if (intents.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO sent_values AS v (environment, shop_id, sku_id, stock_in_doubt, price_in_doubt)
    SELECT ${environment}, ${shopId}, "skuId", "warehouseIds", price
    FROM json_to_recordset(${JSON.stringify(intents)}::json)
      AS g ("skuId" text, "warehouseIds" text[], price boolean)
    ON CONFLICT (environment, shop_id, sku_id) DO UPDATE SET
      stock_in_doubt = ARRAY(SELECT DISTINCT unnest(v.stock_in_doubt || excluded.stock_in_doubt)),
      price_in_doubt = v.price_in_doubt OR excluded.price_in_doubt`;
}

/** Values that are to be sent again although TikTok was sent them: their SKU takes nothing just now. */
export async function forgetSent(tx: Tx, shop: ShopKey, skuIds: readonly string[]): Promise<void> {
  const { environment, shopId } = shop;
  await tx.$executeRaw`
    UPDATE sent_values SET
      stock_in_doubt = ARRAY(SELECT jsonb_object_keys(stock) UNION SELECT unnest(stock_in_doubt)),
      price_in_doubt = price_in_doubt OR price IS NOT NULL
    WHERE environment = ${environment} AND shop_id = ${shopId} AND sku_id = ANY(${skuIds}::text[])`;
}

/** What is known of a SKU after its calls, of which TikTok has answered whether it took them. */
export interface SendResult {
  skuId: string;
  /** Quantities by warehouse that TikTok has now. */
  stock: Record<string, number>;
  /** Warehouses about which there is no doubt any more. */
  settled: string[];
  /** The price that TikTok has now; null: nothing new is known. */
  price: DecimalString | null;
  priceSettled: boolean;
}

/** Ends the doubt about values; one that was not taken leaves what was known before. */
export async function recordSent(
  tx: Tx,
  { environment, shopId }: ShopKey,
  results: readonly SendResult[],
  at: Date,
): Promise<void> {
  if (results.length === 0) return;
  await tx.$executeRaw`
    UPDATE sent_values v SET
      stock = v.stock || g.stock,
      stock_in_doubt = ARRAY(SELECT unnest(v.stock_in_doubt) EXCEPT SELECT unnest(g.settled)),
      stock_sent_at = CASE WHEN g.stock = '{}' THEN v.stock_sent_at ELSE ${at} END,
      price = coalesce(g.price, v.price),
      price_in_doubt = v.price_in_doubt AND NOT g."priceSettled",
      price_sent_at = CASE WHEN g.price IS NULL THEN v.price_sent_at ELSE ${at} END
    FROM json_to_recordset(${JSON.stringify(results)}::json)
      AS g ("skuId" text, stock jsonb, settled text[], price numeric, "priceSettled" boolean)
    WHERE v.environment = ${environment} AND v.shop_id = ${shopId} AND v.sku_id = g."skuId"`;
}

export type PushState = 'sent' | 'waiting' | 'refused';

/** What the push says of an item. */
export interface Verdict {
  skuKey: string;
  /** The version that was decided about; a newer one is decided about by itself. */
  version: string;
  state: PushState;
  gate: string | null;
  reason: string | null;
  next: string | null;
  /** When it is tried again by itself. */
  retryAt: Date | null;
  /** TikTok has taken something. */
  pushed: boolean;
  /** Decided about again in this very run, after others. */
  again: boolean;
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
          pushed boolean, again boolean)
    ), news AS (
      SELECT g.state FROM given g JOIN inventory_items i ON i.connection_id = ${connectionId} AND i.sku_key = g."skuKey"
      WHERE g.state <> 'sent' AND NOT g.again AND i.push_gate IS DISTINCT FROM g.gate
    ), written AS (
      UPDATE inventory_items i SET judged_version = CASE WHEN NOT g.again THEN g.version END,
        resend = i.resend AND i.version <> g.version,
        push_state = g.state, push_gate = g.gate, push_reason = g.reason, push_next = g.next, retry_at = g."retryAt",
        pushed_at = CASE WHEN g.pushed THEN ${at} ELSE i.pushed_at END,
        unsent_since = CASE WHEN g.state <> 'sent' THEN i.unsent_since
          WHEN i.version = g.version THEN NULL ELSE GREATEST(i.unsent_since, i.updated_at) END
      FROM given g WHERE i.connection_id = ${connectionId} AND i.sku_key = g."skuKey"
    )
    SELECT (count(*) FILTER (WHERE state = 'waiting'))::int AS waiting,
      (count(*) FILTER (WHERE state = 'refused'))::int AS refused FROM news`;
  return row ?? { waiting: 0, refused: 0 };
}
