import type { Test } from 'tap';
import { compose, type Connector } from '../../src/compose/compose.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/telemetry/logging.js';
import { demoApp } from '../../src/simulator/options.js';
import { connectShop, type ConnectedShop, type ShopAccount } from './connect-shop.js';
import { createErp, type Erp } from './erp.js';
import { openServiceWorld, type ServiceWorld } from './service-world.js';

export interface Service extends ServiceWorld {
  /** Where the API and the pages are. */
  url: string;
  /** Every line that the product has logged, as it would have gone to stdout. */
  lines: string[];
  erp: Erp;
  /** Goes through our pages and TikTok's, as a person with a browser does. */
  connectShop(account: ShopAccount): Promise<ConnectedShop>;
}

export interface ServiceOptions {
  redisUrl?: string | null;
  /** `apart`: api and worker as two compositions that share nothing but the stores. */
  roles?: 'all' | 'apart';
  environment?: Record<string, string>;
}

/** The product as `main` starts it, in this process, closed at the end of the test. */
export async function startService(t: Test, options: ServiceOptions = {}): Promise<Service> {
  const world = await openServiceWorld(t, { redisUrl: options.redisUrl ?? null });
  const lines: string[] = [];
  const start = async (role: string): Promise<string> => {
    const config = loadConfig({
      ...world.environment,
      LOG_LEVEL: 'debug',
      ROLE: role,
      WORKER_PORT: '0',
      ...options.environment,
    });
    const log = createLogger({
      level: config.logLevel,
      form: 'json',
      destination: { write: (line) => void lines.push(line) },
    });
    const connector: Connector = await compose({ config, log });
    t.teardown(() => connector.close());
    return (await connector.start()).url;
  };
  const url = await start(options.roles === 'apart' ? 'api' : 'all');
  if (options.roles === 'apart') await start('worker');
  world.simulator.control.putApp(demoApp(`${url}/connections/callback`));
  return {
    ...world,
    url,
    lines,
    erp: createErp(url, world.key),
    connectShop: (account) => connectShop({ ...world, url }, account),
  };
}
