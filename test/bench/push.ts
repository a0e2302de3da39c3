import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openQueues } from '../../src/jobs/queues.js';
import { openDatabase, type Database } from '../../src/store/database.js';
import { defaultRates, scaledRates } from '../../src/sync/budgets/call-rates.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import type { Benchmark } from './benchmark.js';
import { connectShop, silentLog, startShopWithOrders } from './connected-shop.js';
import { expected, judge, type Report } from './harness.js';
import { partnerIdOf, upload, useAutoMatch } from './inventory-shop.js';
import { firstAnswer, freePort, startProduct, until } from './processes.js';

const SKUS_PER_PRODUCT = 10;
/** So that the budget begins at TikTok's documented limit of 50 calls a second, from which it learns no more. */
const RATE_FACTOR = 25;
const PREFIX = 'PUSHED';
const QUANTITY = 7;

const UNREAD = `SELECT FROM flows WHERE name = 'pull-catalogue' AND watermark IS NULL`;
const UNSENT = 'SELECT FROM inventory_items WHERE unsent_since IS NOT NULL LIMIT 1';
const PATIENCE = { everyMs: 50, deadlineMs: 600_000 };

/** Changed quantities to TikTok, as the product is shipped, held against what the budget of calls alone takes. */
export const pushBenchmark: Benchmark = {
  name: 'push',
  about: 'changed quantities from "run now" until TikTok has all of them',
  async run({ server, quick }): Promise<Report> {
    const products = quick ? 200 : 2_000;
    const skus = products * SKUS_PER_PRODUCT;
    const shop = await startShopWithOrders(1);
    const { control } = shop.simulator;
    control.generateProducts(shop.shopId, {
      count: products,
      skusPerProduct: SKUS_PER_PRODUCT,
      skuPrefix: PREFIX,
    });
    const ours = () => control.stock(shop.shopId).filter(({ sellerSku }) => sellerSku.startsWith(PREFIX));
    const names = ours().map(({ sellerSku }) => sellerSku);
    const url = await server.create('bench_push');
    const connected = await connectShop(url, shop);
    const db = openDatabase({ url, prismaConnections: 1, readConnections: 1 });
    await useAutoMatch(db.pool, connected.connectionId);
    const port = await freePort();
    const product = startProduct('all', {
      databaseUrl: url,
      env: {
        PORT: String(port),
        SIMULATOR_URL: shop.simulator.url,
        TIKTOK_RATE_FACTOR: String(RATE_FACTOR),
        // Should the queue miss the call to wake, this makes up for it.
        BEAT_SECONDS: '1',
      },
    });
    await firstAnswer(`http://127.0.0.1:${port}/health/ready`);
    const queues = openQueues({ databaseUrl: url, consumes: false, log: silentLog });
    const runNow = async (name: string): Promise<void> => {
      const { flowId: id, lane } = await requestRun(db.prisma, { ...connected, name, now: new Date() });
      await queues.wakeNow({ kind: 'flow', id, lane });
    };

    await runNow('pull-catalogue');
    await until('the catalogue is read', () => isNone(db, UNREAD), PATIENCE);
    const target = {
      port,
      partnerId: await partnerIdOf(db.pool, connected.connectionId),
      key: connected.key,
    };
    const added = await postQuantities(target, names);
    const started = performance.now();
    await runNow('push-inventory');
    await until('everything is sent', () => isNone(db, UNSENT), PATIENCE);
    const seconds = (performance.now() - started) / 1000;

    await queues.close();
    await product.stop();
    await db.close();
    const right = ours().filter(({ available }) => available === QUANTITY).length;
    await shop.simulator.close();
    await server.drop('bench_push');
    const needed = leastSeconds(products);
    const figure = (name: string, took: number) => ({
      name,
      rounds: [{ units: skus, seconds: took, perSecond: skus / took }],
    });
    const figures = [figure('push', seconds), figure('budget alone', needed)];
    return {
      benchmark: this.about,
      unit: 'SKUs',
      settings: { SKUs: skus, calls: products, 'calls a second': RATE_FACTOR * defaultRates.write.perSecond },
      figures,
      // Slowness is what is compared.
      verdicts: judge(figures, [{ of: 'budget alone', against: 'push', atMost: 1.2 }]),
      guards: [
        expected('SKUs taken in', added, skus),
        expected('SKUs with the right quantity in TikTok', right, skus),
      ],
      notes: { push: `${seconds.toFixed(1)} s`, 'budget alone': `${needed.toFixed(1)} s` },
    };
  },
};

/** No push can be faster: all that was saved up is spent at once, and then the calls come at the budget's rate. */
function leastSeconds(calls: number): number {
  const { perSecond, burst } = scaledRates(defaultRates, RATE_FACTOR).write;
  return Math.max(0, calls - burst) / perSecond;
}

async function postQuantities(target: Parameters<typeof upload>[0], names: string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'connector-feed-'));
  const path = join(folder, 'feed.csv');
  await writeFile(path, `SupplierSKU,Quantity\n${names.map((name) => `${name},${QUANTITY}\n`).join('')}`);
  const counts = await upload(target, path);
  await rm(folder, { recursive: true });
  return counts['Added'] ?? 0;
}

async function isNone({ pool }: Database, sql: string): Promise<boolean> {
  return (await pool.query(sql)).rows.length === 0;
}
