import type { ShopKey } from '../../domain/product.js';
import type { DecimalString } from '../../kernel/money.js';
import { Prisma, type Tx } from '../../store/database.js';
import type { PushTarget } from './push-store.js';

/** What a call that is about to be made may change of a SKU. */
export interface SendIntent {
  skuId: string;
  /** By warehouse; null: the call is about the price only. */
  stock: Record<string, number> | null;
  price: DecimalString | null;
  /** When TikTok was read before; null: the call is about the price only. */
  readAt: Date | null;
  /** See PlannedStock. */
  kept: { id: string; quantity: number; at: string }[] | null;
  /** How often these values have been sent with this call while nobody said anything. */
  repeats: number;
}

/** A call that begins so soon after another one of its SKU belongs to the same time of doubt. */
const WINDOW_GAP = Prisma.sql`interval '10 minutes'`;

/**
 * Notes, before the calls are made, what they may change until when: whoever comes after a crash or a lost answer reads
 * TikTok again after that.
 * @returns the number of each SKU's call, by which its doubt is cleared
 */
export async function markCalls(
  tx: Tx,
  { environment, shopId }: ShopKey,
  intents: readonly SendIntent[],
  until: Date,
): Promise<Map<string, string>> {
  if (intents.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ skuId: string; number: string }[]>`
    INSERT INTO sent_values AS v (environment, shop_id, sku_id, call_number, stock_doubts, price_doubts, window_from,
      window_until, kept, repeats)
    SELECT ${environment}, ${shopId}, "skuId", 1,
      CASE WHEN stock IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object('number', '1', 'until', ${until}::timestamptz, 'stock', stock)) END,
      CASE WHEN price IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object('number', '1', 'until', ${until}::timestamptz, 'price', price)) END,
      "readAt", CASE WHEN "readAt" IS NOT NULL THEN ${until}::timestamptz END, kept, repeats
    FROM json_to_recordset(${JSON.stringify(intents)}::json)
      AS g ("skuId" text, stock jsonb, price text, "readAt" timestamptz, kept jsonb, repeats int)
    ON CONFLICT (environment, shop_id, sku_id) DO UPDATE SET
      call_number = v.call_number + 1,
      stock_doubts = CASE WHEN excluded.stock_doubts = '[]' THEN v.stock_doubts
        ELSE v.stock_doubts || jsonb_set(excluded.stock_doubts, '{0,number}', to_jsonb((v.call_number + 1)::text)) END,
      price_doubts = CASE WHEN excluded.price_doubts = '[]' THEN v.price_doubts
        ELSE v.price_doubts || jsonb_set(excluded.price_doubts, '{0,number}', to_jsonb((v.call_number + 1)::text)) END,
      window_from = CASE WHEN excluded.window_from IS NULL THEN v.window_from
        WHEN v.window_until >= excluded.window_from - ${WINDOW_GAP} THEN LEAST(v.window_from, excluded.window_from)
        ELSE excluded.window_from END,
      window_until = GREATEST(v.window_until, excluded.window_until),
      kept = CASE WHEN excluded.window_from IS NULL THEN v.kept ELSE excluded.kept END,
      repeats = CASE WHEN excluded.window_from IS NULL THEN v.repeats ELSE excluded.repeats END
    RETURNING sku_id AS "skuId", call_number::text AS number`;
  return new Map(rows.map(({ skuId, number }) => [skuId, number]));
}

/** What is known of a SKU after its calls. */
export interface SendResult {
  skuId: string;
  /** Of the call. */
  number: string;
  /** What TikTok has taken; null: it took nothing, or nothing is known. */
  stock: Record<string, number> | null;
  /** TikTok has answered, or the call never left: it is not open any more. */
  stockClear: boolean;
  price: DecimalString | null;
  priceClear: boolean;
  /** The calls that stay open may be carried out until then. */
  until: Date | null;
}

/** Ends the doubt about calls that have an answer, and only about those; what was not taken leaves what was known before. */
export async function recordSent(
  tx: Tx,
  { environment, shopId }: ShopKey,
  results: readonly SendResult[],
  at: Date,
): Promise<void> {
  if (results.length === 0) return;
  await tx.$executeRaw`
    UPDATE sent_values v SET
      stock = coalesce(g.stock, v.stock),
      stock_sent_at = CASE WHEN g.stock IS NULL THEN v.stock_sent_at ELSE ${at} END,
      stock_doubts = ${doubtsAfter('stock', at)},
      price = coalesce(g.price, v.price),
      price_sent_at = CASE WHEN g.price IS NULL THEN v.price_sent_at ELSE ${at} END,
      price_doubts = ${doubtsAfter('price', at)},
      window_until = CASE WHEN NOT g."stockClear" THEN GREATEST(v.window_until, g.until)
        WHEN jsonb_array_length(v.stock_doubts) <= 1 THEN GREATEST(v.window_from, ${at}) ELSE v.window_until END
    FROM json_to_recordset(${JSON.stringify(results)}::json)
      AS g ("skuId" text, number text, stock jsonb, "stockClear" boolean, price numeric, "priceClear" boolean,
        until timestamptz)
    WHERE v.environment = ${environment} AND v.shop_id = ${shopId} AND v.sku_id = g."skuId"`;
}

function doubtsAfter(what: 'stock' | 'price', at: Date): Prisma.Sql {
  const doubts = what === 'stock' ? Prisma.sql`v.stock_doubts` : Prisma.sql`v.price_doubts`;
  const clear = what === 'stock' ? Prisma.sql`g."stockClear"` : Prisma.sql`g."priceClear"`;
  // A price is not read back but sent again: what TikTok takes after an earlier call's last moment overrules that.
  const overruled =
    what === 'stock'
      ? Prisma.sql`false`
      : Prisma.sql`g.price IS NOT NULL AND (call->>'until')::timestamptz <= ${at}`;
  return Prisma.sql`coalesce((
    SELECT jsonb_agg(CASE WHEN call->>'number' = g.number AND g.until IS NOT NULL
      THEN call || jsonb_build_object('until', g.until) ELSE call END ORDER BY nth)
    FROM jsonb_array_elements(${doubts}) WITH ORDINALITY AS calls (call, nth)
    WHERE NOT (${clear} AND (call->>'number' = g.number OR (${overruled})))), '[]')`;
}

/** TikTok was read after the last moment at which these calls may have been carried out: they are doubts no more. */
export async function clearReadBack(
  tx: Tx,
  { environment, shopId }: ShopKey,
  skuIds: readonly string[],
  readAt: Date,
): Promise<void> {
  if (skuIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE sent_values v SET stock_doubts = coalesce((
      SELECT jsonb_agg(call ORDER BY nth) FROM jsonb_array_elements(v.stock_doubts) WITH ORDINALITY AS calls (call, nth)
      WHERE (call->>'until')::timestamptz > ${readAt}), '[]')
    WHERE environment = ${environment} AND shop_id = ${shopId} AND sku_id = ANY(${skuIds}::text[])
      AND stock_doubts <> '[]'`;
}

/** Prices that nobody wants any more need not be known. */
export async function forgetPriceCalls(
  tx: Tx,
  { environment, shopId }: ShopKey,
  skuIds: readonly string[],
): Promise<void> {
  if (skuIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE sent_values SET price_doubts = '[]'
    WHERE environment = ${environment} AND shop_id = ${shopId} AND sku_id = ANY(${skuIds}::text[])
      AND price_doubts <> '[]'`;
}

/**
 * What a run that has lost its lease may have sent is in doubt again, whoever has cleared it meanwhile, and its items are
 * looked at now and when TikTok cannot act any more. Needs no lease: a doubt never harms.
 */
export async function raiseDoubts(
  tx: Tx,
  target: PushTarget,
  calls: readonly { skuId: string; stock: Record<string, number> | null; price: DecimalString | null }[],
  { until, now }: { until: Date; now: Date },
): Promise<void> {
  if (calls.length === 0) return;
  const intents = calls.map((call): SendIntent => ({ ...call, readAt: now, kept: null, repeats: 0 }));
  await markCalls(tx, target, intents, until);
  const skuIds = calls.map(({ skuId }) => skuId);
  await tx.$executeRaw`
    UPDATE inventory_items i SET due_at = ${now} FROM catalog_skus s
    WHERE s.environment = ${target.environment} AND s.shop_id = ${target.shopId} AND s.sku_id = ANY(${skuIds}::text[])
      AND i.connection_id = ${target.connectionId} AND i.merchant_sku = s.seller_sku`;
}
