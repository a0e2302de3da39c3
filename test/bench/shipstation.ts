import { readOrdersXml } from '../../src/doubles/shipstation/read-orders-xml.js';
import type { Benchmark } from './benchmark.js';
import { expected, interleave, judge, type Report } from './harness.js';
import { openClient } from './http-load.js';
import { ordersTakenIn } from './orders-taken-in.js';
import { firstAnswer, freePort, startProduct } from './processes.js';

const ORDERS = 5_000;
const PAGE_SIZE = 100;
const ROUNDS = 4;
const LIST = `/api/v3/Orders?filters.pageSize=${PAGE_SIZE}`;
const LOOK = 'action=export&start_date=01/01/2020 00:00&end_date=12/31/2099 23:59';

/** A look of ShipStation's at all orders, page by page, against the order list of the API. */
export const shipStationBenchmark: Benchmark = {
  name: 'shipstation',
  about: `a look of ShipStation at ${ORDERS} orders, in pages of ${PAGE_SIZE}`,
  async run({ server, quick }): Promise<Report> {
    const orders = quick ? 300 : ORDERS;
    const { url, connected } = await ordersTakenIn(
      { server },
      { database: 'bench_shipstation', orders: orders },
    );
    const port = await freePort();
    const api = startProduct('api', { databaseUrl: url, env: { PORT: String(port) } });
    const origin = `http://127.0.0.1:${port}`;
    await firstAnswer(`${origin}/health/ready`);
    const client = openClient(origin, connected.key);
    const store = await letIn(origin, connected.key);
    let bytes = 0;
    const look = async (): Promise<string[]> => {
      const numbers: string[] = [];
      bytes = 0;
      for (let page = 1, pages = 1; page <= pages; page++) {
        const text = await store(`${LOOK}&page=${page}`);
        bytes += text.length;
        pages = Number(/pages="(\d+)"/.exec(text)?.[1]);
        numbers.push(...[...text.matchAll(/<OrderNumber>(\d+)</g)].map(([, number = '']) => number));
      }
      return numbers;
    };
    const first = await look();
    const memory: number[] = [];
    const figures = await interleave(
      [
        {
          name: 'ShipStation, all pages',
          run: async () => (await look()).length,
          after: async () => void memory.push(api.residentMiB()),
        },
        {
          name: 'GET Orders, all pages',
          async run() {
            await client.inSequence(Math.ceil(orders / PAGE_SIZE), (page) => `${LIST}&filters.page=${page}`);
            return orders;
          },
        },
      ],
      quick ? 1 : ROUNDS,
    );
    const sample = readOrdersXml(await store(`${LOOK}&page=1`));
    await client.close();
    await api.stop();
    await server.drop('bench_shipstation');
    return {
      benchmark: this.about,
      unit: 'orders',
      settings: { orders, 'page size': PAGE_SIZE },
      figures,
      verdicts: judge(figures, [
        { of: 'ShipStation, all pages', against: 'GET Orders, all pages', atLeast: 0.08 },
      ]),
      guards: [
        expected('orders of a look', first.length, orders),
        expected('different ones', new Set(first).size, orders),
        expected('orders that ShipStation reads on the first page', sample.orders.length, PAGE_SIZE),
      ],
      notes: {
        'bytes of an order': Math.round(bytes / orders),
        'memory of the api after each look': memory.map((each) => `${each.toFixed(0)} MiB`).join(', '),
      },
    };
  },
};

/** @returns what the store answers to a query */
async function letIn(origin: string, key: string): Promise<(query: string) => Promise<string>> {
  const headers = { subscriptionkey: key, 'content-type': 'application/json' };
  const partners = await fetch(`${origin}/api/v3/Orders?filters.pageSize=1`, { headers });
  const { Records } = (await partners.json()) as { Records: { SenderCompanyId: number }[] };
  const path = `${origin}/api/v3/Settings/Partners/${Records[0]?.SenderCompanyId}/ShipStation/Password`;
  const made = await fetch(path, { method: 'POST', headers, body: '{}' });
  const { Body } = (await made.json()) as { Body: { Url: string; UserName: string; Password: string } };
  const logIn = Buffer.from(`${Body.UserName}:${Body.Password}`).toString('base64');
  const { pathname } = new URL(Body.Url);
  return async (query) => {
    const answer = await fetch(`${origin}${pathname}?${query}`, {
      headers: { authorization: `Basic ${logIn}` },
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status}: ${text.slice(0, 300)}`);
    return text;
  };
}
