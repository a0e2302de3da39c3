import { Prisma } from '../../store/database.js';

/** How budgets learn. Times in seconds. */
export interface LearningPace {
  /** Calls are counted for so long before the rate is raised. */
  window: number;
  /** The rate at which TikTok refused is not tried again before. */
  memory: number;
  /** The same for a rate that no budget begins above: TikTok advises it, so that a refusal of it is rather a passing trouble. */
  shortMemory: number;
}

export const learningPace: LearningPace = { window: 30, memory: 3_600, shortMemory: 300 };

/** A step up, as a part of the rate that a budget begins with. */
export const RAISE = 0.25;
/** The part of a rate that has to be used before the next one is tried: a rate that nobody needed teaches nothing. */
export const USED = 0.8;
/** How near a refused rate is come. */
export const NEAR = 0.9;
/** A second of quiet brings back this part of the rate that a budget begins with. */
const RECOVERY_A_SECOND = 0.01;

/**
 * SQL of a query that adds `cap` (the rate that is not to be passed for now) and `now_rate` to rows of `budgets`, to which
 * columns `moment`, `start_rate` (what the budget begins with) and `limit_rate` (what it never passes) were added. Recovering
 * is computed when it is needed and writes nothing: what the last refusal left and what the quiet since then has brought
 * back, up to the rate that a budget begins with. Above that only use raises the rate.
 *
 * `now_rate` is used many times, and PostgreSQL would compute it as often, hence OFFSET 0.
 */
export function speedOf(rows: Prisma.Sql, { memory, shortMemory }: LearningPace = learningPace): Prisma.Sql {
  return Prisma.sql`
    SELECT *, LEAST(limit_rate, GREATEST(rate, CASE WHEN throttled_at IS NULL THEN start_rate
      ELSE LEAST(start_rate, cap, rate + start_rate * ${Prisma.raw(String(RECOVERY_A_SECOND))} * GREATEST(0,
        EXTRACT(EPOCH FROM moment - GREATEST(counted_since, blocked_until))::float8)) END)) AS now_rate
    FROM (
      SELECT *, CASE
        WHEN throttled_at > moment - interval '1 second'
          * CASE WHEN refused_rate > start_rate THEN ${memory}::float8 ELSE ${shortMemory}::float8 END
        THEN LEAST(limit_rate, refused_rate * ${Prisma.raw(String(NEAR))}) ELSE limit_rate END AS cap
      FROM ${rows}
    ) capped OFFSET 0`;
}
