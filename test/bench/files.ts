import pg from 'pg';
import { request } from 'undici';
import type { DeliveryProfile } from '../../src/companies/delivery-profile.js';
import { setOf, x12Bytes } from '../../src/deliveries/render-file.js';
import type { BenchOptions, Benchmark } from './benchmark.js';
import type { Connected } from './connected-shop.js';
import { expected, interleave, judge, longEnough, type Report } from './harness.js';
import { ordersTakenIn } from './orders-taken-in.js';
import { growTo } from './list.js';
import { firstAnswer, freePort, startProduct, type Running } from './processes.js';

interface Shape {
  /** Taken in as TikTok answers them; more are copies under other keys. */
  real: number;
  orders: number;
  /** Shipments of a round and a variant. */
  shipments: number;
  rounds: number;
}

const PAGE = 1_000;
const PROFILE: DeliveryProfile = {
  name: 'edi',
  channel: 'http',
  format: 'x12',
  documents: ['order'],
  x12: { ours: { qualifier: 'ZZ', id: 'TIKTOKHUB' }, theirs: { qualifier: '12', id: '5125550100' } },
};

/** Documents as files: out against what reading and parsing the stored texts costs, in against one call each. */
export const filesBenchmark: Benchmark = {
  name: 'files',
  about: 'orders as CSV and X12, shipments from a CSV file',
  async run(options): Promise<Report> {
    const shape: Shape = options.quick
      ? { real: 300, orders: 1_000, shipments: 40, rounds: 1 }
      : { real: 5_000, orders: 100_000, shipments: 800, rounds: 2 };
    const world = await openWorld(options, shape);
    // Before there are copies, of which several would have one PartnerPO.
    const first = await world.api();
    const into = await measureShipments(world, first.origin, shape);
    await first.running.stop();
    const { rows } = await world.admin.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM documents WHERE type = 'shipment'`,
    );
    await growTo(world.admin, shape.orders / 10);
    const small = await peakOfExport(world, shape.orders / 10);
    await growTo(world.admin, shape.orders);
    const large = await peakOfExport(world, shape.orders);
    const api = await world.api();
    const out = await interleave(
      [
        { name: 'export as CSV', run: () => exportCsv(api.origin, world.connected) },
        { name: 'stored texts as X12', run: () => eachText(world.admin, writeX12) },
        { name: 'stored texts, JSON.parse', run: () => eachText(world.admin, parse) },
      ],
      shape.rounds,
    );
    await api.running.stop();
    await world.close();
    const figures = [...out, ...into];
    return {
      benchmark: this.about,
      unit: 'documents',
      settings: { orders: shape.orders, 'shipments of a round': shape.shipments },
      figures,
      verdicts: judge(figures, [
        { of: 'export as CSV', against: 'stored texts, JSON.parse', atLeast: 0.5 },
        { of: 'stored texts as X12', against: 'stored texts, JSON.parse', atLeast: 0.5 },
        { of: 'shipments in one file', against: 'shipments, a call each', atLeast: 6 },
      ]),
      guards: [
        expected('shipments', rows[0]?.count ?? 0, shape.shipments * 2 * (shape.rounds + 1)),
        {
          name: 'memory is flat',
          ok: options.quick || large - small <= 64,
          detail: `${small.toFixed(0)} MiB for a tenth, ${large.toFixed(0)} MiB for all`,
        },
        ...(options.quick ? [] : [longEnough(figures, 0.2)]),
      ],
      notes: {
        'peak of the api, a tenth': `${small.toFixed(0)} MiB`,
        'peak of the api, all': `${large.toFixed(0)} MiB`,
      },
    };
  },
};

interface World {
  connected: Connected;
  admin: pg.Client;
  api(): Promise<{ origin: string; running: Running }>;
  close(): Promise<void>;
}

async function openWorld({ server }: BenchOptions, { real }: Shape): Promise<World> {
  const { url, connected } = await ordersTakenIn({ server }, { database: 'bench_files', orders: real });
  const admin = new pg.Client({ connectionString: url });
  admin.on('error', () => undefined);
  await admin.connect();
  return {
    connected,
    admin,
    async api() {
      const port = await freePort();
      const running = startProduct('api', { databaseUrl: url, env: { PORT: String(port) } });
      const origin = `http://127.0.0.1:${port}`;
      await firstAnswer(`${origin}/health/ready`);
      return { origin, running };
    },
    async close() {
      await admin.end();
      await server.drop('bench_files');
    },
  };
}

/** The most memory of a process that has done nothing but one export. */
async function peakOfExport(world: World, orders: number): Promise<number> {
  const { origin, running } = await world.api();
  const count = await exportCsv(origin, world.connected);
  if (count < orders * 0.4) throw new Error(`${count} instead of ${orders} orders were exported`);
  const peak = running.peakMiB();
  await running.stop();
  return peak;
}

/** @returns how many orders it has: each has one line of one article, or one more for each further one */
async function exportCsv(origin: string, { key }: Connected): Promise<number> {
  const { body, statusCode, headers } = await request(`${origin}/api/v3/Orders/Export`, {
    method: 'POST',
    headers: { SubscriptionKey: key, 'content-type': 'application/json', accept: 'text/csv' },
    body: JSON.stringify({ FileType: 'csv', Filter: {} }),
    bodyTimeout: 600_000,
    headersTimeout: 600_000,
  });
  let lines = 0;
  let last = '';
  for await (const chunk of body) {
    const bytes = chunk as Buffer;
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
    last = bytes.toString('latin1');
  }
  if (statusCode !== 200) throw new Error(`${statusCode} ${last.slice(0, 300)}`);
  const told = Number(headers['x-total-records'] ?? Number.NaN);
  return Number.isFinite(told) ? told : lines - 1;
}

interface StoredText {
  key: number;
  body: string;
}

/** Walks through all orders. */
async function eachText(admin: pg.Client, work: (text: StoredText) => void): Promise<number> {
  let count = 0;
  for (let after = 0; ;) {
    const { rows } = await admin.query<StoredText>({
      name: 'bench-texts',
      text: `SELECT key, body FROM documents WHERE type = 'order' AND key > $1 ORDER BY key LIMIT ${PAGE}`,
      values: [after],
    });
    for (const row of rows) work(row);
    count += rows.length;
    const last = rows.at(-1);
    if (!last) return count;
    after = last.key;
  }
}

function parse({ body }: StoredText): void {
  JSON.parse(body);
}

function writeX12({ key, body }: StoredText): void {
  const file = { key, version: 1, kind: 'order', partnerPo: null, reference: String(key), body } as const;
  const { set } = setOf(PROFILE, file);
  x12Bytes(PROFILE, [set], { interchange: 1, group: 1 }, new Date());
}

async function measureShipments(
  { connected, admin }: World,
  origin: string,
  { shipments, rounds }: Shape,
): Promise<Awaited<ReturnType<typeof interleave>>> {
  const { rows } = await admin.query<{ po: string; body: string }>(
    `SELECT DISTINCT ON (partner_po) partner_po AS po, body FROM documents WHERE type = 'order' ORDER BY partner_po LIMIT $1`,
    [shipments * 2 * (rounds + 1)],
  );
  let next = 0;
  const some = (): { po: string; sku: string; quantity: number; number: string; tracking: string }[] => {
    const chosen = rows.slice(next, next + shipments);
    const from = next;
    next += shipments;
    return chosen.map(({ po, body }, at) => {
      const [line] = (
        JSON.parse(body) as { OrderLines: { ItemIdentifier: { SupplierSKU: string }; Quantity: number }[] }
      ).OrderLines;
      const tracking = `9400111899560${String(from + at).padStart(9, '0')}`;
      return { po, sku: line!.ItemIdentifier.SupplierSKU, quantity: 1, number: `B-${from + at}`, tracking };
    });
  };
  const post = async (path: string, type: string, text: string): Promise<unknown> => {
    const { body, statusCode } = await request(`${origin}/api/v3/${path}`, {
      method: 'POST',
      headers: { SubscriptionKey: connected.key, 'content-type': type },
      body: text,
      bodyTimeout: 600_000,
      headersTimeout: 600_000,
    });
    const answer = await body.json();
    if (statusCode >= 300) throw new Error(`${statusCode} ${JSON.stringify(answer).slice(0, 300)}`);
    return answer;
  };
  const head =
    'PartnerPO,ShipmentNumber,ShipmentLines.ItemIdentifier.SupplierSKU,ShipmentLines.Quantity,ShipmentInfos.TrackingNumber,ShipmentInfos.CarrierCode';
  return interleave(
    [
      {
        name: 'shipments in one file',
        async run() {
          const lines = some().map(
            ({ po, number, sku, quantity, tracking }) =>
              `${po},${number},${sku},${quantity},${tracking},USPS`,
          );
          const answer = (await post('Shipments/Import', 'text/csv', [head, ...lines].join('\n'))) as {
            Body: { Taken: number };
          };
          if (answer.Body.Taken !== shipments) throw new Error(JSON.stringify(answer.Body).slice(0, 500));
          return shipments;
        },
      },
      {
        name: 'shipments, a call each',
        async run() {
          for (const { po, number, sku, quantity, tracking } of some())
            await post(
              'Shipments',
              'application/json',
              JSON.stringify({
                PartnerPO: po,
                ShipmentNumber: number,
                ShipmentLines: [
                  {
                    ItemIdentifier: { SupplierSKU: sku },
                    Quantity: quantity,
                    ShipmentInfos: [{ TrackingNumber: tracking, CarrierCode: 'USPS' }],
                  },
                ],
              }),
            );
          return shipments;
        },
      },
    ],
    rounds,
  );
}
