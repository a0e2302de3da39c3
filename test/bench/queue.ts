import pg from 'pg';
import { openQueues } from '../../src/jobs/queues.js';
import { openDatabase } from '../../src/store/database.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import type { Benchmark, BenchOptions } from './benchmark.js';
import {
  connectShop,
  recordPages,
  silentLog,
  startShopWithOrders,
  type Connected,
  type ShopWithOrders,
} from './connected-shop.js';
import { interleave, judge, longEnough, ratioNote, type Report } from './harness.js';
import {
  copyIngest,
  countRows,
  dumpRows,
  empty,
  productIngest,
  wroteAll,
  type IngestVariant,
  type RowCounts,
} from './ingest-variants.js';
import { startProduct, until } from './processes.js';

/** From "run now" until the last order is exported: the queue, TikTok over HTTP, and the worker as it is shipped. */
export const queueBenchmark: Benchmark = {
  name: 'queue',
  about: 'from "run now" until all orders are exported, through queue, worker and HTTP',
  async run(options): Promise<Report> {
    const { server, quick } = options;
    const [orders, rounds] = quick ? [300, 1] : [5_000, 5];
    const shop = await startShopWithOrders(orders);
    const base = await server.create('bench_queue');
    const connected = await connectShop(base, shop);
    const answers = await recordPages(base, connected, shop.simulator.url);
    const own = { server, url: await server.create('bench_queue_product', 'bench_queue') };
    const { fresh, db } = await productIngest(own, connected, answers);
    await fresh.before?.();
    await fresh.run();
    const wanted = await countRows(db.pool);
    const texts = await dumpRows(own.url);
    const copy = await copyIngest(
      { server, url: await server.create('bench_queue_copy', 'bench_queue') },
      texts,
      orders,
    );
    const url = await server.create('bench_queue_worker', 'bench_queue');
    const whole = await wholeRoad(options, { url, connected, shop });

    const figures = await interleave([whole, fresh, copy], rounds);
    for (const variant of [whole, fresh, copy]) await variant.close();
    await shop.simulator.close();
    return {
      benchmark: this.about,
      unit: 'orders',
      settings: { orders, 'pages of': 100, 'queue store': 'PostgreSQL', workers: 1 },
      figures,
      verdicts: judge(figures, [{ of: whole.name, against: copy.name, atLeast: 0.15 }]),
      guards: [
        // The run's own end is no row of these tables, so both roads must leave the same.
        wroteAll(whole, wanted),
        wroteAll(fresh, wanted),
        wroteAll(copy, wanted),
        ...(quick ? [] : [longEnough(figures, 0.2)]),
      ],
      notes: ratioNote(figures, whole.name, fresh.name),
    };
  },
};

async function wholeRoad(
  { server }: BenchOptions,
  { url, connected, shop }: { url: string; connected: Connected; shop: ShopWithOrders },
): Promise<IngestVariant> {
  const worker = startProduct('worker', {
    databaseUrl: url,
    env: { SIMULATOR_URL: shop.simulator.url, BEAT_SECONDS: '60' },
  });
  const db = openDatabase({ url, prismaConnections: 1, readConnections: 1 });
  const queues = openQueues({ databaseUrl: url, consumes: false, log: silentLog });
  const left: RowCounts[] = [];
  return {
    name: 'whole road',
    left,
    before: () => beginAnew(db.pool, () => empty(db.pool, server)),
    async run() {
      const { companyId, connectionId } = connected;
      const asked = { companyId, connectionId, name: 'pull-orders' as const, now: new Date() };
      const { flowId: id, lane } = await db.transaction((tx) => requestRun(tx, asked));
      await queues.wakeNow({ kind: 'flow', id, lane });
      await until('all orders are exported', async () => (await countDocuments(db.pool)) >= shop.orders);
      return shop.orders;
    },
    async after() {
      await untilIdle(db.pool);
      left.push(await countRows(db.pool));
    },
    async close() {
      await worker.stop();
      await queues.close();
      await db.close();
    },
  };
}

/** The flow as it is on the day that the shop is connected: nothing read yet. */
async function beginAnew(db: pg.Pool, emptyTables: () => Promise<void>): Promise<void> {
  await untilIdle(db);
  await emptyTables();
  await db.query(`UPDATE flows SET watermark = NULL, cursor = NULL, next_attempt_at = now() + interval '1 day',
    requested = 0, requested_seen = 0`);
}

/** The run goes on for a while after the last order: it looks for changes and for orders whose hold is over. */
function untilIdle(db: pg.Pool): Promise<void> {
  return until('the run has ended', async () => {
    const { rows } = await db.query(`SELECT 1 FROM flows
      WHERE lease_until > clock_timestamp() OR requested > requested_seen`);
    return rows.length === 0;
  });
}

async function countDocuments(db: pg.Pool): Promise<number> {
  const { rows } = await db.query<{ count: number }>('SELECT count(*)::int AS count FROM documents');
  return rows[0]?.count ?? 0;
}
