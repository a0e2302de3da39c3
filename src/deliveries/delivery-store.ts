import { createHash } from 'node:crypto';
import { Prisma, type Tx } from '../store/database.js';
import type { Delivery } from './delivery.js';
import type { WantedFile } from './render-file.js';

const columns = Prisma.sql`
  d.id, d.company_id AS "companyId", d.connection_id AS "connectionId", d.profile, d.channel, d.format, d.kind,
  d.document_key AS "documentKey", d.document_version AS "documentVersion", d.file_name AS "fileName", d.state, d.bytes, d.sha256,
  d.interchange_control AS "interchangeControl", d.group_control AS "groupControl", d.group_id AS "groupId", d.partner,
  d.attempts, d.next_at AS "nextAt", d.last_error AS "lastError", d.failing_since AS "failingSince",
  d.sent_at AS "sentAt", d.answered_at AS "answeredAt", d.created_at AS "createdAt"`;

/** Whoever makes deliveries of a company does so alone: control numbers follow each other without gaps. */
export async function lockDeliveries(tx: Tx, companyId: number): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('deliveries'), ${companyId}::int)`;
}

interface Undelivered {
  companyId: number;
  connectionId: number;
  profile: string;
  type: string;
  statusCodes: readonly number[];
  now: Date;
  limit: number;
}

/** Documents at pick-up status that the profile has no file of yet in this version, or whose file is to be tried again. */
export async function findUndelivered(tx: Tx, which: Undelivered): Promise<WantedFile[]> {
  const { companyId, connectionId, profile, type, statusCodes, now, limit } = which;
  return tx.$queryRaw<WantedFile[]>`
    SELECT key, version, type AS kind, partner_po AS "partnerPo", reference, body FROM documents x
    WHERE company_id = ${companyId} AND connection_id = ${connectionId} AND type = ${type}
      AND status_code = ANY(${[...statusCodes]}::int[]) AND receiver_company_id = ${companyId}
      AND NOT EXISTS (SELECT FROM deliveries d
        WHERE d.profile = ${profile} AND d.document_key = x.key AND d.document_version = x.version
          AND NOT (d.state = 'failed' AND d.next_at <= ${now}::timestamptz))
    ORDER BY key LIMIT ${limit}::int`;
}

export interface NewDelivery {
  companyId: number;
  connectionId: number | null;
  profile: string;
  channel: string;
  format: string;
  kind: string;
  document: Pick<WantedFile, 'key' | 'version'> | null;
  /** Of a 997: the group of theirs that it is about. */
  answers?: string;
  fileName: string;
  state: 'waiting' | 'failed';
  content: Buffer | null;
  x12: { interchange: number; group: number; groupId: string; partner: string } | null;
  failure: { message: string; nextAt: Date } | null;
  now: Date;
}

/** Stores a file; one that failed before takes the place of its row. @returns its number, and whether it fails for the first time */
export async function insertDelivery(tx: Tx, one: NewDelivery): Promise<{ id: bigint; attempts: number }> {
  const { document, content, x12, failure, now } = one;
  const sha256 = content && createHash('sha256').update(content).digest('hex');
  const [row] = await tx.$queryRaw<{ id: bigint; attempts: number }[]>`
    INSERT INTO deliveries AS d (company_id, connection_id, profile, channel, format, kind, document_key, document_version,
      answers, file_name, state, content, sha256, bytes, interchange_control, group_control, group_id, partner, attempts, next_at,
      last_error, failing_since, created_at)
    VALUES (${one.companyId}, ${one.connectionId}, ${one.profile}, ${one.channel}, ${one.format}, ${one.kind},
      ${document?.key ?? null}, ${document?.version ?? null}, ${one.answers ?? null}, ${one.fileName}, ${one.state}, ${content}, ${sha256},
      ${content?.length ?? 0}, ${x12?.interchange ?? null}, ${x12?.group ?? null}, ${x12?.groupId ?? null},
      ${x12?.partner ?? null}, ${failure ? 1 : 0}, ${failure?.nextAt ?? null}, ${failure?.message ?? null},
      ${failure ? now : null}, ${now})
    ON CONFLICT (profile, document_key, document_version) DO UPDATE SET
      file_name = excluded.file_name, state = excluded.state, content = excluded.content, sha256 = excluded.sha256,
      bytes = excluded.bytes, interchange_control = excluded.interchange_control,
      group_control = excluded.group_control, group_id = excluded.group_id, partner = excluded.partner,
      attempts = CASE WHEN excluded.state = 'failed' THEN d.attempts + 1 ELSE d.attempts END,
      next_at = excluded.next_at, last_error = excluded.last_error,
      failing_since = CASE WHEN excluded.state = 'failed' THEN coalesce(d.failing_since, excluded.failing_since) END
    WHERE d.state = 'failed'
    RETURNING d.id, d.attempts`;
  return row ?? { id: 0n, attempts: 0 };
}

/** Whether a group of theirs has its 997. */
export async function isAnswered(tx: Tx, answers: string): Promise<boolean> {
  return (await tx.delivery.count({ where: { answers } })) > 0;
}

/** What an older version of the document was, and nobody has picked up. */
export async function supersede(
  tx: Tx,
  {
    companyId,
    profile,
    documentKey,
    version,
  }: { companyId: number; profile: string; documentKey: number; version: number },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE deliveries SET state = 'superseded', next_at = NULL
    WHERE company_id = ${companyId} AND profile = ${profile} AND document_key = ${documentKey}
      AND document_version < ${version} AND state IN ('waiting', 'failed')`;
}

interface DeliveryFilter {
  companyId: number;
  state?: string | undefined;
  profile?: string | undefined;
  documentKey?: number | undefined;
  after?: bigint | undefined;
  limit: number;
}

/** Deliveries of a company, oldest first. */
export function listDeliveries(tx: Tx, filter: DeliveryFilter): Promise<Delivery[]> {
  const { companyId, state, profile, documentKey, after = 0n, limit } = filter;
  return tx.$queryRaw<Delivery[]>`
    SELECT ${columns} FROM deliveries d
    WHERE company_id = ${companyId} AND id > ${after}
      AND (${state ?? null}::text IS NULL OR state = ${state ?? null})
      AND (${profile ?? null}::text IS NULL OR profile = ${profile ?? null})
      AND (${documentKey ?? null}::int IS NULL OR document_key = ${documentKey ?? null})
    ORDER BY id LIMIT ${limit}::int`;
}

/** Files that are there to be picked up: they wait, and their document is still at its pick-up status in that version. */
export function listWaiting(
  tx: Tx,
  {
    companyId,
    channel,
    profile,
    pickup,
    formats,
    kinds,
  }: {
    companyId: number;
    channel: 'sftp' | 'sftp-client';
    /** Left out: of any profile. */
    profile?: string;
    /** Type and status, such as `order 100`. */
    pickup: readonly string[];
    /** Left out: all. */
    formats?: readonly string[];
    kinds?: readonly string[];
  },
): Promise<(Delivery & { modifiedAt: Date })[]> {
  return tx.$queryRaw<(Delivery & { modifiedAt: Date })[]>`
    SELECT ${columns}, d.created_at AS "modifiedAt" FROM deliveries d
    LEFT JOIN documents x ON x.key = d.document_key
    WHERE d.company_id = ${companyId} AND d.state = 'waiting' AND d.channel = ${channel} AND d.content IS NOT NULL
      AND (${profile ?? null}::text IS NULL OR d.profile = ${profile ?? null}::text)
      AND (${formats ? [...formats] : null}::text[] IS NULL OR d.format = ANY(${formats ? [...formats] : null}::text[]))
      AND (${kinds ? [...kinds] : null}::text[] IS NULL OR d.kind = ANY(${kinds ? [...kinds] : null}::text[]))
      AND (d.document_key IS NULL
        OR (x.version = d.document_version AND x.type || ' ' || x.status_code = ANY(${[...pickup]}::text[])))
    ORDER BY d.id LIMIT 20000`;
}

/** Whether one of these is still there. @param pickup type and status, such as `order 100` */
export async function isWaiting(
  tx: Tx,
  { companyId, id, pickup }: { companyId: number; id: bigint; pickup: readonly string[] },
): Promise<boolean> {
  const [row] = await tx.$queryRaw<object[]>`
    SELECT 1 FROM deliveries d LEFT JOIN documents x ON x.key = d.document_key
    WHERE d.company_id = ${companyId} AND d.id = ${id} AND d.state = 'waiting' AND d.content IS NOT NULL
      AND (d.document_key IS NULL
        OR (x.version = d.document_version AND x.type || ' ' || x.status_code = ANY(${[...pickup]}::text[])))`;
  return row !== undefined;
}

export async function findDelivery(
  tx: Tx,
  { companyId, id }: { companyId: number; id: bigint },
): Promise<Delivery | null> {
  const [row] = await tx.$queryRaw<Delivery[]>`
    SELECT ${columns} FROM deliveries d WHERE company_id = ${companyId} AND id = ${id}`;
  return row ?? null;
}

/** Its bytes; null once they were forgotten. */
export async function readContent(
  tx: Tx,
  { companyId, id }: { companyId: number; id: bigint },
): Promise<Buffer | null> {
  const [row] = await tx.$queryRaw<{ content: Uint8Array | null }[]>`
    SELECT content FROM deliveries WHERE company_id = ${companyId} AND id = ${id}`;
  return row?.content ? Buffer.from(row.content) : null;
}

/** @param answerBy when a 997 is late. @returns whether it was waiting */
export async function markPickedUp(
  tx: Tx,
  { companyId, id, now, answerBy }: { companyId: number; id: bigint; now: Date; answerBy: Date },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE deliveries SET sent_at = ${now}, last_error = NULL, failing_since = NULL, told_at = NULL,
      next_at = CASE WHEN format = 'x12' AND kind <> '997' THEN ${answerBy}::timestamptz END,
      state = CASE WHEN format = 'x12' AND kind <> '997' THEN 'sent' ELSE 'acknowledged' END
    WHERE company_id = ${companyId} AND id = ${id} AND state = 'waiting'`;
  return count > 0;
}

/** It could not be put where it belongs, and waits on. */
export async function noteFailedPut(
  tx: Tx,
  { companyId, id, reason, now }: { companyId: number; id: bigint; reason: string; now: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE deliveries SET attempts = attempts + 1, last_error = ${reason}, failing_since = coalesce(failing_since, ${now})
    WHERE company_id = ${companyId} AND id = ${id} AND state = 'waiting'`;
}

/** Puts that fail since before a time; each is told once. */
export function takeFailingPuts(
  tx: Tx,
  which: { companyId: number; before: Date; now: Date },
): Promise<Delivery[]> {
  const { companyId, before, now } = which;
  return tx.$queryRaw<Delivery[]>`
    UPDATE deliveries d SET told_at = ${now}
    WHERE company_id = ${companyId} AND channel = 'sftp-client' AND state = 'waiting' AND told_at IS NULL
      AND failing_since <= ${before}
    RETURNING ${columns}`;
}

/** Files of a window, or one, wait again with the bytes that they had. @returns how many */
export async function replay(
  tx: Tx,
  which: { companyId: number; id?: bigint; from?: Date; to?: Date; profile?: string },
): Promise<number> {
  const { companyId, id = null, from = null, to = null, profile = null } = which;
  return tx.$executeRaw`
    UPDATE deliveries SET state = 'waiting', sent_at = NULL, answered_at = NULL, told_at = NULL, last_error = NULL,
      failing_since = NULL
    WHERE company_id = ${companyId} AND content IS NOT NULL AND state <> 'waiting'
      AND (${id}::bigint IS NULL OR id = ${id}::bigint)
      AND (${from}::timestamptz IS NULL OR created_at >= ${from}::timestamptz)
      AND (${to}::timestamptz IS NULL OR created_at <= ${to}::timestamptz)
      AND (${profile}::text IS NULL OR profile = ${profile}::text)`;
}

/** What a partner's 997 says of a group of ours. @returns the files that it is about */
export function answerDeliveries(
  tx: Tx,
  answer: {
    companyId: number;
    partner: string;
    groupId: string;
    control: number;
    isAccepted: boolean;
    reason: string | null;
    now: Date;
  },
): Promise<Delivery[]> {
  const { companyId, partner, groupId, control, isAccepted, reason, now } = answer;
  return tx.$queryRaw<Delivery[]>`
    UPDATE deliveries d SET state = ${isAccepted ? 'acknowledged' : 'rejected'}, answered_at = ${now},
      sent_at = coalesce(sent_at, ${now}), next_at = NULL, last_error = ${reason}
    WHERE company_id = ${companyId} AND partner = ${partner} AND group_id = ${groupId} AND group_control = ${control}
      AND state IN ('waiting', 'sent', 'rejected', 'acknowledged')
    RETURNING ${columns}`;
}

/** X12 that was picked up, and whose 997 is late; each is told once. */
export function takeUnanswered(tx: Tx, now: Date): Promise<Delivery[]> {
  return tx.$queryRaw<Delivery[]>`
    UPDATE deliveries d SET told_at = ${now}
    WHERE state = 'sent' AND told_at IS NULL AND next_at <= ${now}
    RETURNING ${columns}`;
}

/** Forgets bytes and reasons of documents. */
export async function wipeDeliveries(tx: Tx, keys: readonly number[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE deliveries SET content = NULL, last_error = CASE WHEN last_error IS NOT NULL THEN 'Removed.' END
    WHERE document_key = ANY(${[...keys]}::int[])`;
}

/** The same of answers to files, which may repeat a cell: gone with their age. @returns how many */
export async function wipeOldAnswers(
  tx: Tx,
  { companyId, before, limit }: { companyId: number; before: Date; limit: number },
): Promise<number> {
  return tx.$executeRaw`
    UPDATE deliveries SET content = NULL, last_error = NULL WHERE id IN (SELECT id FROM deliveries
      WHERE company_id = ${companyId} AND document_key IS NULL AND created_at < ${before}
        AND (content IS NOT NULL OR last_error IS NOT NULL) ORDER BY id LIMIT ${limit}::int)`;
}
