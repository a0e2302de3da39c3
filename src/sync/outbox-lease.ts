import { isUniqueViolation, Prisma, type Tx } from '../store/database.js';
import { fromNow } from '../store/database-clock.js';
import { LeaseLost } from './lease.js';
import type { OutboxEntry } from './outbox.js';

/** One delivery's hold on an entry. `sending`: the call may be made now. `in_doubt`: TikTok has to be asked first. */
export interface EntryLease {
  entry: OutboxEntry;
  state: 'sending' | 'in_doubt';
  token: bigint;
  readBacks: number;
  attemptId: bigint;
  attemptStartedAt: Date;
}

export interface EntryChange {
  state: 'pending' | 'in_doubt' | 'done' | 'refused' | 'needs_person';
  /** Null for a state in which nothing more happens by itself. */
  nextAttemptAt: Date | null;
  attempts: number;
  readBacks: number;
  lastError: string | null;
  result?: unknown;
  now: Date;
}

export interface AttemptResult {
  outcome: string;
  message: string | null;
  tiktokCode: string | null;
  requestId: string | null;
  finishedAt: Date;
}

/**
 * What the beat hands out and a delivery may take; `o` is outbox, `c` connections. Of one ordering key only the oldest
 * that is not settled, and none while another is on its way or in doubt.
 */
export function dueEntry(now: Date, effects: readonly string[]): Prisma.Sql {
  return Prisma.sql`c.status = 'active' AND o.state IN ('pending', 'sending', 'in_doubt')
    AND o.next_attempt_at <= ${now} AND o.effect = ANY(${effects}::text[])
    AND (o.lease_until IS NULL OR o.lease_until <= clock_timestamp())
    AND NOT EXISTS (
      SELECT 1 FROM outbox e
      WHERE e.connection_id = o.connection_id AND e.ordering_key = o.ordering_key AND e.id <> o.id
        AND e.state IN ('pending', 'sending', 'in_doubt') AND (e.id < o.id OR e.state <> 'pending'))`;
}

interface TakenRow extends OutboxEntry {
  state: 'sending' | 'in_doubt';
  token: bigint;
  readBacks: number;
  attemptId: bigint;
}

/**
 * Takes the entry when it is due: a pending one becomes `sending`, committed with its attempt before any call is made; one
 * that was left in `sending` by a crash is in doubt.
 */
export async function takeEntry(
  db: Tx,
  options: { id: bigint; now: Date; leaseMs: number; effects: readonly string[] },
): Promise<EntryLease | null> {
  const rows = await db.$queryRaw<TakenRow[]>`
    WITH taken AS (
      UPDATE outbox o SET
        state = CASE o.state WHEN 'pending' THEN 'sending' ELSE 'in_doubt' END,
        attempts = o.attempts + CASE o.state WHEN 'pending' THEN 1 ELSE 0 END,
        read_backs = CASE o.state WHEN 'pending' THEN 0 ELSE o.read_backs END,
        lease_token = o.lease_token + 1, lease_until = ${fromNow(options.leaseMs)}, claimed_until = NULL,
        updated_at = ${options.now}
      FROM connections c
      WHERE o.id = ${options.id} AND c.id = o.connection_id AND ${dueEntry(options.now, options.effects)}
      RETURNING o.*
    ), attempt AS (
      INSERT INTO outbox_attempts (started_at, outbox_id, kind)
      SELECT ${options.now}::timestamptz, id, CASE state WHEN 'sending' THEN 'send' ELSE 'read-back' END FROM taken
      RETURNING id
    )
    SELECT t.id, t.company_id AS "companyId", t.connection_id AS "connectionId", t.effect,
      t.natural_key AS "naturalKey", t.ordering_key AS "orderingKey", t.document_key AS "documentKey", t.lane,
      t.payload, t.attempts, t.state, t.lease_token AS token, t.read_backs AS "readBacks", a.id AS "attemptId"
    FROM taken t, attempt a`.catch((error: unknown) => {
    // Another entry of the same ordering key got on its way in the same moment.
    if (isUniqueViolation(error)) return [];
    throw error;
  });
  const row = rows[0];
  if (!row) return null;
  const { state, token, readBacks, attemptId, ...entry } = row;
  return { entry, state, token, readBacks, attemptId, attemptStartedAt: options.now };
}

export async function renewEntry(db: Tx, lease: EntryLease, leaseMs: number): Promise<boolean> {
  const renewed = await db.$executeRaw`
    UPDATE outbox SET lease_until = GREATEST(lease_until, ${fromNow(leaseMs)}) WHERE id = ${lease.entry.id} AND lease_token = ${lease.token}`;
  return renewed === 1;
}

/**
 * A write is about to leave: the lease is made longer, so that it outlasts the answer.
 * @returns what it has left, in milliseconds; null when it is not ours any more
 */
export async function holdForWrite(db: Tx, lease: EntryLease, holdMs: number): Promise<number | null> {
  const [held] = await db.$queryRaw<{ leftMs: number }[]>`
    UPDATE outbox SET lease_until = GREATEST(lease_until, ${fromNow(holdMs)})
    WHERE id = ${lease.entry.id} AND lease_token = ${lease.token} AND lease_until IS NOT NULL
    RETURNING EXTRACT(EPOCH FROM lease_until - clock_timestamp())::float8 * 1000 AS "leftMs"`;
  return held?.leftMs ?? null;
}

/**
 * Without a lock, so that settling can lock the business's rows first, in the order in which everybody locks them;
 * `changeEntry` has the last word.
 * @throws LeaseLost
 */
export async function checkEntry(tx: Tx, lease: EntryLease): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM outbox WHERE id = ${lease.entry.id} AND lease_token = ${lease.token}`;
  if (rows.length === 0) lost(lease);
}

/** @throws LeaseLost */
export async function changeEntry(tx: Tx, lease: EntryLease, change: EntryChange): Promise<void> {
  const result = change.result === undefined ? null : JSON.stringify(change.result);
  const changed = await tx.$executeRaw`
    UPDATE outbox SET state = ${change.state}, attempts = ${change.attempts}, read_backs = ${change.readBacks},
      next_attempt_at = COALESCE(${change.nextAttemptAt}::timestamptz, next_attempt_at),
      last_error = ${change.lastError}, result = ${result}::jsonb,
      settled_at = CASE WHEN ${change.nextAttemptAt === null} THEN ${change.now}::timestamptz END,
      lease_until = NULL, claimed_until = NULL, updated_at = ${change.now}
    WHERE id = ${lease.entry.id} AND lease_token = ${lease.token}`;
  if (changed === 0) lost(lease);
}

export async function finishAttempt(tx: Tx, lease: EntryLease, result: AttemptResult): Promise<void> {
  await tx.$executeRaw`
    UPDATE outbox_attempts SET finished_at = ${result.finishedAt}, outcome = ${result.outcome},
      tiktok_code = ${result.tiktokCode}, request_id = ${result.requestId}, message = ${result.message}
    WHERE id = ${lease.attemptId} AND started_at = ${lease.attemptStartedAt}::timestamptz`;
}

/** The entry that this one's end lets go first. */
export async function nextOfOrderingKey(db: Tx, entry: OutboxEntry): Promise<bigint | null> {
  const [row] = await db.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM outbox WHERE connection_id = ${entry.connectionId} AND ordering_key = ${entry.orderingKey}
      AND state = 'pending' ORDER BY id LIMIT 1`;
  return row?.id ?? null;
}

function lost(lease: EntryLease): never {
  throw new LeaseLost(`${lease.entry.effect} ${lease.entry.id}`);
}
