import type { Logger } from '../kernel/log.js';
import type { Database } from '../store/database.js';
import { fromNow } from '../store/database-clock.js';
import type { Clock } from '../kernel/time.js';
import { subjectKindsOf, type FlowCatalogue } from './flows/flow-catalogue.js';
import { dueFlow } from './flows/flow-lease.js';
import type { Lane } from '../kernel/lane.js';
import { dueEntry } from './effects/outbox-lease.js';
import { targetKindsOf, type EffectRegistry } from './effects/outbox.js';
import { subjectRows } from './subjects/subject-kind.js';

/** Something that a worker shall look at: it names a row, the row says the rest. */
export interface Wake {
  kind: 'flow' | 'outbox';
  id: bigint;
  lane: Lane;
}

/** Work that is due. `turn` changes when somebody takes the row, so that a job of a turn that died blocks no later one. */
export interface DueWork extends Wake {
  turn: bigint;
}

export interface BeatDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  flows: FlowCatalogue;
  effects: EffectRegistry;
  /** Puts work on the queue. */
  wake(work: DueWork[]): Promise<void>;
  batchSize?: number;
}

const BATCH_SIZE = 1_000;
/**
 * How long a row counts as handed out: no beat hands it out again before, and what a wiped queue has lost is handed out
 * again within a minute.
 */
const CLAIM_MS = 45_000;

interface Claimed {
  id: bigint;
  lane: Lane;
  turn: bigint;
  dueAt: Date;
}

/**
 * Finds everything that is due and puts it on the queue, in batches. Any number of beats may work at the same time; each
 * row is handed out by one. A crash between claim and queue costs the time until the claim ends.
 */
export async function beat(deps: BeatDeps): Promise<{ flows: number; outbox: number }> {
  const flows = await handOut(deps, 'flow', claimFlows);
  const outbox = await handOut(deps, 'outbox', claimEntries);
  return { flows, outbox };
}

async function handOut(
  deps: BeatDeps,
  kind: Wake['kind'],
  claim: (deps: BeatDeps, from: Date, limit: number) => Promise<Claimed[]>,
): Promise<number> {
  const limit = deps.batchSize ?? BATCH_SIZE;
  let count = 0;
  // Each batch begins where the one before ended, so that a long backlog is not read again from its start.
  let from = new Date(0);
  for (;;) {
    const claimed = await claim(deps, from, limit);
    if (claimed.length > 0) await deps.wake(claimed.map(({ id, lane, turn }) => ({ kind, id, lane, turn })));
    count += claimed.length;
    if (claimed.length < limit) return count;
    from = claimed.reduce((latest, row) => (row.dueAt > latest ? row.dueAt : latest), from);
  }
}

function claimFlows({ db, clock, flows }: BeatDeps, from: Date, limit: number): Promise<Claimed[]> {
  return db.prisma.$queryRaw<Claimed[]>`
    WITH due AS (
      SELECT f.id
      FROM flows f JOIN ${subjectRows(subjectKindsOf(flows))} s ON s.kind = f.subject_kind AND s.id = f.subject_id
      WHERE ${dueFlow(clock.now())} AND f.next_attempt_at >= ${from} AND f.name = ANY(${[...flows.keys()]}::text[])
        AND (f.claimed_until IS NULL OR f.claimed_until <= clock_timestamp())
      ORDER BY f.next_attempt_at LIMIT ${limit} FOR NO KEY UPDATE OF f SKIP LOCKED
    )
    UPDATE flows f SET claimed_until = ${fromNow(CLAIM_MS)} FROM due WHERE f.id = due.id
    RETURNING f.id, f.lane, f.lease_token AS turn, f.next_attempt_at AS "dueAt"`;
}

function claimEntries({ db, clock, effects }: BeatDeps, from: Date, limit: number): Promise<Claimed[]> {
  return db.prisma.$queryRaw<Claimed[]>`
    WITH due AS (
      SELECT o.id
      FROM outbox o JOIN ${subjectRows(targetKindsOf(effects))} s ON s.kind = o.target_kind AND s.id = o.target_id
      WHERE ${dueEntry(clock.now(), [...effects.keys()])} AND o.next_attempt_at >= ${from}
        AND (o.claimed_until IS NULL OR o.claimed_until <= clock_timestamp())
      ORDER BY o.next_attempt_at LIMIT ${limit} FOR NO KEY UPDATE OF o SKIP LOCKED
    )
    UPDATE outbox o SET claimed_until = ${fromNow(CLAIM_MS)} FROM due WHERE o.id = due.id
    RETURNING o.id, o.lane, o.lease_token AS turn, o.next_attempt_at AS "dueAt"`;
}
