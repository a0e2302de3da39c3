import { AppError } from '../../kernel/errors.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS, toIsoSeconds } from '../../kernel/time.js';
import { Prisma, type Tx } from '../../store/database.js';
import type { BudgetedCall, CallGrant } from '../../tiktok/client.js';
import { INACTIVE_WAIT_MS, SHOP_INACTIVE } from '../../tiktok/shop-inactive.js';

/** What TikTok has said of a whole shop. */
export interface ShopLimit {
  appKey: string;
  shopId: string;
  /** `hourly`: so many calls an hour, of all kinds together. `inactive`: none. */
  kind: 'hourly' | 'inactive';
  callsPerHour: number;
  /** No call leaves before. */
  blockedUntil: Date;
  since: Date;
}

/** For people. */
export function describeShopLimit({ kind, callsPerHour, blockedUntil }: ShopLimit): {
  text: string;
  next: string;
} {
  if (kind === 'inactive') return SHOP_INACTIVE;
  const pace = `TikTok lets this shop be called ${Math.round(callsPerHour)} times an hour, as it does with test shops (1,000 for all of them).`;
  return {
    text:
      blockedUntil > new Date()
        ? `${pace} This hour's calls are used up: none leaves before ${toIsoSeconds(blockedUntil)}.`
        : pace,
    next: 'Nothing to do for a test shop: its schedules go on by themselves, slower than those of other shops.',
  };
}

/** That something has changed about a shop; null: TikTok takes its calls again. */
export type TellShopLimit = (
  shop: Pick<ShopLimit, 'appKey' | 'shopId'>,
  limit: ShopLimit | null,
) => Promise<void>;

/**
 * TikTok, June 2026: test shops share 1,000 calls an hour. No call tells that a shop is one. UNCONFIRMED: that the refusal says when the
 * hour is over; a Retry-After this long is taken for it, since a limit of a single call passes within seconds.
 */
const HOURLY_FROM_MS = 2 * MINUTE_MS;
const TEST_SHOP_CALLS = 1_000;
/** Another test shop may use most of them. */
const FEWEST_CALLS = 60;
/** A little room for what is under way while the hour turns. */
const PACE = 0.9;
/** After a quiet time so many calls may go at once, as a part of the hour's. */
const BURST = 0.05;
/** Of the burst only the urgent lane may take so much. */
const URGENT_RESERVE = 0.4;
/** A shop that TikTok has not refused for so long has no limit any more, as far as is known. */
const FORGOTTEN_AFTER = Prisma.sql`interval '24 hours'`;
/** A probe that comes to no clear end is made again then. */
const PROBE_MS = MINUTE_MS;

export function isHourly(retryAfterMs: number | null): retryAfterMs is number {
  return retryAfterMs !== null && retryAfterMs >= HOURLY_FROM_MS;
}

type Turn = { waitMs: number; kind: ShopLimit['kind'] } & CallGrant;

/**
 * The shop's own turn, for a shop of which TikTok has said something: a call of its hour, or the one call that finds out
 * whether the shop is active again. Null when there is nothing to wait for any more.
 */
export async function takeShopTurn(db: Tx, call: BudgetedCall): Promise<Turn | null> {
  const { appKey, shopId, lane } = call;
  const reserve = lane === 'urgent' ? 0 : URGENT_RESERVE;
  const [row] = await db.$queryRaw<(Turn & { granted: boolean; blocked: boolean; isForgotten: boolean })[]>`
    WITH held AS (
      SELECT *, clock_timestamp() AS moment FROM shop_limits
      WHERE app_key = ${appKey} AND shop_id = ${shopId} FOR UPDATE
    ), present AS (
      SELECT *, blocked_until > moment AS blocked, kind = 'inactive' AS is_inactive,
        calls_per_hour * ${PACE}::float8 / 3600 AS rate, GREATEST(1, calls_per_hour * ${BURST}::float8) AS room,
        kind = 'hourly' AND said_at < moment - ${FORGOTTEN_AFTER} AS is_forgotten FROM held
    ), judged AS (
      SELECT *, LEAST(room, 1 + room * ${reserve}::float8) AS needed,
        LEAST(room, tokens + rate * GREATEST(0, EXTRACT(EPOCH FROM moment - refilled_at)::float8)) AS available FROM present
    ), decided AS (
      SELECT *, NOT blocked AND (is_inactive OR available >= needed) AS granted FROM judged
    )
    UPDATE shop_limits s SET
      tokens = d.available - (d.granted AND NOT d.is_inactive)::int,
      refilled_at = GREATEST(d.refilled_at, d.moment),
      blocked_until = CASE WHEN d.granted AND d.is_inactive
        THEN d.moment + ${PROBE_MS}::float8 * interval '1 millisecond' ELSE d.blocked_until END
    FROM decided d WHERE s.app_key = d.app_key AND s.shop_id = d.shop_id
    RETURNING d.granted, d.blocked, d.kind, d.moment AS "grantedAt", d.is_inactive AS "isProbe", d.is_forgotten AS "isForgotten",
      CASE WHEN d.granted THEN 0
        WHEN d.blocked THEN EXTRACT(EPOCH FROM d.blocked_until - d.moment)::float8 * 1000
        ELSE (d.needed - d.available) / d.rate * 1000 END AS "waitMs"`;
  if (!row) return null;
  if (row.isForgotten && !row.blocked) {
    await forget(db, call, 'hourly');
    return null;
  }
  return { ...row, waitMs: row.granted ? 0 : Math.max(1, row.waitMs) };
}

/** TikTok's answer for a call that does not leave because of what TikTok has said of the shop. */
export function shopBusy({ waitMs, kind }: Pick<Turn, 'waitMs' | 'kind'>): AppError {
  if (kind === 'inactive') {
    return new AppError('connection-not-ready', SHOP_INACTIVE.text, {
      details: [{ message: SHOP_INACTIVE.text, next: SHOP_INACTIVE.next }],
      retryAfterMs: Math.ceil(waitMs),
    });
  }
  const minutes = Math.ceil(waitMs / MINUTE_MS);
  const wait = minutes > 1 ? `${minutes} minutes` : `${Math.ceil(waitMs / SECOND_MS)} s`;
  const message = `The shop's calls of this hour are used up for ${wait}: TikTok lets test shops make 1,000 an hour, all of them together.`;
  const next =
    'Nothing to do: the service goes on by itself, slower. A shop for real sales has no such limit; connect that one for real work.';
  return new AppError('tiktok-throttled', message, {
    details: [{ message, next }],
    retryAfterMs: Math.ceil(waitMs),
  });
}

/**
 * TikTok has refused a call for longer than a limit of one call lasts: the whole shop waits, and is slower afterwards. A refusal of the
 * slower pace halves it, since others share the hour.
 * @returns the limit when it is news
 */
export async function limitShop(
  db: Tx,
  { appKey, shopId }: BudgetedCall,
  retryAfterMs: number,
  grant: CallGrant | undefined,
): Promise<ShopLimit | null> {
  const wait = Math.min(retryAfterMs, HOUR_MS);
  const [row] = await db.$queryRaw<(ShopLimit & { isNew: boolean })[]>`
    INSERT INTO shop_limits AS s (app_key, shop_id, kind, calls_per_hour, tokens, refilled_at, blocked_until, since, said_at)
    SELECT ${appKey}, ${shopId}, 'hourly', ${TEST_SHOP_CALLS}::float8, ${TEST_SHOP_CALLS * BURST}::float8, until, until, moment, moment
    FROM (SELECT clock_timestamp() AS moment, clock_timestamp() + ${wait}::float8 * interval '1 millisecond' AS until) n
    ON CONFLICT (app_key, shop_id) DO UPDATE SET kind = 'hourly',
      calls_per_hour = CASE WHEN s.kind = 'hourly' AND ${grant?.grantedAt ?? null}::timestamptz > s.said_at
        THEN GREATEST(${FEWEST_CALLS}::float8, s.calls_per_hour / 2) ELSE s.calls_per_hour END,
      tokens = excluded.tokens * s.calls_per_hour / ${TEST_SHOP_CALLS}::float8,
      refilled_at = GREATEST(s.blocked_until, excluded.blocked_until),
      blocked_until = GREATEST(s.blocked_until, excluded.blocked_until),
      since = CASE WHEN s.kind = 'hourly' THEN s.since ELSE excluded.since END, said_at = excluded.said_at
    RETURNING app_key AS "appKey", shop_id AS "shopId", kind, calls_per_hour AS "callsPerHour",
      blocked_until AS "blockedUntil", since, since = said_at AS "isNew"`;
  return row?.isNew ? row : null;
}

/** TikTok takes no call of the shop. @returns the limit when it is news */
export async function blockShop(db: Tx, { appKey, shopId }: BudgetedCall): Promise<ShopLimit | null> {
  const [row] = await db.$queryRaw<(ShopLimit & { isNew: boolean })[]>`
    INSERT INTO shop_limits AS s (app_key, shop_id, kind, calls_per_hour, tokens, refilled_at, blocked_until, since, said_at)
    SELECT ${appKey}, ${shopId}, 'inactive', ${TEST_SHOP_CALLS}::float8, 0, moment,
      moment + ${INACTIVE_WAIT_MS}::float8 * interval '1 millisecond', moment, moment
    FROM (SELECT clock_timestamp() AS moment) n
    ON CONFLICT (app_key, shop_id) DO UPDATE SET kind = 'inactive', blocked_until = excluded.blocked_until,
      since = CASE WHEN s.kind = 'inactive' THEN s.since ELSE excluded.since END, said_at = excluded.said_at
    RETURNING app_key AS "appKey", shop_id AS "shopId", kind, calls_per_hour AS "callsPerHour",
      blocked_until AS "blockedUntil", since, since = said_at AS "isNew"`;
  return row?.isNew ? row : null;
}

/** @returns whether the shop was known as inactive */
export async function unblockShop(db: Tx, call: BudgetedCall): Promise<boolean> {
  return forget(db, call, 'inactive');
}

async function forget(db: Tx, { appKey, shopId }: BudgetedCall, kind: ShopLimit['kind']): Promise<boolean> {
  const { count } = await db.shopLimit.deleteMany({ where: { appKey, shopId, kind } });
  return count > 0;
}

/** All shops of which TikTok has said something, or the one. */
export async function listShopLimits(
  db: Tx,
  where: { appKey?: string; shopId?: string } = {},
): Promise<ShopLimit[]> {
  const rows = await db.shopLimit.findMany({ where, orderBy: [{ shopId: 'asc' }, { appKey: 'asc' }] });
  return rows.map(({ appKey, shopId, kind, callsPerHour, blockedUntil, since }) => ({
    appKey,
    shopId,
    kind: kind as ShopLimit['kind'],
    callsPerHour,
    blockedUntil,
    since,
  }));
}
