import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../kernel/errors.js';
import { Prisma, type Tx } from '../../store/database.js';
import type { BudgetedCall, CallBudget, CallGrant } from '../../tiktok/client.js';
import { SECOND_MS } from '../../kernel/time.js';
import { learningPace, RAISE, speedOf, USED, type LearningPace } from './budget-speed.js';
import { defaultRates, limitOf, rateOf, type BudgetRates, type CallRate } from './call-rates.js';
import type { Lane } from '../../kernel/lane.js';
import { createTurns } from '../flows/turns.js';
import {
  blockShop,
  isHourly,
  limitShop,
  shopBusy,
  takeShopTurn,
  unblockShop,
  type TellShopLimit,
} from './shop-limits.js';

/** How long a caller is kept waiting for its turn; longer waits are the due table's work, not a worker's. */
const PATIENCE_MS: Readonly<Record<Lane, number>> = {
  urgent: 5 * SECOND_MS,
  background: 30 * SECOND_MS,
  outgoing: 30 * SECOND_MS,
};
/** A shop that TikTok has blocked is not waited for: its worker goes on with other shops. */
const BLOCKED_PATIENCE_MS = SECOND_MS;
const UNNAMED_BLOCK_MS = 2 * SECOND_MS;
const SLOWEST_PER_SECOND = 0.1;
/** Tokens that only the urgent lane may take, as a part of the burst. */
const URGENT_RESERVE = 0.2;

interface BudgetOptions {
  pace?: LearningPace;
  /** Told when TikTok says something new of a whole shop. */
  tell?: TellShopLimit;
}

/**
 * Budgets of calls per app, shop and endpoint, shared by all processes: each is a row, and one statement takes a token or
 * answers how long to wait. Everything is on the database's clock.
 *
 * The row learns what TikTok takes. A rate that was used almost fully for a while is raised by a small step; a refusal
 * halves it, and the refused rate is neither reached again nor forgotten before a long quiet.
 */
export function createCallBudget(
  { db }: { db: Tx },
  rates: BudgetRates = defaultRates,
  { pace = learningPace, tell = async () => undefined }: BudgetOptions = {},
): CallBudget {
  // Of many callers in a process one asks at a time: they would all wake for the same token and wait for the same row.
  const inTurn = createTurns();
  return {
    take(call) {
      const rate = rateOf(call, rates);
      const deadline = performance.now() + PATIENCE_MS[call.lane];
      return inTurn(JSON.stringify(call), async () => {
        for (;;) {
          const { waitMs, blocked, grantedAt, isShopLimited } = await takeToken(db, call, rate, pace);
          const shop = waitMs === 0 && isShopLimited ? await takeShopTurn(db, call) : null;
          if (shop ? shop.waitMs === 0 : waitMs === 0) {
            return { grantedAt, ...(shop?.isProbe && { isProbe: true }) };
          }
          const patience = blocked ? BLOCKED_PATIENCE_MS : deadline - performance.now();
          if (shop && shop.waitMs > patience) throw shopBusy(shop);
          if (waitMs > patience) throw tooBusy(call, waitMs);
          await sleep((shop?.waitMs ?? waitMs) + Math.random() * 20);
        }
      });
    },
    async throttled(call, retryAfterMs, grant) {
      // The call itself was not too fast: it came when the shop's hour was used up.
      const limit = isHourly(retryAfterMs) ? await limitShop(db, call, retryAfterMs, grant) : null;
      if (limit) await tell(call, limit);
      if (!isHourly(retryAfterMs))
        await slowDown(db, call, { rate: rateOf(call, rates), pace, retryAfterMs, grant });
    },
    async inactive(call) {
      const limit = await blockShop(db, call);
      if (limit) await tell(call, limit);
    },
    async active(call) {
      if (await unblockShop(db, call)) await tell(call, null);
    },
  };
}

function tooBusy(call: BudgetedCall, waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / SECOND_MS);
  const message = `The shop's budget for ${call.endpoint} is used up for ${seconds} s.`;
  const next = 'Nothing to do: the service tries again.';
  return new AppError('tiktok-throttled', message, {
    details: [{ message, next }],
    retryAfterMs: Math.ceil(waitMs),
  });
}

interface Answer extends CallGrant {
  /** 0: granted. */
  waitMs: number;
  blocked: boolean;
  /** TikTok has said something of the whole shop. */
  isShopLimited: boolean;
}

/**
 * Takes a token or says how long to wait, and closes the window of counting when its time is over: the rate is raised if
 * the window was used, and what quiet has brought back is written down.
 */
async function takeToken(db: Tx, call: BudgetedCall, rate: CallRate, pace: LearningPace): Promise<Answer> {
  const { appKey, shopId, endpoint } = call;
  const { perSecond, burst } = rate;
  const reserve = call.lane === 'urgent' ? 0 : URGENT_RESERVE;
  for (;;) {
    // A rate that was raised may save up half a second's calls. A TikTok that refuses gets no more at once than in a second.
    const [row] = await db.$queryRaw<(Answer & { granted: boolean })[]>`
      WITH held AS (
        SELECT rate, tokens, refilled_at, blocked_until, throttled_at, refused_rate, counted, counted_since,
          clock_timestamp() AS moment, ${perSecond}::float8 AS start_rate, ${limitOf(rate)}::float8 AS limit_rate
        FROM budgets WHERE app_key = ${appKey} AND shop_id = ${shopId} AND endpoint = ${endpoint} FOR UPDATE
      ), speed AS (
        SELECT *, EXTRACT(EPOCH FROM moment - counted_since)::float8 AS counted_seconds,
          COALESCE(blocked_until > moment, false) AS blocked,
          LEAST(GREATEST(${burst}::float8, CASE WHEN now_rate > start_rate THEN now_rate / 2 ELSE 0 END),
            CASE WHEN refused_rate IS NOT NULL THEN GREATEST(1, refused_rate, now_rate) END) AS room
        FROM (${speedOf(Prisma.sql`held`, pace)}) present
      ), judged AS (
        SELECT *, LEAST(room, 1 + room * ${reserve}::float8) AS needed,
          LEAST(room, tokens + now_rate
            * GREATEST(0, EXTRACT(EPOCH FROM moment - refilled_at)::float8)) AS available,
          counted_seconds >= ${pace.window}::float8 AS closes,
          counted >= ${USED}::float8 * now_rate * counted_seconds AS used FROM speed OFFSET 0
      ), decided AS (
        SELECT *, available >= needed AND NOT blocked AS granted FROM judged
      )
      UPDATE budgets b SET
        tokens = d.available - d.granted::int,
        refilled_at = GREATEST(d.refilled_at, d.moment),
        rate = CASE WHEN NOT d.closes THEN d.rate
          WHEN d.used AND d.now_rate < d.cap THEN LEAST(d.cap, d.now_rate + d.start_rate * ${RAISE}::float8)
          ELSE d.now_rate END,
        counted = CASE WHEN d.closes THEN 0 ELSE d.counted END + d.granted::int,
        counted_since = CASE WHEN d.closes THEN d.moment ELSE d.counted_since END,
        ceiling = d.start_rate, burst = ${burst}::float8
      FROM decided d WHERE b.app_key = ${appKey} AND b.shop_id = ${shopId} AND b.endpoint = ${endpoint}
      RETURNING d.granted, d.blocked, d.moment AS "grantedAt", EXISTS (SELECT FROM shop_limits l
        WHERE l.app_key = ${appKey} AND l.shop_id = ${shopId}) AS "isShopLimited", CASE
        WHEN d.granted THEN 0
        WHEN d.blocked THEN EXTRACT(EPOCH FROM d.blocked_until - d.moment)::float8 * 1000
        ELSE (d.needed - d.available) / d.now_rate * 1000 END AS "waitMs"`;
    if (row) return { ...row, waitMs: row.granted ? 0 : Math.max(1, row.waitMs) };
    await addRow(db, call, rate, burst);
  }
}

async function addRow(
  db: Tx,
  call: BudgetedCall,
  { perSecond, burst }: CallRate,
  tokens: number,
): Promise<void> {
  const { appKey, shopId, endpoint } = call;
  await db.$executeRaw`
    INSERT INTO budgets (app_key, shop_id, endpoint, rate, ceiling, burst, tokens, refilled_at, counted_since)
    VALUES (${appKey}, ${shopId}, ${endpoint}, ${perSecond}, ${perSecond}, ${burst}, ${tokens},
      clock_timestamp(), clock_timestamp())
    ON CONFLICT (app_key, shop_id, endpoint) DO NOTHING`;
}

interface Refusal {
  rate: CallRate;
  pace: LearningPace;
  retryAfterMs: number | null;
  /** Of the call that was refused, when it is known. */
  grant: CallGrant | undefined;
}

/**
 * Calls that were under way together are all refused together: they halve the rate once. A call belongs to the last
 * refusal when it was granted before that; where that is not known, when it is refused within a second of it.
 */
async function slowDown(
  db: Tx,
  call: BudgetedCall,
  { rate, pace, retryAfterMs, grant }: Refusal,
): Promise<void> {
  const { appKey, shopId, endpoint } = call;
  const wait = Prisma.sql`${retryAfterMs ?? UNNAMED_BLOCK_MS}::float8 * interval '1 millisecond'`;
  const isSameWave = grant
    ? Prisma.sql`throttled_at >= ${grant.grantedAt}::timestamptz`
    : Prisma.sql`throttled_at > moment - interval '1 second'`;
  await addRow(db, call, rate, 0);
  await db.$executeRaw`
    WITH held AS (
      SELECT *, clock_timestamp() AS moment, ${rate.perSecond}::float8 AS start_rate, ${limitOf(rate)}::float8 AS limit_rate
      FROM budgets WHERE app_key = ${appKey} AND shop_id = ${shopId} AND endpoint = ${endpoint} FOR UPDATE
    ), speed AS (
      SELECT *, COALESCE(${isSameWave}, false) AS same_wave
      FROM (${speedOf(Prisma.sql`held`, pace)}) present
    )
    UPDATE budgets b SET
      rate = CASE WHEN s.same_wave THEN s.rate ELSE GREATEST(${SLOWEST_PER_SECOND}::float8, s.now_rate / 2) END,
      refused_rate = CASE WHEN s.same_wave THEN s.refused_rate ELSE s.now_rate END,
      tokens = 0,
      counted = 0,
      counted_since = s.moment,
      throttled_at = CASE WHEN s.same_wave THEN s.throttled_at ELSE s.moment END,
      blocked_until = GREATEST(s.blocked_until, s.moment + ${wait}),
      refilled_at = GREATEST(s.blocked_until, s.moment + ${wait})
    FROM speed s WHERE b.app_key = s.app_key AND b.shop_id = s.shop_id AND b.endpoint = s.endpoint`;
}
