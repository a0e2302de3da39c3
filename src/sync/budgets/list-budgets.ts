import { Prisma, type Tx } from '../../store/database.js';
import { speedOf } from './budget-speed.js';

/** What a shop's budget of one endpoint has learnt; rates in calls a second. */
export interface BudgetView {
  endpoint: string;
  ratePerSecond: number;
  /** The rate that TikTok last refused, and when. */
  refusedRate: number | null;
  refusedAt: Date | null;
  /** TikTok has asked for silence until then; null when that time has passed. */
  blockedUntil: Date | null;
}

/** Budgets of a kind that TikTok has refused within the hour. */
export interface RefusedBudgets {
  endpoint: string;
  shops: number;
  slowestPerSecond: number;
}

/** A budget that is slower now than what budgets of its kind begin with. */
interface SlowBudget {
  shopId: string;
  endpoint: string;
  ratePerSecond: number;
}

/** Rows as they are now, on the database's clock. Whoever only looks need not know the configured rates. */
function present(which: Prisma.Sql): Prisma.Sql {
  const rows = Prisma.sql`(SELECT *, clock_timestamp() AS moment, ceiling AS start_rate, 'Infinity'::float8 AS limit_rate
    FROM budgets WHERE ${which}) held`;
  return Prisma.sql`(${speedOf(rows)}) present`;
}

const refusedWithinTheHour = Prisma.sql`throttled_at > clock_timestamp() - interval '1 hour'`;

/** All endpoints that a shop was called for, by name. */
export async function listBudgets(
  db: Tx,
  { appKey, shopId }: { appKey: string; shopId: string },
): Promise<BudgetView[]> {
  return db.$queryRaw<BudgetView[]>`
    SELECT endpoint, now_rate AS "ratePerSecond", refused_rate AS "refusedRate", throttled_at AS "refusedAt",
      CASE WHEN blocked_until > moment THEN blocked_until END AS "blockedUntil"
    FROM ${present(Prisma.sql`app_key = ${appKey} AND shop_id = ${shopId}`)} ORDER BY endpoint`;
}

/** For metrics; by endpoint, no shop is named. */
export async function readRefusedBudgets(db: Tx): Promise<RefusedBudgets[]> {
  return db.$queryRaw<RefusedBudgets[]>`
    SELECT endpoint, count(*)::int AS shops, min(now_rate) AS "slowestPerSecond"
    FROM ${present(refusedWithinTheHour)} GROUP BY endpoint ORDER BY endpoint`;
}

/** Those that TikTok keeps below what it advises itself, slowest first. */
export async function findSlowBudgets(db: Tx): Promise<SlowBudget[]> {
  return db.$queryRaw<SlowBudget[]>`
    SELECT shop_id AS "shopId", endpoint, now_rate AS "ratePerSecond"
    FROM ${present(refusedWithinTheHour)} WHERE now_rate < start_rate ORDER BY now_rate, shop_id, endpoint`;
}
