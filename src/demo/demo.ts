import { join } from 'node:path';
import { DEMO_OPERATOR, ensureDemoOperator } from '../companies/operator-store.js';
import { DEMO_KEY, ensureDemoKey } from '../companies/api-key-store.js';
import { createCompany, listCompanies } from '../companies/company-store.js';
import { compose, type Connector } from '../compose.js';
import type { Config } from '../config.js';
import { migrateQueueStore } from '../jobs/queues.js';
import type { Logger } from '../log.js';
import {
  DEMO_APP_KEY,
  DEMO_APP_SECRET,
  DEMO_SERVICE_ID,
  startSimulator,
  type Simulator,
} from '../simulator/server.js';
import { startEmbeddedPostgres } from '../store/embedded-postgres.js';
import { migrate } from '../store/migrate.js';
import { takeDataFolder } from './data-folder.js';
import { checkPortsFree } from './ports.js';
import { postgresFolders } from './postgres-folders.js';

const DEMO_COMPANY = 'Demo seller';
const LOG_IN = `${DEMO_OPERATOR.login} / ${DEMO_OPERATOR.password}`;

export interface DemoOptions {
  config: Config;
  log: Logger;
  /** Gets what has to be closed, in the order of starting. */
  closers: (() => Promise<void>)[];
}

/**
 * Everything in one process group with nothing installed: a real PostgreSQL, the queue on it, API, worker and the
 * simulator. Loopback only, because its key and its log-in are in every README.
 */
export async function startDemo({ config, log, closers }: DemoOptions): Promise<void> {
  if (config.tiktokAppKey !== null) {
    log.warn(
      {},
      'the demo has a real TikTok app: whoever can use this machine can change the shops connected here',
    );
  }
  await checkPortsFree(config.host, [
    { port: config.port, variable: 'PORT', use: 'API and pages' },
    { port: config.simulatorPort, variable: 'SIMULATOR_PORT', use: 'simulator' },
  ]);
  const folder = await takeDataFolder(config.dataDir);
  closers.push(() => folder.release());
  const postgres = await startEmbeddedPostgres(postgresFolders(folder.path));
  closers.push(() => postgres.stop());
  await migrate(postgres.url);
  await migrateQueueStore(postgres.url);
  const publicUrl = config.publicUrl ?? `http://${config.host}:${config.port}`;
  const simulator = await startSimulator({
    host: config.host,
    port: config.simulatorPort,
    stateFile: join(folder.path, 'simulator.json'),
    seed: 'demo',
    redirectUrl: `${publicUrl}/connections/callback`,
    allowedHosts: config.allowedHosts,
  });
  closers.push(() => simulator.close());
  const connector = await compose({
    config: demoConfig(config, { databaseUrl: postgres.url, simulator }),
    log,
    portal: {
      loginHint: `This is the demo: log in with ${LOG_IN}.`,
      links: [
        { label: 'TikTok Shop simulator', href: simulator.url, note: 'accounts, orders, what it received' },
      ],
    },
  });
  closers.push(() => connector.close());
  await createDemoAccounts(connector);
  const { url } = await connector.start();
  process.stdout.write(
    banner({ url, simulator: simulator.url, folder: postgres.folder, adopted: postgres.adopted }),
  );
}

function demoConfig(config: Config, started: { databaseUrl: string; simulator: Simulator }): Config {
  return {
    ...config,
    databaseUrl: started.databaseUrl,
    simulatorUrl: started.simulator.url,
    simulatorAppKey: config.simulatorAppKey ?? DEMO_APP_KEY,
    simulatorAppSecret: config.simulatorAppSecret ?? DEMO_APP_SECRET,
    simulatorServiceId: config.simulatorServiceId ?? DEMO_SERVICE_ID,
  };
}

/** Made once; the second start finds them. */
async function createDemoAccounts({ db, clock }: Connector): Promise<void> {
  await db.transaction(async (tx) => {
    const companies = await listCompanies(tx);
    const company =
      companies.find((candidate) => candidate.name === DEMO_COMPANY) ??
      (await createCompany(tx, { name: DEMO_COMPANY }));
    await ensureDemoKey(tx, { companyId: company.id, now: clock.now() });
    await ensureDemoOperator(tx);
  });
}

function banner(facts: { url: string; simulator: string; folder: string; adopted: boolean }): string {
  const found = facts.adopted ? ' (taken over from a start that was killed)' : '';
  return `
  TikTok Shop connector, demo: reachable from this machine only.

    Pages and API    ${facts.url}        log in: ${LOG_IN}
    API description  ${facts.url}/docs
    Simulator        ${facts.simulator}        TikTok's side: accounts, orders, what it received
    Data             ${facts.folder}${found}

  Connect a shop on ${facts.url} (Base URL: Simulator), run the order pull, then:

    curl '${facts.url}/api/v3/Orders/Ready?subscription-key=${DEMO_KEY}'

  Ctrl-C ends everything; the next start goes on with the same data.

`;
}
