import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Benchmark, BenchOptions } from './benchmark.js';
import type { Connected } from './connected-shop.js';
import {
  expected,
  interleave,
  judge,
  longEnough,
  median,
  type Guard,
  type Report,
  type Variant,
} from './harness.js';
import { latencyText, openClient, type Client, type Load } from './http-load.js';
import { ordersTakenIn } from './orders-taken-in.js';
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
export const listBenchmark = listBenchmarkOf({ orders: REAL_ORDERS, rounds: 5, seconds: 1.2 });
export const longListBenchmark = listBenchmarkOf({ orders: 200_000, rounds: 3, seconds: 1.2 });

function listBenchmarkOf(full: Shape): Benchmark {
  return {
    name: 'list',
    about: `order list of 100 full documents over HTTP, ${full.orders} orders`,
    async run({ server, quick }): Promise<Report> {
      const shape = quick ? { orders: full.orders / 10, rounds: 1, seconds: 0.3 } : full;
      const world = await openWorld({ server, quick });
      await world.growTo(shape.orders);
      const list = await measureList(world, shape);
      const one = await measureOne(world, shape);
      const memory = world.residentMiB();
      await world.close();
      return {
        benchmark: this.about,
        unit: 'pages',
        settings: { orders: shape.orders, 'page size': PAGE_SIZE, 'pool of both sides': POOL_SIZE },
        ...list,
        guards: [...list.guards, ...one.guards, ...(quick ? [] : [longEnough(list.figures, 0.2)])],
        notes: { ...list.notes, ...one.notes, 'memory of the api after this': `${memory.toFixed(0)} MiB` },
      };
    },
  };
}

type Part = Pick<Report, 'guards' | 'notes'>;

interface World {
  /** Of the database, and of the API with its pages. */
  url: string;
  origin: string;
  connected: Connected;
  client: Client;
  baseline: (task: Omit<BaselineTask, 'companyId'>) => Promise<BaselineAnswer>;
  growTo(orders: number): Promise<void>;
  keys: () => Promise<number[]>;
  residentMiB(): number;
  close(): Promise<void>;
}

async function measureList(
  { client, baseline }: World,
  { orders, rounds, seconds }: Shape,
): Promise<Part & Pick<Report, 'figures' | 'verdicts'>> {
  const pages = Math.ceil(orders / PAGE_SIZE);
  const loads = new Map<string, Load[]>();
  const read = { pages: 0, records: 0 };
  const overHttp = (name: string, work: () => Promise<Load>): Variant => ({
    name,
    async run() {
      const load = await work();
      loads.set(name, [...(loads.get(name) ?? []), load]);
      return load.requests;
    },
  });
  const inDatabase = (name: string, clients: number): Variant => ({
    name,
    async run() {
      const answer = await baseline({ clients, seconds });
      read.records += answer.records;
      read.pages += answer.pages;
      return answer.pages;
    },
  });
  // A walk through few pages is repeated until it takes as long as the other samples.
  const walks = Math.ceil(300 / pages);
  const walk = (): Promise<Load> => client.inSequence(walks * pages, (request) => pageAt(request % pages));
  const figures = await interleave(
    [
      overHttp('HTTP, 8 clients', () => client.forSeconds(seconds, 8, () => LIST)),
      inDatabase('same SQL, 8 clients', 8),
      overHttp('HTTP, 1 client', () => client.forSeconds(seconds, 1, () => LIST)),
      inDatabase('same SQL, 1 client', 1),
      overHttp('HTTP, walk through all pages', walk),
      overHttp('HTTP, first page and random page in turn', () => randomDepth(client, pages, seconds)),
    ],
    rounds,
  );
  const all = [...loads.values()].flat();
  const failures = all.reduce((sum, load) => sum + load.failures, 0);
  const latencyOf = (name: string): string =>
    latencyText((loads.get(name) ?? []).flatMap((load) => load.latenciesMs));
  return {
    figures,
    verdicts: judge(figures, [
      { of: 'HTTP, 8 clients', against: 'same SQL, 8 clients', atLeast: 0.35 },
      { of: 'HTTP, 1 client', against: 'same SQL, 1 client', atLeast: 0.35 },
      { of: 'HTTP, walk through all pages', against: 'HTTP, 1 client', atLeast: 0.6 },
    ]),
    guards: [
      expected('failed requests', failures, 0),
      expected('records of the baseline', read.records, read.pages * PAGE_SIZE),
      await walkFindsAll(client, orders),
    ],
    notes: {
      'bytes of a page': Math.round((all[0]?.bytes ?? 0) / (all[0]?.requests ?? 1)),
      'HTTP, 8 clients': latencyOf('HTTP, 8 clients'),
      'HTTP, 1 client': latencyOf('HTTP, 1 client'),
    },
  };
}

async function measureOne({ client, keys }: World, { rounds, seconds }: Shape): Promise<Part> {
  const known = await keys();
  const pathOf = (): string => `/api/v3/Orders/${known[Math.floor(Math.random() * known.length)]}`;
  const part: Part = { guards: [], notes: {} };
  for (const clients of [8, 1]) {
    const samples: Load[] = [];
    const run = async (): Promise<number> => {
      const load = await client.forSeconds(seconds, clients, pathOf);
      samples.push(load);
      return load.requests;
    };
    const [measured] = await interleave([{ name: 'one order', run }], Math.min(3, rounds));
    const speed = median(measured?.rounds.map((round) => round.perSecond) ?? []);
    const latency = latencyText(samples.flatMap((load) => load.latenciesMs));
    part.notes[`one order, ${clients} client(s)`] = `${Math.round(speed)}/s, ${latency}`;
    const failures = samples.reduce((sum, load) => sum + load.failures, 0);
    part.guards.push(expected(`failed requests for one order, ${clients} client(s)`, failures, 0));
  }
  return part;
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
async function walkFindsAll(client: Client, orders: number): Promise<Guard> {
  const seen = new Set<string>();
  for (let page = 0; page * PAGE_SIZE < orders; page++) {
    const { Records } = (await client.json(pageAt(page))) as {
      Records: { Identifier: { LogicbrokerKey: string } }[];
    };
    for (const { Identifier } of Records) seen.add(Identifier.LogicbrokerKey);
  }
  return expected('orders found by a walk', seen.size, orders);
}

/** A shop with its orders taken in, and an API before them. */
export async function openWorld({ server, quick }: BenchOptions): Promise<World> {
  const real = quick ? 300 : REAL_ORDERS;
  const { url, connected } = await ordersTakenIn({ server }, { database: 'bench_list', orders: real });

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
    url,
    origin,
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
export async function growTo(admin: pg.Client, orders: number): Promise<void> {
  const { rows } = await admin.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM documents WHERE type = 'order'`,
  );
  const present = rows[0]?.count ?? 0;
  const copies = Math.ceil(orders / present) - 1;
  if (copies > 0) {
    await admin.query(`
      INSERT INTO documents (key, company_id, connection_id, type, status_code, link_key, source_key, partner_po,
        reference, sender_company_id, receiver_company_id, document_date, body, renderer_version)
      SELECT new_key, company_id, connection_id, type, status_code, 'L-' || new_key, source_key, partner_po, reference,
        sender_company_id, receiver_company_id, document_date,
        replace(body, '"LogicbrokerKey":"' || key || '"', '"LogicbrokerKey":"' || new_key || '"'), renderer_version
      FROM (SELECT documents.*, nextval('document_key_seq')::int AS new_key
        FROM documents CROSS JOIN generate_series(1, ${copies}) WHERE type = 'order' LIMIT ${orders - present}) AS made`);
  }
  await admin.query('VACUUM ANALYZE documents');
  await admin.query('CHECKPOINT');
}
