import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { openDatabase } from '../../src/store/database.js';
import type { Benchmark } from './benchmark.js';
import { connectShop, startShopWithOrders } from './connected-shop.js';
import { expected, inSequence, interleave, judge, longEnough, type Report } from './harness.js';
import { changedOf, copyBlocks, rowsOf, writeFeed } from './inventory-feed.js';
import { decideBatches, fillShop, partnerIdOf, upload, type UploadTarget } from './inventory-shop.js';
import { firstAnswer, freePort, startProduct, type Running } from './processes.js';

const MOST_MIB = 200;
const MOST_GROWTH = 1.2;

/**
 * A feed of which a twentieth has changed: over HTTP into the items, and on to the batches of the push, against COPY of
 * the same rows and the SQL that finds what differs. Beside it the memory of the process that takes the feed in.
 */
export const inventoryBenchmark: Benchmark = {
  name: 'inventory',
  about: 'a feed from its upload to what has changed and to batches by product',
  async run({ server, quick }): Promise<Report> {
    const [skus, rounds] = quick ? [40_000, 1] : [1_000_000, 5];
    const shop = await startShopWithOrders(1);
    const url = await server.create('bench_inventory');
    const connected = await connectShop(url, shop);
    await shop.simulator.close();
    const db = openDatabase({ url, prismaConnections: 2, readConnections: 2 });
    const limit = await db.pool.connect();
    await fillShop(limit, connected, skus);
    const folder = await mkdtemp(join(tmpdir(), 'connector-feed-'));
    const path = join(folder, 'feed.csv');

    const { api, target } = await startApi(url, {
      partnerId: await partnerIdOf(db.pool, connected.connectionId),
      key: connected.key,
    });
    const left = { differing: 0, changed: 0, skus: 0, batches: 0 };
    let edition = 0;
    let blocks: Buffer[] = [];
    const figures = await interleave(
      [
        {
          name: 'COPY and SQL diff',
          async before() {
            edition += 1;
            await writeFeed(path, skus, edition);
            blocks = copyBlocks(skus, edition);
            await limit.query('VACUUM inventory_items');
            await server.checkpoint();
          },
          async run() {
            left.differing = await copyAndDiff(limit, connected.connectionId, blocks);
            return rowsOf(skus);
          },
        },
        {
          name: 'feed to items',
          async run() {
            left.changed = (await upload(target, path))['Changed'] ?? 0;
            return rowsOf(skus);
          },
        },
        {
          name: 'batches of what has changed',
          async run() {
            Object.assign(left, await decideBatches(db, connected));
            return rowsOf(skus);
          },
        },
      ],
      rounds,
    );
    await api.stop();
    const memory = await measureMemory({ url, target, folder, skus, times: 5 });
    limit.release();
    await db.close();
    await rm(folder, { recursive: true });
    await server.drop('bench_inventory');

    const all = [...figures, inSequence('feed to batches', figures.slice(1))];
    const wanted = changedOf(skus);
    return {
      benchmark: this.about,
      unit: 'rows',
      settings: { rows: rowsOf(skus), changed: wanted, batches: left.batches },
      figures: all,
      verdicts: judge(all, [
        { of: 'feed to items', against: 'COPY and SQL diff', atLeast: 0.45 },
        { of: 'feed to batches', against: 'COPY and SQL diff', atLeast: 0.3 },
      ]),
      guards: [
        expected('rows that differ', left.differing, wanted),
        expected('rows that changed', left.changed, wanted),
        expected('SKUs in batches', left.skus, wanted),
        ...(quick ? [] : [longEnough(figures, 0.2), ...memoryBars(memory)]),
      ],
      notes: Object.fromEntries(memory.map(({ rows, peakMiB }) => [`peak at ${rows} rows`, mib(peakMiB)])),
    };
  },
};

async function startApi(
  url: string,
  whose: Omit<UploadTarget, 'port'>,
): Promise<{ api: Running; target: UploadTarget }> {
  const port = await freePort();
  const api = startProduct('api', { databaseUrl: url, env: { PORT: String(port) } });
  await firstAnswer(`http://127.0.0.1:${port}/health/ready`);
  return { api, target: { ...whose, port } };
}

/** The limit: ready rows go into a table, and one query answers the last row of each SKU that differs. */
async function copyAndDiff(db: pg.PoolClient, connectionId: number, blocks: Buffer[]): Promise<number> {
  await db.query(`BEGIN; SET LOCAL work_mem = '64MB'`);
  await db.query(`CREATE TEMP TABLE given (row_number int NOT NULL, sku_key text COLLATE "C" NOT NULL, quantity int,
    cost numeric(20,6)) ON COMMIT DROP`);
  await pipeline(Readable.from(blocks), db.query(copyFrom('COPY given FROM STDIN')));
  await db.query('ANALYZE given');
  const { rows } = await db.query(
    `SELECT s.sku_key, s.quantity, s.cost
     FROM (SELECT DISTINCT ON (sku_key) * FROM given ORDER BY sku_key, row_number DESC) s
     LEFT JOIN inventory_items i ON i.connection_id = $1 AND i.sku_key = s.sku_key
     WHERE i.sku_key IS NULL OR i.quantity IS DISTINCT FROM s.quantity OR i.cost IS DISTINCT FROM s.cost`,
    [connectionId],
  );
  await db.query('COMMIT');
  return rows.length;
}

interface Peak {
  rows: number;
  peakMiB: number;
}

/** The most that a fresh process ever held while it took in one feed: of so many rows, and of `times` as many. */
async function measureMemory(options: {
  url: string;
  target: UploadTarget;
  folder: string;
  skus: number;
  times: number;
}): Promise<[Peak, Peak]> {
  const peakOf = async (skus: number): Promise<Peak> => {
    const path = join(options.folder, 'memory.csv');
    await writeFeed(path, skus, 0);
    const { api, target } = await startApi(options.url, options.target);
    await upload(target, path);
    const peakMiB = api.peakMiB();
    await api.stop();
    return { rows: rowsOf(skus), peakMiB };
  };
  return [await peakOf(options.skus), await peakOf(options.skus * options.times)];
}

function memoryBars([small, large]: [Peak, Peak]): Report['guards'] {
  return [
    {
      name: `at most ${MOST_MIB} MiB`,
      ok: Math.max(small.peakMiB, large.peakMiB) <= MOST_MIB,
      detail: `${mib(small.peakMiB)} and ${mib(large.peakMiB)}`,
    },
    {
      name: 'memory does not grow with the feed',
      ok: large.peakMiB <= small.peakMiB * MOST_GROWTH,
      detail: `${mib(large.peakMiB)} after ${mib(small.peakMiB)}, at most ${MOST_GROWTH} times`,
    },
  ];
}

function mib(value: number): string {
  return `${value.toFixed(0)} MiB`;
}
