import type { Database } from '../../src/store/database.js';
import { until } from './waiting.js';
import type { Erp } from './erp.js';

/** Has tasks of every shop of the company run from now to their end, one kind after the other: Trigger, as a person does. */
export async function runTasks(
  { erp, db }: { erp: Erp; db: Database },
  ...jobNames: ('PullOrders' | 'PullCancellations' | 'PullReturns')[]
): Promise<void> {
  for (const jobName of jobNames) {
    const ids = (await erp.tasks()).filter((task) => task.JobName === jobName).map(({ Id }) => Id);
    const since = new Date();
    for (const id of ids) await erp.call('PUT', `Settings/ScheduledTasks/Trigger?id=${id}`);
    await until(`the end of ${jobName}`, () => haveRun(db, ids, since), 30_000, 50);
  }
}

/** The last success is the time at which the run began, so that it has seen all that was there before. */
async function haveRun({ pool }: Database, ids: readonly number[], since: Date): Promise<boolean> {
  const { rows } = await pool.query<{ count: string }>(
    'SELECT count(*) FROM flows WHERE id = ANY($1) AND last_success_at >= $2',
    [ids, since],
  );
  return Number(rows[0]?.count) === ids.length;
}
