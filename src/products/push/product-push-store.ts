import type { ListingReview } from '../../domain/listing-review.js';
import { Prisma, type Tx } from '../../store/database.js';

/**
 * `queued`: an effect is asked for or under way. `done`: TikTok has it. `waiting`: for TikTok or a day. `blocked`: by a rule of
 * ours or the state of the listing. `refused`: by TikTok. `needs_person`: nobody knows what became of it.
 */
export type PushState = 'queued' | 'done' | 'waiting' | 'blocked' | 'refused' | 'needs_person';

/** How a product stands between what is wanted and TikTok. */
export interface ProductPush {
  productKey: string;
  state: PushState;
  version: bigint;
  entryId: bigint | null;
  sentVersion: bigint | null;
  gate: string | null;
  reason: string | null;
  next: string | null;
  tiktokCode: string | null;
  dueAt: Date | null;
  createKey: string | null;
  actedImport: number;
  inFlightSince: Date | null;
  review: ListingReview | null;
  reviewedAt: Date | null;
  reviewSince: Date | null;
  reviewAt: Date | null;
  updatedAt: Date;
}

/** Why a product is as it is, as it is told. */
export interface Verdict {
  state: PushState;
  gate: string;
  reason: string;
  next: string | null;
  tiktokCode?: string | null;
  /** Looked at again then; by itself never when left out. */
  dueAt?: Date | null;
}

type Which = { connectionId: number; productKey: string };

const columns = Prisma.sql`product_key AS "productKey", state, version, entry_id AS "entryId", sent_version AS "sentVersion",
  gate, reason, next, tiktok_code AS "tiktokCode", due_at AS "dueAt", create_key AS "createKey",
  acted_import AS "actedImport", in_flight_since AS "inFlightSince", review, reviewed_at AS "reviewedAt",
  review_since AS "reviewSince", review_at AS "reviewAt", updated_at AS "updatedAt"`;

export async function findPush(tx: Tx, { connectionId, productKey }: Which): Promise<ProductPush | null> {
  return (await findPushes(tx, connectionId, [productKey])).get(productKey) ?? null;
}

export async function findPushes(
  tx: Tx,
  connectionId: number,
  productKeys: readonly string[],
): Promise<ReadonlyMap<string, ProductPush>> {
  const rows = await tx.$queryRaw<ProductPush[]>`
    SELECT ${columns} FROM product_pushes
    WHERE connection_id = ${connectionId} AND product_key = ANY(${[...productKeys]}::text[])`;
  return new Map(rows.map((row) => [row.productKey, row]));
}

/** A create leaves now: its repeats are told from another one by the key. @returns the key, the same until it is settled */
export async function keepCreateKey(
  tx: Tx,
  { connectionId, productKey }: Which,
  key: string,
): Promise<string> {
  const [row] = await tx.$queryRaw<{ key: string }[]>`
    UPDATE product_pushes SET create_key = coalesce(create_key, ${key})
    WHERE connection_id = ${connectionId} AND product_key = ${productKey} RETURNING create_key AS key`;
  return row?.key ?? key;
}

/** TikTok has refused the first call of a create: it has made nothing. */
export async function forgetCreateKey(tx: Tx, { connectionId, productKey }: Which): Promise<void> {
  await tx.$executeRaw`
    UPDATE product_pushes SET create_key = NULL
    WHERE connection_id = ${connectionId} AND product_key = ${productKey}`;
}

/** What is changed is changed as a whole from now on. */
export async function beginFlight(tx: Tx, { connectionId, productKey }: Which, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE product_pushes SET in_flight_since = ${now}
    WHERE connection_id = ${connectionId} AND product_key = ${productKey}`;
}

/** All SKUs of ours are there. */
export async function endFlight(tx: Tx, { connectionId, productKey }: Which): Promise<void> {
  await tx.$executeRaw`
    UPDATE product_pushes SET in_flight_since = NULL
    WHERE connection_id = ${connectionId} AND product_key = ${productKey}`;
}

/** What came of an effect. `sent`: TikTok has this version now, and whether a review of it is to be waited for. */
export async function settlePush(
  tx: Tx,
  { connectionId, productKey, entryId }: Which & { entryId: bigint },
  outcome: {
    verdict: Verdict;
    now: Date;
    sent?: { version: bigint; isReviewed: boolean } | undefined;
    /** Where the word of a feed was carried out: the number of the file. */
    acted?: number | undefined;
    /** It is known what became of a create. */
    endsCreate?: boolean;
    /** Nothing is under way any more. */
    endsFlight?: boolean;
  },
): Promise<void> {
  const { verdict, now, sent, acted = 0, endsCreate = false, endsFlight = false } = outcome;
  const { state, gate, reason, next, tiktokCode = null, dueAt = null } = verdict;
  const startsReview = sent?.isReviewed ?? false;
  await tx.$executeRaw`
    UPDATE product_pushes SET
      state = CASE WHEN entry_id = ${entryId} THEN ${state} ELSE state END,
      gate = CASE WHEN entry_id = ${entryId} THEN ${gate} ELSE gate END,
      reason = CASE WHEN entry_id = ${entryId} THEN ${reason} ELSE reason END,
      next = CASE WHEN entry_id = ${entryId} THEN ${next} ELSE next END,
      tiktok_code = CASE WHEN entry_id = ${entryId} THEN ${tiktokCode} ELSE tiktok_code END,
      due_at = CASE WHEN entry_id = ${entryId} THEN ${dueAt}::timestamptz ELSE due_at END,
      sent_version = GREATEST(sent_version, ${sent?.version ?? null}::bigint),
      acted_import = GREATEST(acted_import, ${acted}),
      create_key = CASE WHEN ${endsCreate} THEN NULL ELSE create_key END,
      in_flight_since = CASE WHEN ${endsFlight} THEN NULL ELSE in_flight_since END,
      review_since = CASE WHEN ${startsReview} THEN ${now}::timestamptz ELSE review_since END,
      review_at = CASE WHEN ${startsReview} THEN ${now}::timestamptz ELSE review_at END,
      updated_at = ${now}
    WHERE connection_id = ${connectionId} AND product_key = ${productKey}`;
}

/** Products whose turn with TikTok's review has come, the longest waiting first. */
export async function dueReviews(
  tx: Tx,
  connectionId: number,
  { now, limit }: { now: Date; limit: number },
): Promise<ProductPush[]> {
  return tx.$queryRaw<ProductPush[]>`
    SELECT ${columns} FROM product_pushes WHERE connection_id = ${connectionId} AND review_at <= ${now}
    ORDER BY review_at LIMIT ${limit}`;
}

/** Notes what TikTok has shown. `nextAt`: when it is asked again; null: it is settled. `isOver`: what waited for it may go. */
export async function saveReview(
  tx: Tx,
  { connectionId, productKey }: Which,
  seen: { review: ListingReview | null; now: Date; nextAt: Date | null; isOver: boolean },
): Promise<void> {
  const { review, now, nextAt, isOver } = seen;
  await tx.$executeRaw`
    UPDATE product_pushes SET
      review = CASE WHEN ${review === null} THEN review ELSE ${JSON.stringify(review)}::jsonb END, reviewed_at = ${now},
      review_at = ${nextAt}::timestamptz, review_since = CASE WHEN ${isOver} THEN NULL ELSE review_since END,
      due_at = CASE WHEN ${isOver} AND state = 'waiting' AND gate = 'review' THEN ${now}::timestamptz ELSE due_at END,
      updated_at = ${now}
    WHERE connection_id = ${connectionId} AND product_key = ${productKey}`;
}

/** Products whose effect has ended without a word, or is nowhere: they are decided anew. */
export async function freeLost(tx: Tx, connectionId: number, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE product_pushes s SET state = 'waiting', gate = 'asked-again', due_at = ${now}
    WHERE s.connection_id = ${connectionId} AND s.state = 'queued' AND NOT EXISTS (SELECT FROM outbox o
      WHERE o.id = s.entry_id AND o.state IN ('pending', 'sending', 'in_doubt', 'needs_person'))`;
}

/**
 * Products that TikTok shows otherwise than their review said: somebody has switched, deleted or frozen one, or TikTok has. They are
 * read anew.
 */
export async function noticeMoved(
  tx: Tx,
  { id: connectionId, environment, shopId }: { id: number; environment: string; shopId: string },
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE product_pushes s SET review_at = ${now}
    FROM wanted_products p JOIN catalog_products c ON c.environment = ${environment} AND c.shop_id = ${shopId}
      AND c.product_id = p.tiktok_product_id
    WHERE s.connection_id = ${connectionId} AND p.connection_id = s.connection_id AND p.product_key = s.product_key
      AND s.review_at IS NULL AND s.review IS NOT NULL AND c.status <> s.review->>'status'
      AND c.read_at > s.reviewed_at`;
}

/** When something of a connection is to be looked at next; null: nothing waits for a time. */
export async function nextPushLook(tx: Tx, connectionId: number): Promise<Date | null> {
  const [row] = await tx.$queryRaw<{ at: Date | null }[]>`
    SELECT LEAST(min(review_at), min(due_at) FILTER (WHERE state = 'waiting')) AS at FROM product_pushes
    WHERE connection_id = ${connectionId}`;
  return row?.at ?? null;
}

/** What stood still is tried once more: somebody has sent it again, or has said what was missing. @param which of wanted_products */
export async function rearm(tx: Tx, connectionId: number, which: Prisma.Sql): Promise<number> {
  return tx.$executeRaw`
    UPDATE product_pushes SET state = 'waiting', due_at = now() - interval '1 day', gate = 'asked-again'
    WHERE connection_id = ${connectionId} AND state IN ('blocked', 'refused')
      AND product_key IN (SELECT product_key FROM wanted_products WHERE ${which} AND asked_version = version)`;
}
