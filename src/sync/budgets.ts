import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.js';
import { Prisma, type Tx } from '../store/database.js';
import type { BudgetedCall, CallBudget } from '../tiktok/client.js';
import { SECOND_MS } from '../time.js';
import type { Lane } from './lane.js';

export interface CallRate {
  perSecond: number;
  /** Calls that may be made at once after a quiet time. */
  burst: number;
}

export interface BudgetRates {
  read: CallRate;
  write: CallRate;
  /** By endpoint, over the two above. */
  endpoints?: Readonly<Record<string, CallRate>>;
}

/**
 * TikTok: Rate limits are dynamic per app, shop and endpoint; its page advises 3 to 10 calls a second for synchronising
 * reads and 1 to 3 for writes.
 */
export const defaultRates: BudgetRates = {
  read: { perSecond: 5, burst: 10 },
  write: { perSecond: 2, burst: 5 },
};

/** All rates times a factor, as an operator may set it. */
export function scaledRates(rates: BudgetRates, factor: number): BudgetRates {
  const scaled = ({ perSecond, burst }: CallRate): CallRate => ({
    perSecond: perSecond * factor,
    burst: Math.max(1, burst * factor),
  });
  const endpoints = Object.entries(rates.endpoints ?? {}).map(([name, rate]) => [name, scaled(rate)]);
  return { read: scaled(rates.read), write: scaled(rates.write), endpoints: Object.fromEntries(endpoints) };
}

/** How long a caller is kept waiting for its turn; longer waits are the due table's work, not a worker's. */
const PATIENCE_MS: Readonly<Record<Lane, number>> = { urgent: 5 * SECOND_MS, background: 30 * SECOND_MS };
/** A shop that TikTok has blocked is not waited for: its worker goes on with other shops. */
const BLOCKED_PATIENCE_MS = SECOND_MS;
const UNNAMED_BLOCK_MS = 2 * SECOND_MS;
const RECOVERY_STEP = 0.1;
const QUIET_SECONDS = 10;
const SLOWEST_PER_SECOND = 0.1;
/** Tokens that only the urgent lane may take, as a part of the burst. */
const URGENT_RESERVE = 0.2;

/**
 * Budgets of calls per app, shop and endpoint, shared by all processes: each is a row, and one statement takes a token or
 * answers how long to wait. Everything is on the database's clock.
 */
export function createCallBudget({ db }: { db: Tx }, rates: BudgetRates = defaultRates): CallBudget {
  return {
    async take(call) {
      const rate = rateOf(call.endpoint, rates);
      const deadline = performance.now() + PATIENCE_MS[call.lane];
      for (;;) {
        const { waitMs, blocked } = await takeToken(db, call, rate);
        if (waitMs === 0) return;
        const patience = blocked ? BLOCKED_PATIENCE_MS : deadline - performance.now();
        if (waitMs > patience) throw tooBusy(call, waitMs);
        await sleep(waitMs + Math.random() * 20);
      }
    },
    throttled: (call, retryAfterMs) => slowDown(db, call, rateOf(call.endpoint, rates), retryAfterMs),
  };
}

/** TikTok's searches are reads although they are POSTs. */
function rateOf(endpoint: string, rates: BudgetRates): CallRate {
  const own = rates.endpoints?.[endpoint];
  if (own) return own;
  return endpoint.startsWith('GET ') || endpoint.endsWith('/search') ? rates.read : rates.write;
}

function tooBusy(call: BudgetedCall, waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / SECOND_MS);
  const message = `The shop's budget for ${call.endpoint} is used up for ${seconds} s.`;
  const next = 'Nothing to do: it is tried again by itself.';
  return new AppError('tiktok-throttled', message, {
    details: [{ message, next }],
    retryAfterMs: Math.ceil(waitMs),
  });
}

interface Grant {
  /** 0: granted. */
  waitMs: number;
  blocked: boolean;
}

async function takeToken(db: Tx, call: BudgetedCall, rate: CallRate): Promise<Grant> {
  const { appKey, shopId, endpoint } = call;
  const { perSecond, burst } = rate;
  const needed = Math.min(burst, call.lane === 'urgent' ? 1 : 1 + burst * URGENT_RESERVE);
  for (;;) {
    const [row] = await db.$queryRaw<(Grant & { granted: boolean })[]>`
      WITH held AS (
        SELECT *, clock_timestamp() AS moment FROM budgets
        WHERE app_key = ${appKey} AND shop_id = ${shopId} AND endpoint = ${endpoint} FOR UPDATE
      ), speed AS (
        SELECT *, ${presentRate(perSecond)} AS now_rate FROM held
      ), filled AS (
        SELECT *, LEAST(${burst}::float8, tokens + now_rate
          * GREATEST(0, EXTRACT(EPOCH FROM moment - refilled_at)::float8)) AS available FROM speed
      ), judged AS (
        SELECT *, COALESCE(blocked_until > moment, false) AS blocked,
          available >= ${needed}::float8 AND NOT COALESCE(blocked_until > moment, false) AS granted FROM filled
      )
      UPDATE budgets b SET tokens = j.available - CASE WHEN j.granted THEN 1 ELSE 0 END, 
        refilled_at = GREATEST(j.refilled_at, j.moment),
        ceiling = ${perSecond}::float8, burst = ${burst}::float8
      FROM judged j WHERE b.app_key = j.app_key AND b.shop_id = j.shop_id AND b.endpoint = j.endpoint
      RETURNING j.granted, j.blocked, CASE
        WHEN j.granted THEN 0
        WHEN j.blocked THEN EXTRACT(EPOCH FROM j.blocked_until - j.moment)::float8 * 1000
        ELSE (${needed}::float8 - j.available) / j.now_rate * 1000 END AS "waitMs"`;
    if (row) return { waitMs: row.granted ? 0 : Math.max(1, row.waitMs), blocked: row.blocked };
    await db.$executeRaw`
      INSERT INTO budgets (app_key, shop_id, endpoint, rate, ceiling, burst, tokens, refilled_at)
      VALUES (${appKey}, ${shopId}, ${endpoint}, ${perSecond}, ${perSecond}, ${burst}, ${burst}, clock_timestamp())
      ON CONFLICT (app_key, shop_id, endpoint) DO NOTHING`;
  }
}

/**
 * The rate at `moment`: what the last throttle left, and a tenth of the full rate for every quiet ten seconds since.
 * Computed when it is needed, so that recovering writes nothing.
 */
function presentRate(perSecond: number): Prisma.Sql {
  return Prisma.sql`CASE WHEN throttled_at IS NULL THEN ${perSecond}::float8
    ELSE LEAST(${perSecond}::float8, rate + ${perSecond}::float8 * ${RECOVERY_STEP}::float8
      * FLOOR(GREATEST(0, EXTRACT(EPOCH FROM moment - throttled_at)::float8) / ${QUIET_SECONDS}::float8)) END`;
}

/** Calls that were under way together are all refused together: they halve the rate once. */
async function slowDown(
  db: Tx,
  call: BudgetedCall,
  rate: CallRate,
  retryAfterMs: number | null,
): Promise<void> {
  const { appKey, shopId, endpoint } = call;
  const { perSecond, burst } = rate;
  const wait = Prisma.sql`${retryAfterMs ?? UNNAMED_BLOCK_MS}::float8 * interval '1 millisecond'`;
  await db.$executeRaw`
    INSERT INTO budgets (app_key, shop_id, endpoint, rate, ceiling, burst, tokens, refilled_at)
    VALUES (${appKey}, ${shopId}, ${endpoint}, ${perSecond}, ${perSecond}, ${burst}, 0, clock_timestamp())
    ON CONFLICT (app_key, shop_id, endpoint) DO NOTHING`;
  await db.$executeRaw`
    WITH held AS (
      SELECT *, clock_timestamp() AS moment FROM budgets
      WHERE app_key = ${appKey} AND shop_id = ${shopId} AND endpoint = ${endpoint} FOR UPDATE
    ), speed AS (
      SELECT *, ${presentRate(perSecond)} AS now_rate,
        COALESCE(throttled_at > moment - interval '1 second', false) AS same_wave FROM held
    )
    UPDATE budgets b SET
      rate = CASE WHEN s.same_wave THEN s.rate ELSE GREATEST(${SLOWEST_PER_SECOND}::float8, s.now_rate / 2) END,
      tokens = 0,
      throttled_at = CASE WHEN s.same_wave THEN s.throttled_at ELSE s.moment END,
      blocked_until = GREATEST(s.blocked_until, s.moment + ${wait}),
      refilled_at = GREATEST(s.blocked_until, s.moment + ${wait})
    FROM speed s WHERE b.app_key = s.app_key AND b.shop_id = s.shop_id AND b.endpoint = s.endpoint`;
}
