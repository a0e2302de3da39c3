import { createHash } from 'node:crypto';
import { MINUTE_MS } from '../../kernel/time.js';
import { fromNow } from '../../store/database-clock.js';
import { Prisma, type Tx } from '../../store/database.js';
import type { MediaRefusal, MediaUse } from './judge-media.js';

/** Whose uploads they are: TikTok keeps them with the seller's account, for the app that has made them. */
export interface MediaAccount {
  companyId: number;
  environment: string;
  appKey: string;
  openId: string;
}

/** What is known of an address. */
export interface KnownSource {
  urlHash: string;
  contentHash: string | null;
  etag: string | null;
  modified: string | null;
  refusal: MediaRefusal | null;
  failures: number;
  /** Younger than the age at which it is looked at again. */
  isFresh: boolean;
  /** So young that a refusal of it counts still. */
  isYoung: boolean;
  /** Until it may be asked for again; 0 and less: now. */
  waitMs: number;
}

/** What TikTok has of a content for a use, or why not. */
export interface KnownUpload {
  contentHash: string;
  use: MediaUse;
  uri: string | null;
  answer: Prisma.JsonValue;
  refusal: MediaRefusal | null;
}

/** Whoever mends an image does not want to wait a day. */
const REFUSED_AGE_MS = 10 * MINUTE_MS;
/** Longer than a slow fetch and a slow upload take together. */
const LEASE_MS = 2 * MINUTE_MS;

export function hashOfUrl(url: string): string {
  return createHash('sha256').update(url).digest('base64url');
}

export async function findSources(
  tx: Tx,
  { companyId, urlHashes, maxAgeMs }: { companyId: number; urlHashes: readonly string[]; maxAgeMs: number },
): Promise<ReadonlyMap<string, KnownSource>> {
  const rows = await tx.$queryRaw<KnownSource[]>`
    SELECT url_hash AS "urlHash", content_hash AS "contentHash", etag, modified, refusal, failures,
      coalesce(fetched_at > ${fromNow(-maxAgeMs)}, false) AS "isFresh",
      coalesce(fetched_at > ${fromNow(-REFUSED_AGE_MS)}, false) AS "isYoung",
      coalesce(extract(epoch FROM retry_at - clock_timestamp()) * 1000, 0)::float8 AS "waitMs"
    FROM media_sources WHERE company_id = ${companyId} AND url_hash = ANY(${[...urlHashes]}::text[])`;
  return new Map(rows.map((row) => [row.urlHash, row]));
}

/** Uploads that have ended, by `use contentHash`. A refusal counts for a time: TikTok's rules move. */
export async function findUploads(
  tx: Tx,
  account: MediaAccount,
  { contentHashes, maxAgeMs }: { contentHashes: readonly string[]; maxAgeMs: number },
): Promise<ReadonlyMap<string, KnownUpload>> {
  if (contentHashes.length === 0) return new Map();
  const rows = await tx.$queryRaw<KnownUpload[]>`
    SELECT content_hash AS "contentHash", use, uri, answer, refusal FROM media_uploads
    WHERE ${isOf(account)} AND content_hash = ANY(${[...contentHashes]}::text[])
      AND (uri IS NOT NULL OR refusal IS NOT NULL AND settled_at > ${fromNow(-maxAgeMs)})`;
  return new Map(rows.map((row) => [`${row.use} ${row.contentHash}`, row]));
}

/** The contents behind uris, for people who compare. */
export async function findContentsOfUris(
  tx: Tx,
  companyId: number,
  uris: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (uris.length === 0) return new Map();
  const rows = await tx.mediaUpload.findMany({
    where: { companyId, uri: { in: [...uris] } },
    select: { uri: true, contentHash: true },
  });
  return new Map(rows.map(({ uri, contentHash }) => [uri ?? '', contentHash]));
}

function isOf({ companyId, environment, appKey, openId }: MediaAccount): Prisma.Sql {
  return Prisma.sql`company_id = ${companyId} AND environment = ${environment} AND app_key = ${appKey} AND open_id = ${openId}`;
}

/** @returns whether this process is to fetch it; else another one is at it */
export async function claimSource(tx: Tx, companyId: number, urlHash: string): Promise<boolean> {
  const count = await tx.$executeRaw`
    INSERT INTO media_sources AS s (company_id, url_hash, lease_until) VALUES (${companyId}, ${urlHash}, ${fromNow(LEASE_MS)})
    ON CONFLICT (company_id, url_hash) DO UPDATE SET lease_until = excluded.lease_until
    WHERE s.lease_until IS NULL OR s.lease_until < clock_timestamp()`;
  return count > 0;
}

export async function releaseSource(tx: Tx, companyId: number, urlHash: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE media_sources SET lease_until = NULL WHERE company_id = ${companyId} AND url_hash = ${urlHash}`;
}

/** Its server has answered: with a content (`content` null: the same as before), or with something that is no use. */
export async function noteAnswer(
  tx: Tx,
  { companyId, urlHash }: { companyId: number; urlHash: string },
  answer: {
    content: { hash: string; etag: string | null; modified: string | null } | null;
    refusal: MediaRefusal | null;
  },
): Promise<void> {
  const { content, refusal } = answer;
  const what = content
    ? Prisma.sql`content_hash = ${content.hash}, etag = ${content.etag}, modified = ${content.modified},`
    : Prisma.empty;
  await tx.$executeRaw`
    UPDATE media_sources SET ${what} refusal = ${refusal && JSON.stringify(refusal)}::jsonb, fetched_at = clock_timestamp(),
      failures = 0, retry_at = NULL
    WHERE company_id = ${companyId} AND url_hash = ${urlHash}`;
}

/** Nothing came of asking: it is asked again later. */
export async function noteFailure(
  tx: Tx,
  { companyId, urlHash }: { companyId: number; urlHash: string },
  retryInMs: number,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE media_sources SET failures = failures + 1, retry_at = ${fromNow(retryInMs)}
    WHERE company_id = ${companyId} AND url_hash = ${urlHash}`;
}

/** @returns whether this process is to upload it; else another one is at it, or it has ended */
export async function claimUpload(
  tx: Tx,
  { companyId, environment, appKey, openId }: MediaAccount,
  { contentHash, use, maxAgeMs }: { contentHash: string; use: MediaUse; maxAgeMs: number },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    INSERT INTO media_uploads AS u (company_id, environment, app_key, open_id, content_hash, use, lease_until)
    VALUES (${companyId}, ${environment}, ${appKey}, ${openId}, ${contentHash}, ${use}, ${fromNow(LEASE_MS)})
    ON CONFLICT (company_id, environment, app_key, open_id, content_hash, use)
    DO UPDATE SET lease_until = excluded.lease_until
    WHERE u.uri IS NULL AND (u.settled_at IS NULL OR u.settled_at <= ${fromNow(-maxAgeMs)})
      AND (u.lease_until IS NULL OR u.lease_until < clock_timestamp())`;
  return count > 0;
}

/** @param outcome null: nothing came of it, and whoever comes next may try */
export async function settleUpload(
  tx: Tx,
  account: MediaAccount,
  { contentHash, use }: { contentHash: string; use: MediaUse },
  outcome: { uri: string; answer: object } | { refusal: MediaRefusal } | null,
): Promise<void> {
  const what =
    outcome === null
      ? Prisma.empty
      : 'uri' in outcome
        ? Prisma.sql`, uri = ${outcome.uri}, answer = ${JSON.stringify(outcome.answer)}::jsonb, refusal = NULL, settled_at = clock_timestamp()`
        : Prisma.sql`, refusal = ${JSON.stringify(outcome.refusal)}::jsonb, settled_at = clock_timestamp()`;
  await tx.$executeRaw`
    UPDATE media_uploads SET lease_until = NULL ${what}
    WHERE ${isOf(account)} AND content_hash = ${contentHash} AND use = ${use}`;
}

/** Younger ones TikTok cannot have forgotten: it has another reason to refuse them, and would refuse their successors, too. */
const FORGETTABLE_MS = 10 * MINUTE_MS;

/**
 * TikTok does not know these uris any more (12052722): they are uploaded again when they are wanted next.
 * @returns how many were old enough for that
 */
export async function forgetUploads(tx: Tx, companyId: number, uris: readonly string[]): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM media_uploads WHERE company_id = ${companyId} AND uri = ANY(${[...uris]}::text[])
      AND settled_at < ${fromNow(-FORGETTABLE_MS)}`;
}

/** How long a server is still to be left alone; 0 when it may be asked. */
export async function hostWaitMs(tx: Tx, companyId: number, host: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ waitMs: number }[]>`
    SELECT (extract(epoch FROM until - clock_timestamp()) * 1000)::float8 AS "waitMs" FROM media_hosts
    WHERE company_id = ${companyId} AND host = ${host}`;
  return Math.max(0, row?.waitMs ?? 0);
}

export async function pauseHost(tx: Tx, companyId: number, host: string, ms: number): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO media_hosts AS h (company_id, host, until) VALUES (${companyId}, ${host}, ${fromNow(ms)})
    ON CONFLICT (company_id, host) DO UPDATE SET until = GREATEST(h.until, excluded.until)`;
}
