import { AppError } from '../../kernel/errors.js';
import { isUniqueViolation, Prisma, type Tx } from '../../store/database.js';
import { fromNow, onDatabaseClock, shiftMs } from '../../store/database-clock.js';
import { LeaseLost } from '../lease.js';
import { subjectRows, type SubjectKind } from '../subjects/subject-kind.js';
import { entryColumns, toEntry, type EntryRow } from './entry-row.js';
import type { OutboxEntry } from './outbox.js';

/** One delivery's hold on an entry. `sending`: the call may be made now. `in_doubt`: TikTok has to be asked first. */
export interface EntryLease {
  entry: OutboxEntry;
  state: 'sending' | 'in_doubt';
  token: bigint;
  readBacks: number;
  attemptId: bigint;
  attemptStartedAt: Date;
  /** Number of the newest doubt when it was taken. */
  doubt: bigint;
  /** How long TikTok could still carry out a call whose answer nobody has; 0: no longer. */
  doubtLeftMs: number;
}

/** Somebody has raised a doubt since this delivery began: what it found out denies an effect that may still come. */
export class DoubtRaised extends AppError {
  constructor({ entry }: EntryLease) {
    super('tiktok-in-doubt', `A late call of ${entry.effect} ${entry.id} may still bring its effect.`);
    this.name = 'DoubtRaised';
  }
}

export interface EntryChange {
  state: 'pending' | 'in_doubt' | 'done' | 'refused' | 'needs_person';
  /** Null for a state in which nothing more happens by itself. */
  nextAttemptAt: Date | null;
  attempts: number;
  readBacks: number;
  lastError: string | null;
  result?: unknown;
  /** A new doubt, from now on; null: none, or still the old one. */
  doubtMs: number | null;
  /** Of a refused one that was in doubt before: TikTok is asked once more after this. */
  recheckMs: number;
  now: Date;
}

interface AttemptResult {
  outcome: string;
  message: string | null;
  tiktokCode: string | null;
  requestId: string | null;
  finishedAt: Date;
}

/**
 * What the beat hands out and a delivery may take; `o` is outbox, `s` their targets. Of one ordering key of a target only the oldest
 * that is not settled, and none while another is on its way or in doubt.
 */
export function dueEntry(now: Date, effects: readonly string[]): Prisma.Sql {
  return Prisma.sql`s.runs AND o.state IN ('pending', 'sending', 'in_doubt')
    AND o.next_attempt_at <= ${onDatabaseClock(now)} AND o.effect = ANY(${effects}::text[])
    AND (o.lease_until IS NULL OR o.lease_until <= clock_timestamp())
    AND NOT EXISTS (
      SELECT 1 FROM outbox e
      WHERE e.target_kind = o.target_kind AND e.target_id = o.target_id AND e.ordering_key = o.ordering_key AND e.id <> o.id
        AND e.state IN ('pending', 'sending', 'in_doubt') AND (e.id < o.id OR e.state <> 'pending'))`;
}

interface TakenRow extends EntryRow {
  state: 'sending' | 'in_doubt';
  token: bigint;
  readBacks: number;
  attemptId: bigint;
  doubt: bigint;
  doubtLeftMs: number;
}

/**
 * Takes the entry when it is due: a pending one becomes `sending`, committed with its attempt before any call is made. One
 * that was left in `sending` by a crash or a stopped process is in doubt for as long as TikTok may carry out what that one
 * has sent until the end of its lease; when nothing can have left, it is simply sent.
 */
export async function takeEntry(
  db: Tx,
  options: {
    id: bigint;
    now: Date;
    leaseMs: number;
    effects: readonly string[];
    /** The kinds of target that they go to. */
    targets: readonly SubjectKind[];
    /** Those of which nothing leaves but through the fence. */
    fenced: readonly string[];
    doubtMs: number;
  },
): Promise<EntryLease | null> {
  const now = onDatabaseClock(options.now);
  const isUnsent = Prisma.sql`(o.state = 'sending' AND NOT o.may_have_left AND o.effect = ANY(${options.fenced}::text[]))`;
  const isFree = Prisma.sql`(o.state = 'pending' AND COALESCE(o.doubt_until <= ${now}, true) OR ${isUnsent})`;
  const isAbandoned = Prisma.sql`(o.state = 'sending' AND NOT ${isUnsent})`;
  const doubtMs = shiftMs(options.now) + options.doubtMs;
  const rows = await db.$queryRaw<TakenRow[]>`
    WITH taken AS (
      UPDATE outbox o SET
        state = CASE WHEN ${isFree} THEN 'sending' ELSE 'in_doubt' END,
        attempts = o.attempts + CASE WHEN ${isFree} AND o.state = 'pending' THEN 1 ELSE 0 END,
        read_backs = CASE WHEN ${isFree} THEN 0 ELSE o.read_backs END,
        may_have_left = o.may_have_left AND NOT ${isFree},
        doubt = o.doubt + CASE WHEN ${isAbandoned} THEN 1 ELSE 0 END,
        doubt_until = CASE WHEN ${isAbandoned}
          THEN GREATEST(o.doubt_until, o.lease_until + ${doubtMs}::float8 * interval '1 millisecond')
          ELSE o.doubt_until END,
        lease_token = o.lease_token + 1, lease_until = ${fromNow(options.leaseMs)}, claimed_until = NULL,
        updated_at = ${options.now}
      FROM ${subjectRows(options.targets)} s
      WHERE o.id = ${options.id} AND s.kind = o.target_kind AND s.id = o.target_id AND ${dueEntry(options.now, options.effects)}
      RETURNING o.*
    ), attempt AS (
      INSERT INTO outbox_attempts (started_at, outbox_id, kind)
      SELECT ${options.now}::timestamptz, id, CASE state WHEN 'sending' THEN 'send' ELSE 'read-back' END FROM taken
      RETURNING id
    )
    SELECT ${entryColumns('t')}, t.state, t.lease_token AS token, t.read_backs AS "readBacks", a.id AS "attemptId",
      t.doubt, COALESCE(GREATEST(0, EXTRACT(EPOCH FROM t.doubt_until - (${now})) * 1000), 0)::float8 AS "doubtLeftMs"
    FROM taken t, attempt a`.catch((error: unknown) => {
    // Another entry of the same ordering key got on its way in the same moment.
    if (isUniqueViolation(error)) return [];
    throw error;
  });
  const row = rows[0];
  if (!row) return null;
  const { state, token, readBacks, attemptId, doubt, doubtLeftMs } = row;
  return {
    entry: toEntry(row),
    state,
    token,
    readBacks,
    attemptId,
    attemptStartedAt: options.now,
    doubt,
    doubtLeftMs,
  };
}

export async function renewEntry(db: Tx, lease: EntryLease, leaseMs: number): Promise<boolean> {
  const renewed = await db.$executeRaw`
    UPDATE outbox SET lease_until = GREATEST(lease_until, ${fromNow(leaseMs)}) WHERE id = ${lease.entry.id} AND lease_token = ${lease.token}`;
  return renewed === 1;
}

/**
 * A write is about to leave: from now on it may have, and the lease is made longer, so that it outlasts the answer.
 * @returns what it has left, in milliseconds; null when it is not ours any more
 */
export async function holdForWrite(db: Tx, lease: EntryLease, holdMs: number): Promise<number | null> {
  const [held] = await db.$queryRaw<{ leftMs: number }[]>`
    UPDATE outbox SET may_have_left = true, lease_until = GREATEST(lease_until, ${fromNow(holdMs)})
    WHERE id = ${lease.entry.id} AND lease_token = ${lease.token} AND lease_until IS NOT NULL
    RETURNING EXTRACT(EPOCH FROM lease_until - clock_timestamp())::float8 * 1000 AS "leftMs"`;
  return held?.leftMs ?? null;
}

/**
 * A write may have left under a lease that was lost meanwhile: whatever is found out about the entry before it is over is
 * no denial any more. Needs no lease, since it never harms.
 */
export async function raiseDoubt(
  db: Tx,
  { entry }: EntryLease,
  options: { now: Date; doubtMs: number },
): Promise<void> {
  const now = onDatabaseClock(options.now);
  await db.$executeRaw`
    UPDATE outbox SET doubt = doubt + 1,
      doubt_until = GREATEST(doubt_until, ${now} + ${options.doubtMs}::float8 * interval '1 millisecond'),
      recheck_at = CASE WHEN state IN ('refused', 'needs_person') THEN ${now} ELSE recheck_at END, rechecks = 0
    WHERE id = ${entry.id} AND state <> 'done'`;
}

/**
 * Without a lock, so that settling can lock the business's rows first, in the order in which everybody locks them;
 * `changeEntry` has the last word.
 * @throws LeaseLost; DoubtRaised when the change denies the effect and a doubt is newer than the delivery
 */
export async function checkEntry(
  tx: Tx,
  lease: EntryLease,
  { state }: Pick<EntryChange, 'state'>,
): Promise<void> {
  const [row] = await tx.$queryRaw<{ doubt: bigint }[]>`
    SELECT doubt FROM outbox WHERE id = ${lease.entry.id} AND lease_token = ${lease.token}`;
  if (!row) lost(lease);
  if (row.doubt !== lease.doubt && !AFFIRMING.includes(state)) throw new DoubtRaised(lease);
}

/** States that a newer doubt does not speak against: TikTok has it, or nobody knows. */
const AFFIRMING: readonly EntryChange['state'][] = ['done', 'in_doubt', 'needs_person'];

/** @throws LeaseLost; DoubtRaised as `checkEntry` */
export async function changeEntry(tx: Tx, lease: EntryLease, change: EntryChange): Promise<void> {
  const result = change.result === undefined ? null : JSON.stringify(change.result);
  const { nextAttemptAt, doubtMs } = change;
  const next = nextAttemptAt ? onDatabaseClock(nextAttemptAt) : Prisma.sql`next_attempt_at`;
  const now = onDatabaseClock(change.now);
  const keepsDoubt = AFFIRMING.includes(change.state) && change.state !== 'done';
  const changed = await tx.$executeRaw`
    UPDATE outbox SET state = ${change.state}, attempts = ${change.attempts}, read_backs = ${change.readBacks},
      next_attempt_at = ${next},
      doubt = doubt + CASE WHEN ${doubtMs !== null} THEN 1 ELSE 0 END,
      doubt_until = CASE WHEN ${keepsDoubt}
        THEN GREATEST(doubt_until, ${now} + ${doubtMs}::float8 * interval '1 millisecond') END,
      recheck_at = CASE WHEN ${change.state === 'refused'} AND doubt > 0
        THEN ${now} + ${change.recheckMs}::float8 * interval '1 millisecond' END,
      rechecks = 0,
      last_error = ${change.lastError}, result = ${result}::jsonb,
      settled_at = CASE WHEN ${change.nextAttemptAt === null} THEN ${change.now}::timestamptz END,
      lease_until = NULL, claimed_until = NULL, updated_at = ${change.now}
    WHERE id = ${lease.entry.id} AND lease_token = ${lease.token}
      AND (doubt = ${lease.doubt} OR ${AFFIRMING.includes(change.state)})`;
  if (changed > 0) return;
  await checkEntry(tx, lease, change);
  lost(lease);
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
    SELECT id FROM outbox WHERE target_kind = ${entry.target.kind} AND target_id = ${entry.target.id}
      AND ordering_key = ${entry.orderingKey}
      AND state = 'pending' ORDER BY id LIMIT 1`;
  return row?.id ?? null;
}

function lost(lease: EntryLease): never {
  throw new LeaseLost(`${lease.entry.effect} ${lease.entry.id}`);
}
