import { Prisma, type Tx } from '../../store/database.js';
import { bulkRefusals } from '../rules/push-gates.js';
import { undecided, unsent } from './push-store.js';

/** An item of which TikTok lacks the newest values. */
export interface UnsentItem {
  supplierSku: string;
  merchantSku: string | null;
  /** `pending`: the next push decides. */
  state: 'pending' | 'waiting' | 'refused';
  /** The gate it stands at; `next-push` while it is pending. */
  gate: string;
  reason: string;
  next: string;
  /** Null for an item that waits for its match. */
  unsentSince: Date | null;
  retryAt: Date | null;
  skuKey: string;
}

export interface UnsentReason {
  state: UnsentItem['state'];
  gate: string;
  count: number;
}

export interface Freshness {
  /** Items that the next push decides about. */
  pending: number;
  /** Items that stand at a gate which may open by itself. */
  waiting: number;
  refused: number;
  /** The oldest change that TikTok lacks and that no rule keeps back. */
  oldestPending: Date | null;
  /** The oldest change that TikTok lacks for whatever reason. */
  oldestUnsent: Date | null;
}

/** Items that wait for a match are not sent either, although no push needs to look at them. */
const notSent = Prisma.sql`(${unsent} OR i.merchant_sku IS NULL)`;
const state = Prisma.sql`CASE WHEN i.merchant_sku IS NULL THEN 'refused' WHEN ${undecided} THEN 'pending' ELSE COALESCE(i.push_state, 'pending') END`;
const gate = Prisma.sql`CASE WHEN i.merchant_sku IS NULL THEN ${bulkRefusals.notMatched.gate} WHEN ${undecided} THEN 'next-push' ELSE COALESCE(i.push_gate, 'next-push') END`;

/** Unsent items by the gate that they stand at, most first. */
export async function countUnsent(db: Tx, connectionId: number): Promise<UnsentReason[]> {
  return db.$queryRaw<UnsentReason[]>`
    SELECT ${state} AS state, ${gate} AS gate, count(*)::int AS count
    FROM inventory_items i WHERE i.connection_id = ${connectionId} AND ${notSent}
    GROUP BY 1, 2 ORDER BY 3 DESC, 2`;
}

/** One page of unsent items in the order of their SKUs; `after` is the last key of the page before. */
export async function findUnsent(
  db: Tx,
  connectionId: number,
  {
    gate: only,
    after = '',
    offset = 0,
    limit,
  }: { gate?: string; after?: string; offset?: number; limit: number },
): Promise<UnsentItem[]> {
  const ofGate = only === undefined ? Prisma.sql`true` : Prisma.sql`${gate} = ${only}`;
  const isPending = Prisma.sql`${state} = 'pending'`;
  return db.$queryRaw<UnsentItem[]>`
    SELECT i.supplier_sku AS "supplierSku", i.merchant_sku AS "merchantSku", ${state} AS state, ${gate} AS gate,
      CASE WHEN i.merchant_sku IS NULL THEN ${bulkRefusals.notMatched.reason}
        WHEN ${isPending} THEN 'It changed and is not decided about yet.' ELSE COALESCE(i.push_reason, '') END AS reason,
      CASE WHEN i.merchant_sku IS NULL THEN ${bulkRefusals.notMatched.next}
        WHEN ${isPending} THEN 'Nothing to do: the next push decides.' ELSE COALESCE(i.push_next, '') END AS next,
      i.unsent_since AS "unsentSince", i.retry_at AS "retryAt", i.sku_key AS "skuKey"
    FROM inventory_items i
    WHERE i.connection_id = ${connectionId} AND ${notSent} AND i.sku_key > ${after} AND ${ofGate}
    ORDER BY i.sku_key LIMIT ${limit} OFFSET ${offset}`;
}

/** How far TikTok is behind what the seller uploaded. */
export async function readFreshness(db: Tx, connectionId: number): Promise<Freshness> {
  const [row] = await db.$queryRaw<Freshness[]>`
    SELECT (count(*) FILTER (WHERE ${state} = 'pending'))::int AS pending,
      (count(*) FILTER (WHERE ${state} = 'waiting'))::int AS waiting,
      (count(*) FILTER (WHERE ${state} = 'refused'))::int AS refused,
      min(i.unsent_since) FILTER (WHERE ${state} = 'pending') AS "oldestPending",
      min(i.unsent_since) AS "oldestUnsent"
    FROM inventory_items i WHERE i.connection_id = ${connectionId} AND ${notSent}`;
  return row ?? { pending: 0, waiting: 0, refused: 0, oldestPending: null, oldestUnsent: null };
}

/** For metrics: age in seconds of the oldest change that no rule keeps back, over all active connections; 0 for none. */
export async function readOldestPendingSeconds(db: Tx, now: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ seconds: number | null }[]>`
    SELECT EXTRACT(EPOCH FROM ${now}::timestamptz - min(oldest.since))::float8 AS seconds
    FROM connections c CROSS JOIN LATERAL (
      SELECT i.unsent_since AS since FROM inventory_items i
      WHERE i.connection_id = c.id AND ${undecided} ORDER BY i.unsent_since LIMIT 1
    ) oldest WHERE c.status = 'active'`;
  return Math.max(0, row?.seconds ?? 0);
}

/** For metrics: items of active connections with a difference in TikTok that nothing known explains. */
export async function countDrift(db: Tx): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM inventory_items i JOIN connections c ON c.id = i.connection_id
    WHERE i.drift IS NOT NULL AND c.status = 'active'`;
  return row?.count ?? 0;
}
