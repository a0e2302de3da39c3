import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Benchmark, BenchOptions } from './benchmark.js';
import { connectShop, recordPages, startShopWithOrders, type Connected } from './connected-shop.js';
import {
  expected,
  interleave,
  judge,
  longEnough,
  median,
  type Guard,
  type Measured,
  type Report,
  type Variant,
} from './harness.js';
import { latencyText, openClient, type Client, type Load } from './http-load.js';
import { productIngest } from './ingest-variants.js';
import type { BaselineAnswer, BaselineTask } from './list-baseline.js';
import { firstAnswer, freePort, startProduct } from './processes.js';

const PAGE_SIZE = 100;
/** API_READ_CONNECTIONS of the product, and the pool of the baseline. */
const POOL_SIZE = 4;
/** Orders that are really taken in; more are copies of these under other keys. */
const REAL_ORDERS = 5_000;
const LIST = `/api/v3/Orders?filters.pageSize=${PAGE_SIZE}`;

interface Shape {
  orders: number;
  rounds: number;
  seconds: number;
}

/** The order list as an ERP reads it, against what the database and its driver could deliver at best. */
export const listBenchmark: Benchmark = {
  name: 'list',
  about: 'order list of 100 full documents over HTTP',
  async run({ server, quick }): Promise<Report> {
    const world = await openWorld({ server, quick });
    const shapes: Shape[] = quick
      ? [{ orders: 300, rounds: 1, seconds: 0.3 }]
      : [
          { orders: REAL_ORDERS, rounds: 5, seconds: 1.5 },
          { orders: 200_000, rounds: 3, seconds: 1.5 },
        ];
    const report: Report = {
      benchmark: this.about,
      unit: 'pages',
      settings: { 'page size': PAGE_SIZE, 'pool of both sides': POOL_SIZE },
      figures: [],
      verdicts: [],
      guards: [],
      notes: {},
    };
    for (const shape of shapes) {
      await world.growTo(shape.orders);
      await measureList(world, shape, report);
      await measureOne(world, shape, report);
    }
    if (!quick) report.guards.push(longEnough(report.figures, 0.2));
    report.notes['memory of the api after all this'] = `${world.residentMiB().toFixed(0)} MiB`;
    await world.close();
    return report;
  },
};

interface World {
  connected: Connected;
  client: Client;
  baseline: (task: Omit<BaselineTask, 'companyId'>) => Promise<BaselineAnswer>;
  growTo(orders: number): Promise<void>;
  keys: () => Promise<number[]>;
  residentMiB(): number;
  close(): Promise<void>;
}

async function measureList(world: World, shape: Shape, report: Report): Promise<void> {
  const { client, baseline } = world;
  const { orders, rounds, seconds } = shape;
  const at = `${orders} orders:`;
  const pages = Math.ceil(orders / PAGE_SIZE);
  const loads = new Map<string, Load[]>();
  const counts = { baselineRecords: 0, baselinePages: 0 };

  const overHttp = (name: string, work: () => Promise<Load>): Variant => ({
    name: `${at} ${name}`,
    async run() {
      const load = await work();
      loads.set(name, [...(loads.get(name) ?? []), load]);
      return load.requests;
    },
  });
  const inDatabase = (name: string, clients: number): Variant => ({
    name: `${at} ${name}`,
    async run() {
      const answer = await baseline({ clients, seconds });
      counts.baselineRecords += answer.records;
      counts.baselinePages += answer.pages;
      return answer.pages;
    },
  });
  // A walk through few pages is repeated until it takes as long as the other samples.
  const walks = Math.max(1, Math.round(1_000 / pages));
  const figures = await interleave(
    [
      overHttp('HTTP, 8 clients', () => client.forSeconds(seconds, 8, () => LIST)),
      inDatabase('same SQL, 8 clients', 8),
      overHttp('HTTP, 1 client', () => client.forSeconds(seconds, 1, () => LIST)),
      inDatabase('same SQL, 1 client', 1),
      overHttp('HTTP, walk through all pages', () =>
        client.inSequence(walks * pages, (request) => pageAt(request % pages)),
      ),
      overHttp('HTTP, pages of random depth, fresh', () => randomDepth(client, pages, seconds)),
    ],
    rounds,
  );
  report.figures.push(...figures);
  const named = (name: string): string => `${at} ${name}`;
  report.verdicts.push(
    ...judge(figures, [
      { of: named('HTTP, 8 clients'), against: named('same SQL, 8 clients'), atLeast: 0.35 },
      { of: named('HTTP, 1 client'), against: named('same SQL, 1 client'), atLeast: 0.35 },
      { of: named('HTTP, walk through all pages'), against: named('HTTP, 1 client'), atLeast: 0.6 },
    ]),
  );
  const all = [...loads.values()].flat();
  const failures = all.reduce((sum, load) => sum + load.failures, 0);
  report.guards.push(
    expected(`${at} failed requests`, failures, 0),
    expected(`${at} records of the baseline`, counts.baselineRecords, counts.baselinePages * PAGE_SIZE),
    await walkFindsAll(client, orders, `${at} orders found by a walk`),
  );
  for (const name of ['HTTP, 8 clients', 'HTTP, 1 client'])
    report.notes[`${at} ${name}`] = latencyText((loads.get(name) ?? []).flatMap((load) => load.latenciesMs));
  const first = all[0];
  if (first) report.notes[`${at} bytes of a page`] = Math.round(first.bytes / first.requests);
}

async function measureOne({ client, keys }: World, shape: Shape, report: Report): Promise<void> {
  const known = await keys();
  const pathOf = (): string => `/api/v3/Orders/${known[Math.floor(Math.random() * known.length)]}`;
  for (const clients of [8, 1]) {
    const samples: Load[] = [];
    const measured: Measured[] = await interleave(
      [
        {
          name: 'one order',
          async run() {
            const load = await client.forSeconds(shape.seconds, clients, pathOf);
            samples.push(load);
            return load.requests;
          },
        },
      ],
      Math.min(3, shape.rounds),
    );
    const speed = median(measured[0]?.rounds.map((round) => round.perSecond) ?? []);
    report.notes[`${shape.orders} orders: one order, ${clients} client(s)`] =
      `${Math.round(speed)}/s, ${latencyText(samples.flatMap((load) => load.latenciesMs))}`;
    const failures = samples.reduce((sum, load) => sum + load.failures, 0);
    report.guards.push(expected(`one order: failed requests, ${clients} client(s)`, failures, 0));
  }
}

function pageAt(page: number): string {
  return `${LIST}&filters.page=${page}`;
}

/** Page 0 makes the lister forget where pages begin, so that the next one is found by skipping. */
function randomDepth(client: Client, pages: number, seconds: number): Promise<Load> {
  const half = (request: number): number =>
    request % 2 === 0 ? 0 : Math.floor(Math.random() * Math.max(1, pages - 1)) + 1;
  return client.forSeconds(seconds, 1, (request) => pageAt(Math.min(pages - 1, half(request))));
}

/** Every order once: what the timed walks do not look at. */
async function walkFindsAll(client: Client, orders: number, name: string): Promise<Guard> {
  const seen = new Set<string>();
  for (let page = 0; page * PAGE_SIZE < orders; page++) {
    const answer = (await client.json(
      `/api/v3/Orders/?filters.pageSize=${PAGE_SIZE}&filters.page=${page}`,
    )) as { Records: { Identifier: { LogicbrokerKey: string } }[] };
    for (const { Identifier } of answer.Records) seen.add(Identifier.LogicbrokerKey);
  }
  return expected(name, seen.size, orders);
}

async function openWorld({ server, quick }: BenchOptions): Promise<World> {
  const real = quick ? 300 : REAL_ORDERS;
  const shop = await startShopWithOrders(real);
  const url = await server.create('bench_list');
  const connected = await connectShop(url, shop);
  const answers = await recordPages(url, connected, shop.simulator.url);
  await shop.simulator.close();
  const { fresh } = await productIngest({ server, url }, connected, answers);
  await fresh.run();
  await fresh.close();

  const admin = new pg.Client({ connectionString: url });
  admin.on('error', () => undefined);
  await admin.connect();
  const port = await freePort();
  const api = startProduct('api', {
    databaseUrl: url,
    env: { PORT: String(port), API_READ_CONNECTIONS: String(POOL_SIZE) },
  });
  const origin = `http://127.0.0.1:${port}`;
  await firstAnswer(`${origin}/health/ready`);
  const client = openClient(origin, connected.key);
  const child = fork(fileURLToPath(new URL('list-baseline.js', import.meta.url)), {
    env: { PATH: process.env['PATH'], DATABASE_URL: url, POOL_SIZE: String(POOL_SIZE) },
  });
  return {
    connected,
    client,
    baseline: (task) => askBaseline(child, { ...task, companyId: connected.companyId }),
    growTo: (orders) => growTo(admin, orders),
    async keys() {
      const { rows } = await admin.query<{ key: number }>(
        'SELECT key FROM documents TABLESAMPLE SYSTEM (10) LIMIT 5000',
      );
      return rows.map(({ key }) => key);
    },
    residentMiB: () => api.residentMiB(),
    async close() {
      await client.close();
      await api.stop();
      child.disconnect();
      await admin.end();
      await server.drop('bench_list');
    },
  };
}

async function askBaseline(child: ChildProcess, task: BaselineTask): Promise<BaselineAnswer> {
  child.send(task);
  const [answer] = (await once(child, 'message')) as [BaselineAnswer];
  return answer;
}

/** More documents like those that are there, each with a key of its own in column and text. */
async function growTo(admin: pg.Client, orders: number): Promise<void> {
  const { rows } = await admin.query<{ count: number }>('SELECT count(*)::int AS count FROM documents');
  const present = rows[0]?.count ?? 0;
  const copies = Math.ceil(orders / present) - 1;
  if (copies > 0) {
    await admin.query(`
      INSERT INTO documents (key, company_id, connection_id, type, status_code, link_key, source_key, partner_po,
        reference, sender_company_id, receiver_company_id, document_date, body, renderer_version)
      SELECT made.key, company_id, connection_id, type, status_code, 'L-' || made.key, source_key, partner_po, reference,
        sender_company_id, receiver_company_id, document_date,
        replace(body, '"LogicbrokerKey":"' || documents.key || '"', '"LogicbrokerKey":"' || made.key || '"'),
        renderer_version
      FROM documents, LATERAL (SELECT nextval('document_key_seq')::int AS key, copy
        FROM generate_series(1, ${copies}) AS copy OFFSET 0) AS made
      LIMIT ${orders - present}`);
  }
  await admin.query('VACUUM ANALYZE documents');
  await admin.query('CHECKPOINT');
}
