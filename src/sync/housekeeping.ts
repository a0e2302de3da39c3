import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { Prisma, type Database, type Tx } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import type { FlowCatalogue } from './flows/flow-catalogue.js';
import { ensureFlows } from './flows/flows.js';
import type { EffectRegistry } from './effects/outbox.js';

/** A task of the program's own, safe to repeat. @returns how much there was to do */
export interface Sweep {
  name: string;
  run(): Promise<number>;
}

export interface HousekeepingDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  flows: FlowCatalogue;
  effects: EffectRegistry;
  /** Months of history (events, runs, calls) that are kept, the present one not counted. */
  keepMonths: number;
  /** Work of other folders that is done bit by bit, such as rendering old documents anew. */
  sweeps?: readonly Sweep[];
}

const MONTHS_AHEAD = 3;
/** History that is partitioned by month, with the column that says the month. */
const history = [
  { table: 'events', column: 'created_at' },
  { table: 'runs', column: 'started_at' },
  { table: 'outbox_attempts', column: 'started_at' },
] as const;

/**
 * What has to be done now and then. Safe to repeat and to run in several processes; each task stands alone, one that
 * fails is logged and done the next time.
 * @returns what was done, by task
 */
export async function keepHouse(deps: HousekeepingDeps): Promise<Record<string, number>> {
  const now = deps.clock.now();
  const { prisma } = deps.db;
  const tasks: Sweep[] = [
    {
      name: 'flows-of-new-versions',
      run: () => ensureFlows(prisma, { now, flows: deps.flows }).then(() => 0),
    },
    { name: 'months-made', run: () => makeMonths(prisma, now) },
    { name: 'months-dropped', run: () => dropOldMonths(deps.db, now, deps.keepMonths) },
    { name: 'unknown-effects', run: () => countUnknownEffects(deps) },
    ...(deps.sweeps ?? []),
  ];
  return runTasks(deps.log, tasks);
}

/** Each stands alone: one that fails is logged. @returns what was done, by task */
export async function runTasks(log: Logger, tasks: readonly Sweep[]): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  for (const task of tasks) {
    try {
      done[task.name] = await task.run();
    } catch (error) {
      log.error({ task: task.name, reason: messageOf(error), err: error }, 'housekeeping task failed');
    }
  }
  return done;
}

async function makeMonths(db: Tx, now: Date): Promise<number> {
  await db.$executeRaw`SELECT ensure_month_partitions(${now}::timestamptz, ${MONTHS_AHEAD}::int)`;
  return MONTHS_AHEAD + 1;
}

/** A month goes as a whole. What a clock far off has put into the default partitions goes row by row. */
async function dropOldMonths(db: Database, now: Date, keepMonths: number): Promise<number> {
  const oldest = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - keepMonths, 1));
  const suffix = `${oldest.getUTCFullYear()}${String(oldest.getUTCMonth() + 1).padStart(2, '0')}`;
  let dropped = 0;
  for (const { table, column } of history) {
    const partitions = await db.prisma.$queryRaw<{ name: string }[]>`
      SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = ${table}::regclass AND c.relname ~ '_[0-9]{6}$' AND right(c.relname, 6) < ${suffix}`;
    for (const { name } of partitions) {
      await db.transaction(async (tx) => {
        // Dropping waits for readers of the table, and everybody else then waits for it: rather give up and come again.
        await tx.$executeRaw`SELECT set_config('lock_timeout', '2s', true)`;
        await tx.$executeRaw(Prisma.raw(`DROP TABLE IF EXISTS "${name}"`));
      });
      dropped++;
    }
    await db.prisma.$executeRaw(
      Prisma.sql`DELETE FROM ${Prisma.raw(`"${table}_default"`)} WHERE ${Prisma.raw(column)} < ${oldest}`,
    );
  }
  return dropped;
}

/** Effects of another version of this program wait for it; somebody should know. */
async function countUnknownEffects({ db, effects, log }: HousekeepingDeps): Promise<number> {
  const known = [...effects.keys()];
  const rows = await db.prisma.$queryRaw<{ effect: string; count: number }[]>`
    SELECT effect, count(*)::int AS count FROM outbox
    WHERE state IN ('pending', 'sending', 'in_doubt') AND effect <> ALL(${known}::text[]) GROUP BY effect`;
  for (const row of rows) log.error(row, 'the outbox holds effects that this version does not know');
  return rows.reduce((sum, row) => sum + row.count, 0);
}
