import { productFlows } from '../../src/compose/product-flows.js';
import type pg from 'pg';
import { openQueues } from '../../src/jobs/queues.js';
import { openDatabase, type Database } from '../../src/store/database.js';
import { beat, type BeatDeps } from '../../src/sync/beat.js';
import { systemClock } from '../../src/kernel/time.js';
import type { Benchmark } from './benchmark.js';
import { silentLog } from './connected-shop.js';
import { expected, interleave, median, type Report, type Variant } from './harness.js';

const IDLE_TICKS = 200;

/** One beat over many connections whose flow is due at the same moment, and beats that find nothing. Reported, not judged. */
export const sweepBenchmark: Benchmark = {
  name: 'sweep',
  about: 'one beat over many flows',
  async run({ server, quick }): Promise<Report> {
    const [flows, rounds] = quick ? [1_000, 1] : [100_000, 3];
    const url = await server.create('bench_sweep');
    const db = openDatabase({ url, prismaConnections: 2, readConnections: 1 });
    const queues = openQueues({ databaseUrl: url, consumes: false, log: silentLog });
    await makeFlows(db.pool, flows);

    let handedOut = 0;
    const deps = (wake: BeatDeps['wake']): BeatDeps => ({
      flows: productFlows,
      db,
      clock: systemClock,
      log: silentLog,
      effects: new Map(),
      wake,
    });
    const due = (name: string, wake: BeatDeps['wake']): Variant => ({
      name,
      before: () => setDue(db, true),
      async run() {
        const { flows: count } = await beat(deps(wake));
        handedOut += count;
        return count;
      },
    });
    const idle: Variant = {
      name: 'beats that find nothing',
      before: () => setDue(db, false),
      async run() {
        for (let tick = 0; tick < IDLE_TICKS; tick++) await beat(deps(async () => undefined));
        return IDLE_TICKS;
      },
    };
    const variants = [
      due('flows claimed and put on the queue', (work) => queues.wake(work)),
      due('flows claimed only', async () => undefined),
      idle,
    ];
    const figures = await interleave(variants, rounds);
    await queues.close();
    await db.close();
    await server.drop('bench_sweep');
    const tick = median(figures[2]?.rounds.map((round) => 1000 / round.perSecond) ?? []);
    return {
      benchmark: this.about,
      unit: '',
      settings: { flows, 'queue store': 'PostgreSQL' },
      figures,
      verdicts: [],
      guards: [expected('flows handed out', handedOut, 2 * (rounds + 1) * flows)],
      notes: { 'a beat that finds nothing': `${tick.toFixed(2)} ms` },
    };
  },
};

async function makeFlows(db: pg.Pool, flows: number): Promise<void> {
  await db.query(`INSERT INTO companies (name) VALUES ('Many')`);
  await db.query(
    `INSERT INTO connections (company_id, name, environment, status, shop_id, updated_at)
     SELECT (SELECT max(id) FROM companies), 'Shop ' || n, 'simulator', 'active', n::text, now()
     FROM generate_series(1, $1::int) AS n`,
    [flows],
  );
  await db.query(
    `INSERT INTO flows (subject_id, connection_id, name, lane)
     SELECT id, id, 'pull-orders', 'urgent' FROM connections`,
  );
}

/** A new turn for every flow: what an earlier round has put on the queue does not stand in its way. */
async function setDue({ pool }: Database, isDue: boolean): Promise<void> {
  await pool.query(
    `UPDATE flows SET claimed_until = NULL, lease_token = lease_token + 1,
       next_attempt_at = now() + CASE WHEN $1 THEN interval '-1 minute' ELSE interval '1 day' END`,
    [isDue],
  );
  await pool.query('VACUUM ANALYZE flows');
}
