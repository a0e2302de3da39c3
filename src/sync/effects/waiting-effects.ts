import type { Actor } from '../../companies/actor.js';
import type { Tx } from '../../store/database.js';
import { onDatabaseClock } from '../../store/database-clock.js';
import { connectionIdOf, connectionOf } from '../subjects/connection-subject.js';
import type { Subject } from '../subjects/subject-kind.js';
import { retryEntry, settleByPerson, type PersonDecision } from './outbox-decisions.js';
import type { EffectRegistry, OutboxEntry } from './outbox.js';

/** An effect that waits for a person, with all that he can be told about it. Times are when it was asked for and since when it waits. */
export interface WaitingEffect {
  id: bigint;
  companyId: number;
  /** Name in the table of effects. */
  effect: string;
  documentType: string | null;
  documentKey: number | null;
  /** The seller's number of the document. */
  reference: string | null;
  /** TikTok's order or product, as `order:<id>`. */
  orderingKey: string;
  why: string | null;
  askedAt: Date;
  waitingSince: Date;
  /** In order of time; only the last ones of many. */
  calls: {
    startedAt: Date;
    kind: string;
    outcome: string | null;
    tiktokCode: string | null;
    requestId: string | null;
    message: string | null;
  }[];
}

const MOST = 100;
const MOST_CALLS = 20;

/** What of one connection waits for a person; see waitingOf. */
export function waitingOfConnection(db: Tx, connectionId: number): Promise<WaitingEffect[]> {
  return waitingOf(db, connectionOf(connectionId));
}

/** What waits for a person at one target, the longest waiting first; at most a hundred. */
export async function waitingOf(db: Tx, target: Subject): Promise<WaitingEffect[]> {
  const rows = await db.$queryRaw<Omit<WaitingEffect, 'calls'>[]>`
    SELECT o.id, o.company_id AS "companyId", o.effect, d.type AS "documentType", o.document_key AS "documentKey",
      d.reference, o.ordering_key AS "orderingKey", o.last_error AS why, o.created_at AS "askedAt",
      o.updated_at AS "waitingSince"
    FROM outbox o LEFT JOIN documents d ON d.key = o.document_key
    WHERE o.target_kind = ${target.kind} AND o.target_id = ${target.id} AND o.state = 'needs_person'
    ORDER BY o.updated_at, o.id LIMIT ${MOST}`;
  const calls = await db.outboxAttempt.findMany({
    where: { outboxId: { in: rows.map(({ id }) => id) } },
    orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => ({
    ...row,
    calls: calls.filter(({ outboxId }) => outboxId === row.id).slice(-MOST_CALLS),
  }));
}

/** For how many seconds the effect that has waited longest for a person has been waiting; 0 when none does. */
export async function readLongestWait(db: Tx, now: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ seconds: number | null }[]>`
    SELECT EXTRACT(EPOCH FROM ${onDatabaseClock(now)} - min(updated_at))::float8 AS seconds
    FROM outbox WHERE state = 'needs_person'`;
  return Math.max(0, row?.seconds ?? 0);
}

/** `ask` has TikTok asked once more; the others are what a person has found out. */
export type WaitingDecision = PersonDecision | { decision: 'ask' };

/**
 * Settles an effect of a connection as a person has decided; `ask` has TikTok asked once more. Wake the queue after the
 * commit.
 * @returns what was decided about
 * @throws AppError not-found, conflict
 */
export async function decideWaiting(
  tx: Tx,
  effects: EffectRegistry,
  which: { companyId: number; id: bigint; now: Date; by: Actor },
  decision: WaitingDecision,
): Promise<Pick<OutboxEntry, 'effect' | 'documentKey'> & { connectionId: number | null }> {
  const entry = await (decision.decision === 'ask'
    ? retryEntry(tx, which)
    : settleByPerson(tx, effects, which, decision));
  return { ...entry, connectionId: connectionIdOf(entry.target) };
}
