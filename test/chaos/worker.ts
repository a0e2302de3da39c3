import { productFlows } from '../../src/compose/product-flows.js';
import { eventLog } from '../../src/documents/event-store.js';
import { recordEvents } from '../../src/documents/document-store.js';
import { numberChanges } from '../../src/store/change-log/sequencer.js';
import { beat, type DueWork } from '../../src/sync/beat.js';
import { deliverEntry } from '../../src/sync/effects/deliver-entry.js';
import { recheckEntries } from '../../src/sync/effects/recheck-entries.js';
import { runFlow } from '../../src/sync/flows/run-flow.js';
import type { Random } from '../scenarios/fire/random.js';
import { silentLog } from '../support/logs.js';
import type { ChaosWorld } from './chaos-world.js';
import { Died, type Fate, type Life, type Moment } from './life.js';

/** What can befall a worker while it waits. */
export type Blow = 'killed' | 'lease lost' | 'overtaken';

export interface Worker {
  /** Takes one piece of work that is due, if there is any, and does it. @returns what it was */
  turn(blow?: { kind: Blow; atMoment: number }): Promise<string | null>;
  /** How often a blow has struck while something was under way. */
  struck: Record<string, number>;
  log: string[];
}

const OVERTAKEN_AT = new Set<Moment>(['call', 'answer', 'committed']);
const noFate: Fate = { at: async () => undefined };

/** The driver as a worker: it finds what is due as a beat does and works it off, one after the other, chosen by the seed. */
export function createWorker(world: ChaosWorld, random: Random): Worker {
  const { db, clock } = world;
  const struck: Record<string, number> = {};
  const log: string[] = [];

  async function due(): Promise<DueWork[]> {
    const { product } = world.begin(noFate);
    const flows = new Map([...productFlows].filter(([name]) => product.handlers.has(name)));
    const found: DueWork[] = [];
    // What earlier looks have handed out and nobody has taken.
    await db.pool.query('UPDATE flows SET claimed_until = NULL WHERE claimed_until IS NOT NULL');
    await db.pool.query('UPDATE outbox SET claimed_until = NULL WHERE claimed_until IS NOT NULL');
    const wake = async (work: DueWork[]): Promise<void> => void found.push(...work);
    await beat({ db, clock, log: silentLog, flows, effects: product.effects, wake });
    return found.toSorted((one, other) => one.kind.localeCompare(other.kind) || Number(one.id - other.id));
  }

  async function carryOut({ kind, id }: DueWork, fate: Fate): Promise<string> {
    const { life, product } = world.begin(fate);
    const parts = { db: life.db, clock, log: silentLog };
    const { effects, handlers } = product;
    try {
      if (kind === 'outbox') {
        const entry = await db.prisma.outboxEntry.findUniqueOrThrow({ where: { id } });
        const { state } = await deliverEntry({ ...parts, effects }, id);
        return `${entry.effect} ${id}: ${state}`;
      }
      const flow = await db.prisma.flow.findUniqueOrThrow({ where: { id } });
      const { outcome } = await runFlow({ ...parts, flows: productFlows, recordEvents, handlers }, id);
      return `${flow.name} ${id}: ${outcome}`;
    } catch (error) {
      if (!life.isDead() && !(error instanceof Died)) throw error;
      return `${kind} ${id}: died`;
    } finally {
      if (life.isDead()) await endLease({ kind, id });
    }
  }

  /** Time has passed: whoever comes next may take the row. */
  async function endLease({ kind, id }: Pick<DueWork, 'kind' | 'id'>): Promise<void> {
    const table = kind === 'flow' ? 'flows' : 'outbox';
    await db.pool.query(
      `UPDATE ${table} SET lease_until = clock_timestamp() - interval '1 second' WHERE id = $1 AND lease_until IS NOT NULL`,
      [id],
    );
  }

  function fateOf(work: DueWork, blow: { kind: Blow; atMoment: number }): Fate {
    let moments = 0;
    const strike = async (life: Life, moment: Moment): Promise<void> => {
      struck[`${blow.kind} at ${moment}`] = (struck[`${blow.kind} at ${moment}`] ?? 0) + 1;
      log.push(`${blow.kind} at ${moment} of ${work.kind} ${work.id}`);
      if (blow.kind === 'killed') return life.die();
      await endLease(work);
      if (blow.kind === 'overtaken') log.push(`  ${await carryOut(work, noFate)}`);
    };
    return {
      async at(moment, life) {
        moments += 1;
        if (moments < blow.atMoment || struckOnce) return;
        // Whoever holds a row's lock cannot be overtaken: the other one waits for its commit.
        if (blow.kind !== 'killed' && !OVERTAKEN_AT.has(moment)) return;
        struckOnce = true;
        await strike(life, moment);
      },
    };
  }
  let struckOnce = false;

  return {
    struck,
    log,
    async turn(blow) {
      const found = await due();
      if (found.length === 0) return null;
      const entries = found.filter(({ kind }) => kind === 'outbox');
      // What the ERP waits for goes first, as in the lanes of a real worker, but not always.
      const work = random.pick(entries.length > 0 && random.chance(0.7) ? entries : found);
      struckOnce = false;
      const what = await carryOut(work, blow ? fateOf(work, blow) : noFate);
      log.push(what);
      return what;
    },
  };
}

/** What a worker does beside its work. */
export async function keepHouse(world: ChaosWorld): Promise<void> {
  const { db, clock } = world;
  const { effects } = world.begin(noFate).product;
  await recheckEntries({ db, clock, log: silentLog, effects });
  while (((await numberChanges(db, eventLog)) ?? 0) > 0);
}

/**
 * Nothing of ours is under way: as much time passes on the database's clock as doubts and leases need. Its clock runs by
 * itself, so the rows are set instead.
 */
export async function letDoubtsPass({ db }: ChaosWorld): Promise<void> {
  const past = `clock_timestamp() - interval '1 second'`;
  for (const column of ['doubt_until', 'recheck_at'])
    await db.pool.query(`UPDATE outbox SET ${column} = ${past} WHERE ${column} > clock_timestamp()`);
  for (const table of ['outbox', 'flows'])
    await db.pool.query(`UPDATE ${table} SET lease_until = ${past} WHERE lease_until > clock_timestamp()`);
  await db.pool.query(
    `UPDATE outbox SET next_attempt_at = clock_timestamp() WHERE state IN ('pending', 'in_doubt') AND next_attempt_at > clock_timestamp()`,
  );
  await db.pool.query(
    `UPDATE authorizations SET refresh_lease_until = ${past} WHERE refresh_lease_until > clock_timestamp()`,
  );
}
