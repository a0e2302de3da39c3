import { setTimeout as pause } from 'node:timers/promises';
import type { Benchmark } from './benchmark.js';
import { connectShop, startShopWithOrders } from './connected-shop.js';
import type { Report } from './harness.js';
import { firstAnswer, freePort, startProduct } from './processes.js';

const roles = ['api', 'worker', 'all'] as const;
const IDLE_SECONDS = 10;

/** Memory of each role that has nothing to do, without its PostgreSQL. Reported, not judged. */
export const memoryBenchmark: Benchmark = {
  name: 'memory',
  about: 'resident memory of idle processes',
  async run({ server, quick }): Promise<Report> {
    const shop = await startShopWithOrders(1);
    const url = await server.create('bench_memory');
    await connectShop(url, shop);
    const env = { SIMULATOR_URL: shop.simulator.url };
    const ports = await Promise.all(roles.map(() => freePort()));
    const running = roles.map((role, index) =>
      startProduct(role, { databaseUrl: url, env: { ...env, PORT: String(ports[index]) } }),
    );
    await firstAnswer(`http://127.0.0.1:${ports[0]}/health/ready`);
    await firstAnswer(`http://127.0.0.1:${ports[2]}/health/ready`);
    const idleSeconds = quick ? 1 : IDLE_SECONDS;
    await pause(idleSeconds * 1000);
    const notes = roles.map((role, index) => [role, `${running[index]?.residentMiB().toFixed(0)} MiB`]);
    for (const process of running) await process.stop();
    await shop.simulator.close();
    return {
      benchmark: this.about,
      unit: '',
      settings: { 'idle for': `${idleSeconds} s`, connections: 1 },
      figures: [],
      verdicts: [],
      guards: [],
      notes: Object.fromEntries(notes) as Record<string, string>,
    };
  },
};
