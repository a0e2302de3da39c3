import { Prisma, type Tx } from '../../store/database.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, toIsoSeconds } from '../../kernel/time.js';
import { learningPace, NEAR, RAISE, speedOf } from './budget-speed.js';
import { limitOf, rateOf, type BudgetRates } from './call-rates.js';

/** What is known of a budget; rates in calls a second. */
interface BudgetOutlook {
  rateNow: number;
  /** Where the rate may rise to, as far as is known. */
  rateHoped: number;
  /** What it rises by, once a window of counting. */
  step: number;
  /** Seconds for which TikTok has asked for silence. */
  blockedSeconds: number;
}

/** When many calls will have been made, if nothing else uses the same budget and TikTok takes what is expected of it. */
export interface ExpectedFinish {
  calls: number;
  /** Calls a second. */
  rateNow: number;
  /** What it is expected to have risen to at the end. */
  rateExpected: number;
  seconds: number;
  finishAt: Date;
}

/**
 * How long `calls` calls take at a rate that rises step by step from what it is now to what may be hoped for. A promise
 * that gets better while the push learns that TikTok takes more is worth more than one that is broken.
 */
export function expectFinish(
  calls: number,
  { rateNow, rateHoped, step, blockedSeconds }: BudgetOutlook,
  now: Date,
): ExpectedFinish {
  const { window } = learningPace;
  let left = calls;
  let rate = rateNow;
  let seconds = calls > 0 ? blockedSeconds : 0;
  while (left > rate * window && rate < rateHoped) {
    left -= rate * window;
    seconds += window;
    rate = Math.min(rateHoped, rate + step);
  }
  seconds = Math.ceil(seconds + left / rate);
  return {
    calls,
    rateNow,
    rateExpected: rate,
    seconds,
    finishAt: new Date(now.getTime() + seconds * SECOND_MS),
  };
}

interface CallsOfShop {
  appKey: string;
  shopId: string;
  /** By endpoint (see endpointName). Different ones have budgets of their own and go side by side: the last to end counts. */
  calls: Readonly<Record<string, number>>;
}

/** Answers null when there is nothing to call. */
export type ForecastFinish = (shop: CallsOfShop) => Promise<ExpectedFinish | null>;

/** Expects by what the shop's budgets have learnt; changes nothing. Rates as for createCallBudget. */
export function createForecast({ db }: { db: Tx }, rates: BudgetRates): ForecastFinish {
  return async ({ appKey, shopId, calls }) => {
    const wanted = Object.entries(calls).filter(([, count]) => count > 0);
    const finishes = await Promise.all(
      wanted.map(async ([endpoint, count]) => {
        const { outlook, now } = await readOutlook(db, { appKey, shopId, endpoint }, rates);
        return expectFinish(count, outlook, now);
      }),
    );
    return finishes.toSorted((a, b) => a.seconds - b.seconds).at(-1) ?? null;
  };
}

interface BudgetKey {
  appKey: string;
  shopId: string;
  endpoint: string;
}

/**
 * A budget that TikTok has never refused is expected to reach what TikTok advises, or what it has reached already; one that
 * was refused, to come near that rate again.
 */
async function readOutlook(
  db: Tx,
  key: BudgetKey,
  rates: BudgetRates,
): Promise<{ outlook: BudgetOutlook; now: Date }> {
  const { appKey, shopId, endpoint } = key;
  const rate = rateOf(key, rates);
  const { perSecond, advised = perSecond } = rate;
  const limit = limitOf(rate);
  const [row] = await db.$queryRaw<
    { now: Date; rate: number | null; refused: number | null; blocked: number | null }[]
  >`
    WITH held AS (
      SELECT *, clock_timestamp() AS moment, ${perSecond}::float8 AS start_rate, ${limit}::float8 AS limit_rate
      FROM budgets WHERE app_key = ${appKey} AND shop_id = ${shopId} AND endpoint = ${endpoint}
    )
    SELECT clock_timestamp() AS now, s.now_rate AS rate, s.refused_rate AS refused,
      EXTRACT(EPOCH FROM s.blocked_until - s.moment)::float8 AS blocked
    FROM (SELECT 1) one LEFT JOIN (${speedOf(Prisma.sql`held`)}) s ON true`;
  const rateNow = row?.rate ?? perSecond;
  const reachable = row?.refused ? row.refused * NEAR : advised;
  return {
    now: row?.now ?? new Date(),
    outlook: {
      rateNow,
      rateHoped: Math.min(limit, Math.max(rateNow, reachable)),
      step: perSecond * RAISE,
      blockedSeconds: Math.max(0, row?.blocked ?? 0),
    },
  };
}

/** One sentence for people; times in UTC. */
export function finishText({ calls, rateNow, rateExpected, seconds, finishAt }: ExpectedFinish): string {
  const rising = rateExpected > rateNow ? `, and up to ${rateText(rateExpected)} a second are expected` : '';
  return `${calls.toLocaleString('en-US')} ${calls === 1 ? 'call takes' : 'calls take'} about ${durationText(seconds)}, until ${toIsoSeconds(finishAt)}: TikTok takes ${rateText(rateNow)} a second now${rising}.`;
}

function rateText(rate: number): string {
  return rate >= 10 ? Math.round(rate).toString() : rate.toFixed(1).replace(/\.0$/, '');
}

/** The two largest units, such as `9 h 15 min`. */
function durationText(seconds: number): string {
  const ms = seconds * SECOND_MS;
  const units: [number, string][] = [
    [DAY_MS, 'd'],
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'min'],
    [SECOND_MS, 's'],
  ];
  const first = units.findIndex(([size]) => ms >= size);
  if (first < 0) return '1 s';
  const [[size, name] = [SECOND_MS, 's'], next] = units.slice(first, first + 2);
  const whole = Math.floor(ms / size);
  const rest = next ? Math.floor((ms - whole * size) / next[0]) : 0;
  return rest > 0 && next ? `${whole} ${name} ${rest} ${next[1]}` : `${whole} ${name}`;
}
