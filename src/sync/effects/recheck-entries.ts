import { systemActor, type Actor } from '../../companies/actor.js';
import { messageOf } from '../../kernel/errors.js';
import { isUniqueViolation, type Tx } from '../../store/database.js';
import { fromNow, onDatabaseClock } from '../../store/database-clock.js';
import { NotSentError, type Fence } from '../../outbound/call-fence.js';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../kernel/time.js';
import type { DeliverDeps } from './deliver-entry.js';
import { LEASE_MS, LeaseLost } from '../lease.js';
import { subjectRows } from '../subjects/subject-kind.js';
import { entryColumns, toEntry, type EntryRow } from './entry-row.js';
import { targetKindsOf, type EffectDefinition, type OutboxEntry } from './outbox.js';

/** What was refused longer ago is history: nothing of ours can still bring it about. */
const LOOK_BACK_MS = 30 * DAY_MS;
/** Times that TikTok is asked about one entry, and the pause between two of them. */
const MOST_RECHECKS = 5;
const RECHECK_PAUSE_MS = 10 * MINUTE_MS;
/** A sweep does not hold up the next minute. */
const PATIENCE_MS = 20 * SECOND_MS;

/** Nothing is ever sent here. */
const closedFence: Fence = {
  pass: () => Promise.reject(new NotSentError('a refusal is only looked at again')),
};

/**
 * Looks once more at effects that the ERP was told are refused, or that wait for a person: when a process may have sent
 * them under a lease that it had lost, and when what was read of TikTok meanwhile shows them. What TikTok has is put right
 * on the document and told; nothing is sent. Safe to run in several processes.
 * @returns how many were put right
 */
export async function recheckEntries(deps: DeliverDeps): Promise<number> {
  const began = performance.now();
  let corrected = 0;
  await noteOvertaken(deps);
  while (performance.now() - began < PATIENCE_MS) {
    const taken = await takeRecheck(deps);
    if (!taken) break;
    if (await recheck(deps, taken)) corrected += 1;
  }
  return corrected;
}

/** Refusals that what we hold of TikTok speaks against. */
async function noteOvertaken({ db, clock, effects }: DeliverDeps): Promise<void> {
  const now = clock.now();
  const since = new Date(now.getTime() - LOOK_BACK_MS);
  for (const effect of effects.values()) {
    const ids = (await effect.findOvertaken?.(db.prisma, since)) ?? [];
    if (ids.length === 0) continue;
    await db.prisma.$executeRaw`
      UPDATE outbox SET recheck_at = ${onDatabaseClock(now)}
      WHERE id = ANY(${ids.map(String)}::bigint[]) AND state IN ('refused', 'needs_person') AND recheck_at IS NULL
        AND rechecks < ${MOST_RECHECKS}
        AND (rechecks = 0 OR updated_at <= ${onDatabaseClock(new Date(now.getTime() - RECHECK_PAUSE_MS))})`;
  }
}

interface Taken {
  entry: OutboxEntry;
  token: bigint;
  rechecks: number;
}

/** With the time of the next try already written, should this one never end. */
async function takeRecheck({ db, clock, effects, leaseMs = LEASE_MS }: DeliverDeps): Promise<Taken | null> {
  const now = clock.now();
  const names = [...effects.values()]
    .filter((effect) => effect.correct !== undefined)
    .map(({ name }) => name);
  const [row] = await db.prisma.$queryRaw<(EntryRow & Pick<Taken, 'token' | 'rechecks'>)[]>`
    UPDATE outbox o SET lease_token = lease_token + 1, lease_until = ${fromNow(leaseMs)}, rechecks = rechecks + 1,
      recheck_at = CASE WHEN rechecks + 1 < ${MOST_RECHECKS}
        THEN ${onDatabaseClock(new Date(now.getTime() + RECHECK_PAUSE_MS))} END,
      updated_at = ${onDatabaseClock(now)}
    WHERE o.id = (
      SELECT e.id
      FROM outbox e JOIN ${subjectRows(targetKindsOf(effects))} s ON s.kind = e.target_kind AND s.id = e.target_id
      WHERE e.recheck_at <= ${onDatabaseClock(now)} AND e.state IN ('refused', 'needs_person')
        AND e.effect = ANY(${names}::text[]) AND s.runs
        AND (e.lease_until IS NULL OR e.lease_until <= clock_timestamp())
      ORDER BY e.recheck_at LIMIT 1 FOR NO KEY UPDATE OF e SKIP LOCKED)
    RETURNING ${entryColumns('o')}, o.lease_token AS token, o.rechecks`;
  return row ? { entry: toEntry(row), token: row.token, rechecks: row.rechecks } : null;
}

/** @returns whether TikTok has it and our side was put right */
async function recheck(deps: DeliverDeps, { entry, token, rechecks }: Taken): Promise<boolean> {
  const definition = deps.effects.get(entry.effect);
  const facts = { effect: entry.effect, outbox: String(entry.id), documentKey: entry.documentKey, rechecks };
  if (!definition?.correct) return false;
  try {
    const signal = new AbortController().signal;
    const by = systemActor(definition.name, 'effect');
    const context = { entry, by, signal, fence: closedFence, now: () => deps.clock.now() };
    const shown = await definition.readBack(context);
    if (shown.state === 'unknown') return false;
    const corrected = await deps.db.transaction(async (tx) => {
      const isOurs = shown.state === 'done' && (await correct(definition, tx, entry, shown.result, by));
      await endRecheck(tx, { entry, token }, { isOurs, now: deps.clock.now(), result: shown });
      return isOurs;
    });
    if (corrected) deps.log.warn(facts, 'TikTok has an effect that was told as refused: put right');
    return corrected;
  } catch (error) {
    if (error instanceof LeaseLost || isUniqueViolation(error)) return false;
    deps.log.warn({ ...facts, reason: messageOf(error) }, 'a refused effect could not be looked at again');
    return false;
  }
}

async function correct(
  definition: EffectDefinition,
  tx: Tx,
  entry: OutboxEntry,
  result: unknown,
  by: Actor,
): Promise<boolean> {
  return (await definition.correct?.(tx, entry, result, by)) ?? false;
}

/** @throws LeaseLost when somebody else has taken the entry, or a person has settled it */
async function endRecheck(
  tx: Tx,
  { entry, token }: { entry: OutboxEntry; token: bigint },
  ending: { isOurs: boolean; now: Date; result: { state: string; result?: unknown } },
): Promise<void> {
  const { isOurs, now } = ending;
  const result = isOurs ? JSON.stringify(ending.result.result ?? null) : null;
  // What TikTok does not show while a late call may still come is looked at when none can.
  const again = onDatabaseClock(now);
  const ended = await tx.$executeRaw`
    UPDATE outbox SET lease_until = NULL,
      state = CASE WHEN ${isOurs} THEN 'done' ELSE state END,
      last_error = CASE WHEN ${isOurs} THEN NULL ELSE last_error END,
      result = CASE WHEN ${isOurs} THEN ${result}::jsonb ELSE result END,
      recheck_at = CASE WHEN NOT ${isOurs} AND doubt_until > ${again} THEN doubt_until END
    WHERE id = ${entry.id} AND lease_token = ${token} AND state IN ('refused', 'needs_person')`;
  if (ended === 0) throw new LeaseLost(`${entry.effect} ${entry.id}`);
  await tx.$executeRaw`
    INSERT INTO outbox_attempts (started_at, finished_at, outbox_id, kind, outcome)
    VALUES (${now}, ${now}, ${entry.id}, 'read-back', ${isOurs ? 'done' : 'refused'})`;
}
