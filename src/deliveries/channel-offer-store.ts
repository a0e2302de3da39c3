import type { Tx } from '../store/database.js';
import type { LogInChannel } from './channel-log-in-store.js';

interface WhichChannel {
  connectionId: number;
  channel: LogInChannel;
}

/** Head of an order's document, as far as a channel shows it. */
export interface OfferedHead {
  key: number;
  statusCode: number;
  /** Its last change; when it stands otherwise by time alone, that time. */
  changedAt: Date;
}

/** How an order was shown last. */
export interface ChannelOffer {
  documentKey: number;
  /** Null: it was never shown. */
  state: string | null;
  /** Name of the gate that left it out. */
  problem: string | null;
  recheckAt: Date | null;
}

/**
 * Keys of the orders of a shop that have changed from `from` to `to`, ascending; so do those whose time has come in between (of
 * `recheck_at`). The times of documents are the database's.
 */
export async function findChangedOrders(
  tx: Tx,
  { connectionId, channel, from, to }: WhichChannel & { from: Date; to: Date },
): Promise<number[]> {
  const rows = await tx.$queryRaw<{ key: number }[]>`
    SELECT key FROM documents
    WHERE connection_id = ${connectionId} AND type = 'order'
      AND updated_at >= ${from}::timestamptz AND updated_at <= ${to}::timestamptz
    UNION
    SELECT document_key FROM channel_offers
    WHERE connection_id = ${connectionId} AND channel = ${channel}
      AND recheck_at >= ${from}::timestamptz AND recheck_at <= ${to}::timestamptz
    ORDER BY key`;
  return rows.map(({ key }) => key);
}

/** By key, ascending. */
export async function readOfferedHeads(
  tx: Tx,
  { connectionId, channel, keys, now }: WhichChannel & { keys: readonly number[]; now: Date },
): Promise<OfferedHead[]> {
  return tx.$queryRaw<OfferedHead[]>`
    SELECT d.key, d.status_code AS "statusCode",
      greatest(d.updated_at, CASE WHEN o.recheck_at <= ${now}::timestamptz THEN o.recheck_at END) AS "changedAt"
    FROM documents d
    LEFT JOIN channel_offers o
      ON o.connection_id = d.connection_id AND o.channel = ${channel} AND o.document_key = d.key
    WHERE d.connection_id = ${connectionId} AND d.type = 'order' AND d.key = ANY(${[...keys]}::int[])
    ORDER BY d.key`;
}

interface Window extends WhichChannel {
  from: Date;
  to: Date;
}

/** Remembers what is read page by page; what was begun earlier than `keepSince` is forgotten. */
export async function keepWindow(
  tx: Tx,
  {
    connectionId,
    channel,
    from,
    to,
    keys,
    now,
    keepSince,
  }: Window & {
    keys: readonly number[];
    now: Date;
    keepSince: Date;
  },
): Promise<void> {
  await tx.channelWindow.deleteMany({ where: { connectionId, channel, madeAt: { lt: keepSince } } });
  await tx.$executeRaw`
    INSERT INTO channel_windows (connection_id, channel, from_at, to_at, keys, made_at)
    VALUES (${connectionId}, ${channel}, ${from}, ${to}, ${[...keys]}::int[], ${now})
    ON CONFLICT (connection_id, channel, from_at, to_at) DO UPDATE SET keys = excluded.keys, made_at = excluded.made_at`;
}

/** @param page from 1. @returns the keys of a page, and how many there are in all; null when nobody has begun to read it */
export async function readWindow(
  tx: Tx,
  { connectionId, channel, from, to, page, size }: Window & { page: number; size: number },
): Promise<{ keys: number[]; total: number } | null> {
  const first = (page - 1) * size + 1;
  const [row] = await tx.$queryRaw<{ keys: number[]; total: number }[]>`
    SELECT keys[${first}::int:${first + size - 1}::int] AS keys, cardinality(keys) AS total FROM channel_windows
    WHERE connection_id = ${connectionId} AND channel = ${channel}
      AND from_at = ${from}::timestamptz AND to_at = ${to}::timestamptz`;
  return row ?? null;
}

export async function findOffers(
  tx: Tx,
  { connectionId, channel, keys }: WhichChannel & { keys: readonly number[] },
): Promise<Map<number, ChannelOffer>> {
  const rows = await tx.channelOffer.findMany({
    where: { connectionId, channel, documentKey: { in: [...keys] } },
    select: { documentKey: true, state: true, problem: true, recheckAt: true },
  });
  return new Map(rows.map((row) => [row.documentKey, row]));
}

/** Notes how orders are shown now. A state that is null stays what it was: the order is left out this time. */
export async function keepOffers(
  tx: Tx,
  { connectionId, channel, offers, now }: WhichChannel & { offers: readonly ChannelOffer[]; now: Date },
): Promise<void> {
  if (offers.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO channel_offers (connection_id, channel, document_key, state, problem, recheck_at, offered_at)
    SELECT ${connectionId}::int, ${channel}, "documentKey", state, problem, "recheckAt",
      CASE WHEN state IS NOT NULL THEN ${now}::timestamptz END
    FROM json_to_recordset(${JSON.stringify(offers)}::json)
      AS given ("documentKey" int, state text, problem text, "recheckAt" timestamptz)
    ON CONFLICT (connection_id, channel, document_key) DO UPDATE SET
      state = coalesce(excluded.state, channel_offers.state), problem = excluded.problem,
      recheck_at = excluded.recheck_at, offered_at = coalesce(excluded.offered_at, channel_offers.offered_at)`;
}

/** Notes that a notice was refused, by the hash of the reason. @returns whether that is news */
export async function noteRefusal(
  tx: Tx,
  {
    connectionId,
    channel,
    documentKey,
    hash,
    now,
  }: WhichChannel & {
    documentKey: number;
    hash: string;
    now: Date;
  },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    INSERT INTO channel_offers AS o (connection_id, channel, document_key, refusal_hash, refused_at)
    VALUES (${connectionId}, ${channel}, ${documentKey}, ${hash}, ${now})
    ON CONFLICT (connection_id, channel, document_key) DO UPDATE
      SET refusal_hash = excluded.refusal_hash, refused_at = excluded.refused_at
      WHERE o.refusal_hash IS DISTINCT FROM excluded.refusal_hash`;
  return count > 0;
}

/** A notice was taken: the next refusal is news again. */
export async function forgetRefusal(
  tx: Tx,
  { connectionId, channel, documentKey }: WhichChannel & { documentKey: number },
): Promise<void> {
  await tx.channelOffer.updateMany({
    where: { connectionId, channel, documentKey, refusalHash: { not: null } },
    data: { refusalHash: null, refusedAt: null },
  });
}

/** How many orders of a shop are left out now, and for how many a notice was refused last. */
export async function countOffers(
  tx: Tx,
  { connectionId, channel }: WhichChannel,
): Promise<{ leftOut: number; refused: number }> {
  const [row] = await tx.$queryRaw<{ leftOut: number; refused: number }[]>`
    SELECT count(*) FILTER (WHERE problem IS NOT NULL)::int AS "leftOut",
      count(*) FILTER (WHERE refusal_hash IS NOT NULL)::int AS refused
    FROM channel_offers WHERE connection_id = ${connectionId} AND channel = ${channel}`;
  return row ?? { leftOut: 0, refused: 0 };
}

/** Which of these documents have a reference that begins so. */
export async function keysByReference(
  tx: Tx,
  { companyId, keys, prefix }: { companyId: number; keys: readonly number[]; prefix: string },
): Promise<Set<number>> {
  if (keys.length === 0) return new Set();
  const rows = await tx.document.findMany({
    where: { companyId, key: { in: [...keys] }, reference: { startsWith: prefix } },
    select: { key: true },
  });
  return new Set(rows.map(({ key }) => key));
}
