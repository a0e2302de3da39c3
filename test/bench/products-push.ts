import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../src/store/database.js';
import { defaultRates, scaledRates } from '../../src/sync/budgets/call-rates.js';
import { png } from '../simulator/support/listing-calls.js';
import type { Benchmark } from './benchmark.js';
import { connectShop, startShopWithOrders } from './connected-shop.js';
import { expected, judge, type Report } from './harness.js';
import { partnerIdOf, upload, type UploadTarget } from './inventory-shop.js';
import { firstAnswer, freePort, startProduct, until } from './processes.js';

/** Eight creates a second, several times what TikTok advises: a shop begins with two. What is learnt on the way comes on top. */
const RATE_FACTOR = 4;
const PREFIX = 'LISTED';

/** New products to TikTok, as the product is shipped, held against what the budget of creates alone takes; pictures are known. */
export const productsPushBenchmark: Benchmark = {
  name: 'products-push',
  about: 'new products from the answer to "send" until TikTok has all of them',
  async run({ server, quick }): Promise<Report> {
    const products = quick ? 150 : 2_000;
    const shop = await startShopWithOrders(1);
    const { control } = shop.simulator;
    control.patchListing(shop.shopId, { tier: 'PRO' });
    const url = await server.create('bench_products_push');
    const connected = await connectShop(url, shop);
    const db = openDatabase({ url, prismaConnections: 1, readConnections: 1 });
    const images = await startImages();
    const port = await freePort();
    const product = startProduct('all', {
      databaseUrl: url,
      env: {
        PORT: String(port),
        SIMULATOR_URL: shop.simulator.url,
        TIKTOK_RATE_FACTOR: String(RATE_FACTOR),
        PRIVATE_HOSTS: '127.0.0.1',
        BEAT_SECONDS: '1',
      },
    });
    await firstAnswer(`http://127.0.0.1:${port}/health/ready`);
    const partnerId = await partnerIdOf(db.pool, connected.connectionId);
    const target: UploadTarget = { port, partnerId, key: connected.key };
    const leaf = await plainLeaf(target);
    const image = imageOf(images);
    // The first one has its picture uploaded, and the rules read.
    await send(target, { leaf, image, from: 0, count: 1 });
    await until('the first one is sent', () => areSent(db, 1), PATIENCE);
    await send(target, { leaf, image, from: 1, count: products });
    const started = performance.now();
    await until('everything is sent', () => areSent(db, products + 1), PATIENCE);
    const seconds = (performance.now() - started) / 1_000;
    await product.stop();
    await db.close();
    images.close();
    const made = control.stock(shop.shopId).filter(({ sellerSku }) => sellerSku.startsWith(PREFIX));
    await shop.simulator.close();
    await server.drop('bench_products_push');
    const needed = leastSeconds(products);
    const figure = (name: string, took: number) => ({
      name,
      rounds: [{ units: products, seconds: took, perSecond: products / took }],
    });
    const figures = [figure('push', seconds), figure('budget alone', needed)];
    return {
      benchmark: this.about,
      unit: 'products',
      settings: { products, 'creates a second': RATE_FACTOR * defaultRates.write.perSecond },
      figures,
      verdicts: judge(figures, [{ of: 'budget alone', against: 'push', atMost: 1.2 }]),
      guards: [expected('products in TikTok', made.length, products + 1)],
      notes: { push: `${seconds.toFixed(1)} s`, 'budget alone': `${needed.toFixed(1)} s` },
    };
  },
};

const PATIENCE = { everyMs: 100, deadlineMs: 400_000 };

function leastSeconds(calls: number): number {
  const { perSecond, burst } = scaledRates(defaultRates, RATE_FACTOR).write;
  return Math.max(0, calls - burst) / perSecond;
}

async function areSent({ pool }: Database, count: number): Promise<boolean> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM wanted_products WHERE tiktok_product_id IS NOT NULL',
  );
  return rows[0]?.count === count;
}

async function startImages(): Promise<Server> {
  const body = png(600);
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'image/png' }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

function imageOf(images: Server): string {
  return `http://127.0.0.1:${(images.address() as AddressInfo).port}/one.png`;
}

interface Rows {
  leaf: Leaf;
  image: string;
  from: number;
  count: number;
}

/** A category, and what its products have to say of it. */
interface Leaf {
  id: string;
  columns: Record<string, string>;
}

const HEADER =
  'Merchant SKU,Title,Description,Category,Image 1,Cost,Quantity,Weight,Weight Unit,Length,Width,Height,Dimension Unit';

/** Posts products, has them checked and asks for them to be sent. */
async function send(target: UploadTarget, { leaf, image, from, count }: Rows): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'connector-products-'));
  const path = join(folder, 'products.csv');
  const rows = Array.from({ length: count }, (_, nth) => {
    const name = String(from + nth).padStart(6, '0');
    const facts = [
      `${PREFIX}-${name}`,
      `Stoneware mug number ${name} with a big handle`,
      `Number ${name} of stoneware.`,
      leaf.id,
      image,
      '12.50,7,0.5,kg,12,10,10,cm',
    ];
    return [...facts, ...Object.values(leaf.columns)].join(',');
  });
  await writeFile(path, `${[HEADER, ...Object.keys(leaf.columns)].join(',')}\n${rows.join('\n')}\n`);
  await upload(target, path, 'v1/Product');
  await rm(folder, { recursive: true });
  const { Body: said } = await ask<{ Body: string }>(target, 'PUT', `v3/Product/${target.partnerId}/Send`);
  if (!said.startsWith(`${count} products are to be sent.`)) throw new Error(said);
}

interface Category {
  Id: string;
  Children: number;
  CustomAttributes: string;
}

interface Column {
  Name: string;
  Options: string[];
  ValidationRules: { Type: string; Conditions?: object[] }[];
}

/** The first category that asks for nothing but attributes of a few choices. */
async function plainLeaf(target: UploadTarget): Promise<Leaf> {
  const base = `v3/Product/${target.partnerId}`;
  const { Records } = await ask<{ Records: Category[] }>(target, 'GET', `${base}/Categories`);
  const open = Records.filter(
    ({ Children, CustomAttributes }) => Children === 0 && CustomAttributes === 'AVAILABLE',
  );
  for (const { Id: id } of open) {
    const answer = await ask<{ Body: { Attributes: Column[] } }>(
      target,
      'GET',
      `${base}/Specification?category=${id}`,
    ).catch(() => null);
    // TikTok's own tree has categories that are no leaves, and nothing below them.
    if (answer === null) continue;
    const { Body } = answer;
    const needed = Body.Attributes.filter(({ Name, ValidationRules }) => {
      const rule = ValidationRules.find(({ Type }) => Type === 'Required');
      // A product of one SKU needs no options.
      return rule && !rule.Conditions && !HEADER.split(',').includes(Name) && !Name.startsWith('Option ');
    });
    if (needed.length > 4 || !needed.every(({ Name }) => Name.startsWith('Attribute:'))) continue;
    const columns = needed.map(({ Name, Options }): [string, string] => [
      Name,
      Options.find((option) => option === 'No') ?? Options[0] ?? 'None',
    ]);
    return { id, columns: Object.fromEntries(columns) };
  }
  throw new Error('No category asks for little');
}

async function ask<Answer>({ port, key }: UploadTarget, method: string, path: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}/api/${path}`, {
    method,
    headers: { SubscriptionKey: key },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as Answer;
}
