import { DAY_MS, HOUR_MS } from '../../kernel/time.js';
import type { Tx } from '../../store/database.js';

/** How many are due; all of them are counted in the last number. */
export interface DeadlineCounts {
  overdue: number;
  in4h: number;
  in24h: number;
  toShip: number;
}

export async function countDeadlineTiles(
  tx: Tx,
  companyIds: readonly number[],
  now: Date,
): Promise<DeadlineCounts> {
  const at = (hours: number): Date => new Date(now.getTime() + hours * HOUR_MS);
  const [row] = await tx.$queryRaw<DeadlineCounts[]>`
    SELECT count(*) FILTER (WHERE due_at <= ${now}::timestamptz)::int AS overdue,
      count(*) FILTER (WHERE due_at > ${now}::timestamptz AND due_at <= ${at(4)}::timestamptz)::int AS "in4h",
      count(*) FILTER (WHERE due_at > ${now}::timestamptz AND due_at <= ${at(24)}::timestamptz)::int AS "in24h",
      count(*) FILTER (WHERE kind = 'order-ship')::int AS "toShip"
    FROM open_deadlines WHERE company_id = ANY(${[...companyIds]}::int[])`;
  return row ?? { overdue: 0, in4h: 0, in24h: 0, toShip: 0 };
}

export interface OrderStates {
  waiting: number;
  /** When the first of those that wait is looked at again. */
  nextRelease: Date | null;
  notImported: number;
  /** Documents by status code. */
  byStatus: Map<number, number>;
}

const SHOWN_MS = 7 * DAY_MS;

/** Orders that came in within a week by where they are, and those that wait or stay out. */
export async function countOrderStates(
  tx: Tx,
  { companyIds, connectionIds }: { companyIds: readonly number[]; connectionIds: readonly number[] },
  now: Date,
): Promise<OrderStates> {
  const since = new Date(now.getTime() - SHOWN_MS);
  const [rows, [held]] = await Promise.all([
    tx.$queryRaw<{ code: number; count: number }[]>`
      SELECT status_code AS code, count(*)::int AS count FROM documents
      WHERE company_id = ANY(${[...companyIds]}::int[]) AND type = 'order' AND document_date >= ${since}::timestamptz
      GROUP BY 1`,
    tx.$queryRaw<{ waiting: number; nextRelease: Date | null; notImported: number }[]>`
      SELECT count(*) FILTER (WHERE state = 'waiting')::int AS waiting,
        min(release_at) FILTER (WHERE state = 'waiting') AS "nextRelease",
        count(*) FILTER (WHERE state = 'not_imported' AND created_at >= ${since}::timestamptz)::int AS "notImported"
      FROM orders WHERE connection_id = ANY(${[...connectionIds]}::int[]) AND state IN ('waiting', 'not_imported')`,
  ]);
  return {
    waiting: held?.waiting ?? 0,
    nextRelease: held?.nextRelease ?? null,
    notImported: held?.notImported ?? 0,
    byStatus: new Map(rows.map(({ code, count }) => [code, count])),
  };
}

/** Orders that came in per hour of the last day. */
export async function ordersPerHour(
  tx: Tx,
  companyIds: readonly number[],
  now: Date,
): Promise<{ hour: Date; count: number }[]> {
  const since = new Date(now.getTime() - DAY_MS);
  return tx.$queryRaw`
    SELECT date_trunc('hour', document_date) AS hour, count(*)::int AS count FROM documents
    WHERE company_id = ANY(${[...companyIds]}::int[]) AND type = 'order' AND document_date >= ${since}::timestamptz
    GROUP BY 1`;
}

export interface ShopFacts {
  connectionId: number;
  /** Of the seller's consent. */
  tokenEndsAt: Date | null;
  /** The oldest change of stock that TikTok lacks. */
  unsentSince: Date | null;
  /** Flows whose last runs failed. */
  failing: string[];
  lastPullAt: Date | null;
  lastOutcome: string | null;
  counts: Record<string, number> | null;
}

/** What the list of shops says of each beside its state, in one statement. @param pull name of the flow that reads orders */
export async function shopFacts(
  tx: Tx,
  connectionIds: readonly number[],
  pull: string,
): Promise<Map<number, ShopFacts>> {
  const rows = await tx.$queryRaw<ShopFacts[]>`
    SELECT c.id AS "connectionId", a.refresh_expires_at AS "tokenEndsAt", stock.since AS "unsentSince",
      COALESCE((SELECT array_agg(f.name ORDER BY f.name) FROM flows f
        WHERE f.connection_id = c.id AND f.failures > 0), '{}') AS failing,
      pull.last_finished_at AS "lastPullAt", pull.last_outcome AS "lastOutcome", run.counts
    FROM connections c LEFT JOIN authorizations a ON a.id = c.authorization_id
    LEFT JOIN flows pull ON pull.connection_id = c.id AND pull.name = ${pull}
    LEFT JOIN LATERAL (SELECT counts FROM runs r WHERE r.flow_id = pull.id ORDER BY started_at DESC LIMIT 1) run ON true
    LEFT JOIN LATERAL (SELECT unsent_since AS since FROM inventory_items i
      WHERE i.connection_id = c.id AND i.unsent_since IS NOT NULL ORDER BY unsent_since LIMIT 1) stock ON true
    WHERE c.id = ANY(${[...connectionIds]}::int[])`;
  return new Map(rows.map((row) => [row.connectionId, row]));
}
