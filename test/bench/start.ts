import { fileURLToPath } from 'node:url';
import { apiOpenApi } from '../../src/compose/api-routes.js';
import { productVersion } from '../../src/kernel/version.js';
import type { Benchmark } from './benchmark.js';
import { connectShop, startShopWithOrders } from './connected-shop.js';
import { interleave, judge, median, type Report, type Variant } from './harness.js';
import { firstAnswer, freePort, startNode, startProduct, type Running } from './processes.js';

const BARE_APP = fileURLToPath(new URL('bare-app.js', import.meta.url));
/** Pages and health, which the OpenAPI document does not list. */
const FURTHER_ROUTES = 34;

/** From the start of a process to its first answer, which in the product asks the database twice: for key and orders. */
export const startBenchmark: Benchmark = {
  name: 'start',
  about: 'start of the api role to its first answer',
  async run({ server, quick }): Promise<Report> {
    const shop = await startShopWithOrders(1);
    const url = await server.create('bench_start');
    const { key } = await connectShop(url, shop);
    await shop.simulator.close();
    const routes = (await countOperations()) + FURTHER_ROUTES;

    const bare = started('bare Fastify app', '/route-0/1', {}, (port) =>
      startNode([BARE_APP], { PORT: port, ROUTES: String(routes) }),
    );
    const api = started('api', '/api/v3/Orders', { SubscriptionKey: key }, (port) =>
      startProduct('api', { databaseUrl: url, env: { PORT: port } }),
    );
    const figures = await interleave([bare, api], quick ? 1 : 9);
    const seconds = (index: number): number =>
      median(figures[index]?.rounds.map((round) => round.seconds) ?? []);
    return {
      benchmark: this.about,
      unit: 'starts',
      settings: { routes, 'first answer': 'GET /api/v3/Orders with a key' },
      figures,
      // Slowness is what is compared: how many starts of the bare app fit into one of the product.
      verdicts: judge(figures, [{ of: bare.name, against: api.name, atMost: 2.2 }]),
      guards: [],
      notes: {
        'bare Fastify app': `${Math.round(seconds(0) * 1000)} ms`,
        api: `${Math.round(seconds(1) * 1000)} ms`,
      },
    };
  },
};

function started(
  name: string,
  path: string,
  headers: Record<string, string>,
  start: (port: string) => Running,
): Variant {
  let port = 0;
  let running: Running | null = null;
  return {
    name,
    async before() {
      port = await freePort();
    },
    async run() {
      running = start(String(port));
      await firstAnswer(`http://127.0.0.1:${port}${path}`, { headers });
      return 1;
    },
    async after() {
      await running?.stop();
    },
  };
}

async function countOperations(): Promise<number> {
  const { paths } = (await apiOpenApi({ version: productVersion() })) as { paths: Record<string, object> };
  return Object.values(paths).reduce((count, operations) => count + Object.keys(operations).length, 0);
}
