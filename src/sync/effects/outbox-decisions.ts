import type { Actor } from '../../companies/actor.js';
import { AppError } from '../../kernel/errors.js';
import { isUniqueViolation, type Tx } from '../../store/database.js';
import { onDatabaseClock } from '../../store/database-clock.js';
import type { Subject } from '../subjects/subject-kind.js';
import { toEntry } from './entry-row.js';
import type { EffectOutcome, EffectRegistry, OutboxEntry, OutboxState } from './outbox.js';

/** An entry with the calls that were made for it, for Explain and for the person who decides. */
export interface EntryHistory extends OutboxEntry {
  state: OutboxState;
  nextAttemptAt: Date;
  lastError: string | null;
  createdAt: Date;
  settledAt: Date | null;
  calls: {
    startedAt: Date;
    finishedAt: Date | null;
    kind: string;
    outcome: string | null;
    tiktokCode: string | null;
    requestId: string | null;
    message: string | null;
  }[];
}

/** The effects that a document wants, oldest first, each with its calls in order of time. */
export async function entriesOfDocument(
  db: Tx,
  filter: { companyId: number; documentKey: number },
): Promise<EntryHistory[]> {
  return historyOf(db, await db.outboxEntry.findMany({ where: filter, orderBy: { id: 'asc' } }));
}

const MOST_OF_KEY = 50;

/** The last effects of one ordering key, such as a product, oldest first. */
export async function entriesOfOrderingKey(
  db: Tx,
  target: Subject,
  orderingKey: string,
): Promise<EntryHistory[]> {
  const where = { targetKind: target.kind, targetId: target.id, orderingKey };
  const rows = await db.outboxEntry.findMany({ where, orderBy: { id: 'desc' }, take: MOST_OF_KEY });
  return historyOf(db, rows.toReversed());
}

type StoredEntry = Awaited<ReturnType<Tx['outboxEntry']['findMany']>>[number];

async function historyOf(db: Tx, rows: readonly StoredEntry[]): Promise<EntryHistory[]> {
  const calls = await db.outboxAttempt.findMany({
    where: { outboxId: { in: rows.map((row) => row.id) } },
    orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => ({
    ...toEntry(row),
    state: row.state as OutboxState,
    nextAttemptAt: row.nextAttemptAt,
    lastError: row.lastError,
    createdAt: row.createdAt,
    settledAt: row.settledAt,
    calls: calls
      .filter((call) => call.outboxId === row.id)
      .map(({ id: _id, outboxId: _outboxId, ...call }) => call),
  }));
}

/** Entries that wait for a person, oldest first, over all companies; at most a thousand. */
export async function listWaitingForPerson(db: Tx): Promise<(OutboxEntry & { lastError: string | null })[]> {
  const rows = await db.outboxEntry.findMany({
    where: { state: 'needs_person' },
    orderBy: { id: 'asc' },
    take: 1_000,
  });
  return rows.map((row) => ({ ...toEntry(row), lastError: row.lastError }));
}

/** What a person has found out about an entry that waits for one. */
export type PersonDecision =
  | { decision: 'done'; result?: unknown }
  | { decision: 'not-done'; reason: string }
  /** Knowing that it is not there. */
  | { decision: 'send-again' };

type Choice = { companyId: number; id: bigint; now: Date };
/** `by`: the person who decides. */
type DecidedChoice = Choice & { by: Actor };

/**
 * Has TikTok asked once more about an entry that waits for a person; nothing is sent unless the answer is clear. Wake the
 * queue after the commit.
 * @throws AppError not-found; conflict when it does not wait for a person or another effect of its order is under way
 */
export async function retryEntry(tx: Tx, choice: Choice): Promise<OutboxEntry> {
  const entry = await findWaiting(tx, choice);
  await moveOn(tx, choice, 'in_doubt');
  return entry;
}

/**
 * Settles an entry as a person has decided.
 * @throws AppError not-found, conflict as for `retryEntry`
 */
export async function settleByPerson(
  tx: Tx,
  effects: EffectRegistry,
  choice: DecidedChoice,
  decision: PersonDecision,
): Promise<OutboxEntry> {
  const entry = await findWaiting(tx, choice);
  if (decision.decision === 'send-again') {
    await moveOn(tx, choice, 'pending');
    return entry;
  }
  const definition = effects.get(entry.effect);
  if (!definition)
    throw new AppError('conflict', `This version of the program does not know ${entry.effect}.`);
  const outcome: EffectOutcome<unknown> =
    decision.decision === 'done'
      ? { state: 'done', result: decision.result ?? null }
      : { state: 'refused', error: new AppError('tiktok-refused', decision.reason) };
  await definition.settle(tx, entry, outcome, choice.by);
  const settled = await tx.$executeRaw`
    UPDATE outbox SET state = ${outcome.state}, settled_at = ${choice.now}, updated_at = ${choice.now},
      last_error = ${outcome.state === 'refused' ? outcome.error.message : null}
    WHERE id = ${entry.id} AND state = 'needs_person'`;
  if (settled === 0) throw notWaiting();
  return entry;
}

async function findWaiting(tx: Tx, choice: Choice): Promise<OutboxEntry> {
  const row = await tx.outboxEntry.findFirst({ where: { id: choice.id, companyId: choice.companyId } });
  if (!row) throw new AppError('not-found', 'There is no such effect.');
  if (row.state !== 'needs_person') throw notWaiting();
  return toEntry(row);
}

async function moveOn(tx: Tx, choice: Choice, state: 'in_doubt' | 'pending'): Promise<void> {
  try {
    const moved = await tx.$executeRaw`
      UPDATE outbox SET state = ${state}, read_backs = 0, next_attempt_at = ${onDatabaseClock(choice.now)}, claimed_until = NULL,
        settled_at = NULL, updated_at = ${choice.now}
      WHERE id = ${choice.id} AND state = 'needs_person'`;
    if (moved === 0) throw notWaiting();
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    throw new AppError(
      'conflict',
      'Another effect of the same order is under way; try again when it has ended.',
      {
        cause,
      },
    );
  }
}

function notWaiting(): AppError {
  return new AppError('conflict', 'This effect does not wait for a person.');
}
