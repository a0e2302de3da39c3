import type { Test } from 'tap';
import { ensureDemoKey, revokeApiKey } from '../../src/companies/api-key-store.js';
import { ensureDemoOperator } from '../../src/companies/operator-store.js';
import { compose } from '../../src/compose/compose.js';
import { loadConfig } from '../../src/config/config.js';
import { demoApp } from '../../src/simulator/options.js';
import { recordingLog } from './logs.js';
import { openServiceWorld, type ServiceWorld } from './service-world.js';

export interface DemoService extends ServiceWorld {
  url: string;
}

/** What `npm start` composes, on the test's database and simulator: its key and log-in are `demo`. */
export async function startDemoService(
  t: Test,
  environment: (world: ServiceWorld) => Record<string, string> = () => ({}),
): Promise<DemoService> {
  const world = await openServiceWorld(t);
  const { DATABASE_URL: _, ENCRYPTION_KEYS = '', ...rest } = world.environment;
  const config = loadConfig({ ...rest, ENCRYPTION_KEYS, ...environment(world) });
  const connector = await compose({
    config: { ...config, databaseUrl: world.databaseUrl },
    log: recordingLog(),
  });
  t.teardown(() => connector.close());
  const which = { companyId: world.companyId, now: new Date() };
  await revokeApiKey(world.db.prisma, { ...which, slot: 'primary' });
  await ensureDemoKey(world.db.prisma, which);
  await ensureDemoOperator(world.db.prisma);
  const { url } = await connector.start();
  world.simulator.control.putApp(demoApp(`${url}/connections/callback`));
  return { ...world, url, key: 'demo', operator: { login: 'demo', password: 'demo' } };
}
