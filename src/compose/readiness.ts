import type { ReadinessCheck } from '../http/health.js';
import type { Queues } from '../jobs/queues.js';
import type { WorkerState } from '../jobs/worker-pulse.js';
import type { Database } from '../store/database.js';
import { within } from '../kernel/time.js';

const PATIENCE_MS = 3_000;
/** Whoever reaches the port reads this; where the store is and what it said is for the operator. */
const SILENT = 'does not answer as it should: the command doctor tells more';

/** Asks what no request can be served without. The queue is a wake-up only, but its silence delays everything. */
export async function readinessOf(db: Pick<Database, 'pool'>, queues: Queues): Promise<ReadinessCheck[]> {
  const [postgresql, queue] = await Promise.all([askPostgres(db), askQueues(queues)]);
  return [postgresql, queue];
}

/** The same for a process that works: whether jobs are taken, and whether somebody looks for what is due. */
export async function workerReadinessOf(
  db: Pick<Database, 'pool'>,
  queues: Queues,
  { consumers, beat }: WorkerState,
): Promise<ReadinessCheck[]> {
  return [
    ...(await readinessOf(db, queues)),
    {
      name: 'consumers',
      ok: consumers,
      ...(consumers ? {} : { detail: 'take no jobs: restart this process' }),
    },
    { name: 'beat', ok: beat, ...(beat ? {} : { detail: 'no worker looks for work that is due' }) },
  ];
}

/** A process that lacks a key which others seal with cannot act for the shops of those secrets. */
export function keyReadinessOf(missing: readonly string[]): ReadinessCheck[] {
  if (missing.length === 0) return [];
  return [
    {
      name: 'encryption',
      ok: false,
      detail: 'a key is not known here: restart with the present ENCRYPTION_KEYS',
    },
  ];
}

async function askPostgres({ pool }: Pick<Database, 'pool'>): Promise<ReadinessCheck> {
  try {
    await within(pool.query('SELECT 1'), PATIENCE_MS, () => {
      throw new Error(`no answer within ${PATIENCE_MS} ms`);
    });
    return { name: 'postgresql', ok: true };
  } catch {
    return { name: 'postgresql', ok: false, detail: SILENT };
  }
}

async function askQueues(queues: Queues): Promise<ReadinessCheck> {
  const health = await queues.health();
  const name = `queue on ${health.store}`;
  if (!health.ok) return { name, ok: false, detail: SILENT };
  return { name, ok: true, ...(health.problem === null ? {} : { detail: health.problem }) };
}
