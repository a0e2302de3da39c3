import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/database.js';
import type { Benchmark } from './benchmark.js';
import { connectShop, startShopWithOrders } from './connected-shop.js';
import { expected, inSequence, interleave, judge, longEnough, type Report } from './harness.js';
import { partnerIdOf, upload, type UploadTarget } from './inventory-shop.js';
import { firstAnswer, freePort, startProduct } from './processes.js';
import { holdRules, productsIn, readAndCopy, writeProducts } from './products-feed.js';

const MOST_MIB = 200;

interface FeedFindings {
  Products: number;
  NotCompliant: number;
}

/**
 * A feed of products, all of them changed: over HTTP into drafts and through all checks against rules that are held, against
 * reading the same file and COPY of its rows; then the same feed again. Beside it the memory of the process that does both.
 */
export const productsBenchmark: Benchmark = {
  name: 'products',
  about: 'a feed of products from its upload to its findings, and the same feed again',
  async run({ server, quick }): Promise<Report> {
    const [rows, rounds] = quick ? [10_000, 1] : [100_000, 3];
    const shop = await startShopWithOrders(1);
    const url = await server.create('bench_products');
    const connected = await connectShop(url, shop);
    const { simulator } = shop;
    const db = openDatabase({ url, prismaConnections: 2, readConnections: 2 });
    await holdRules(db, connected.connectionId);
    const limit = await db.pool.connect();
    await limit.query('SET statement_timeout = 0');
    const folder = await mkdtemp(join(tmpdir(), 'connector-products-'));
    const path = join(folder, 'products.csv');
    const port = await freePort();
    const api = startProduct('api', {
      databaseUrl: url,
      env: { PORT: String(port), SIMULATOR_URL: simulator.url },
    });
    await firstAnswer(`http://127.0.0.1:${port}/health/ready`);
    const target: UploadTarget = {
      port,
      partnerId: await partnerIdOf(db.pool, connected.connectionId),
      key: connected.key,
    };
    const found: FeedFindings = { Products: 0, NotCompliant: 0 };
    const left = { copied: 0, changed: 0, unchanged: 0 };
    let edition = 0;
    const figures = await interleave(
      [
        {
          name: 'read and COPY',
          async before() {
            edition += 1;
            await writeProducts(path, rows, edition);
            await limit.query('VACUUM ANALYZE wanted_products, wanted_skus');
            await server.checkpoint();
          },
          async run() {
            left.copied = await readAndCopy(limit, path);
            return rows;
          },
        },
        {
          name: 'feed to drafts',
          async run() {
            const counts = await upload(target, path, 'v1/Product');
            left.changed = (counts['Changed'] ?? 0) + (counts['Added'] ?? 0);
            return rows;
          },
        },
        {
          name: 'drafts to findings',
          async before() {
            // The service begins to check by itself as soon as the file is in: what is measured begins when nobody does.
            await findingsOf(target, await lastFeed(db));
            await limit.query('UPDATE wanted_products SET checked_version = NULL');
            await limit.query('VACUUM ANALYZE wanted_products');
          },
          async run() {
            Object.assign(found, await findingsOf(target, await lastFeed(db)));
            return rows;
          },
        },
        {
          name: 'the same feed again',
          async run() {
            left.unchanged = (await upload(target, path, 'v1/Product'))['Unchanged'] ?? 0;
            await findingsOf(target, await lastFeed(db));
            return rows;
          },
        },
      ],
      rounds,
    );
    const peakMiB = api.peakMiB();
    await api.stop();
    const sent = (await db.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM outbox')).rows;
    limit.release();
    await db.close();
    await simulator.close();
    await rm(folder, { recursive: true });
    await server.drop('bench_products');
    const all = [...figures, inSequence('feed to findings', figures.slice(1, 3))];
    const wanted = productsIn(rows);
    return {
      benchmark: this.about,
      unit: 'rows',
      settings: { rows, products: wanted.all, faulty: wanted.faulty },
      figures: all,
      verdicts: judge(all, [
        { of: 'drafts to findings', against: 'read and COPY', atLeast: 0.25 },
        { of: 'the same feed again', against: 'feed to findings', atLeast: 10 },
      ]),
      guards: [
        expected('rows that were copied', left.copied, rows),
        expected('rows that changed', left.changed, rows),
        expected('rows that did not', left.unchanged, rows),
        expected('products of the feed', found.Products, wanted.all),
        expected('products with errors', found.NotCompliant, wanted.faulty),
        expected('calls to TikTok that are to be made', sent[0]?.count ?? 0, 0),
        ...(quick
          ? []
          : [
              longEnough(figures, 0.1),
              {
                name: `at most ${MOST_MIB} MiB`,
                ok: peakMiB <= MOST_MIB,
                detail: `${peakMiB.toFixed(0)} MiB`,
              },
            ]),
      ],
      notes: { 'peak of the api': `${peakMiB.toFixed(0)} MiB` },
    };
  },
};

async function lastFeed(db: ReturnType<typeof openDatabase>): Promise<number> {
  const { rows } = await db.pool.query<{ id: number }>(
    `SELECT max(id) AS id FROM imports WHERE kind = 'product'`,
  );
  return rows[0]?.id ?? 0;
}

/** Asked until all products have been checked. */
async function findingsOf({ port, partnerId, key }: UploadTarget, feed: number): Promise<FeedFindings> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/Product/${partnerId}/${feed}`, {
    headers: { SubscriptionKey: key },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The feed was answered with ${response.status}: ${text.slice(0, 300)}`);
  return (JSON.parse(text) as { Body: FeedFindings }).Body;
}
