import { join } from 'node:path';
import { DEMO_OPERATOR, ensureDemoOperator } from '../companies/operator-store.js';
import { DEMO_KEY, ensureDemoKey } from '../companies/api-key-store.js';
import { createCompany, listCompanies } from '../companies/company-store.js';
import type { Boot } from '../compose/boot.js';
import { compose, type Connector } from '../compose/compose.js';
import type { ComposeOptions } from '../compose/parts.js';
import type { Config } from '../config/config.js';
import { migrateQueueStore } from '../jobs/queues.js';
import type { Logger } from '../kernel/log.js';
import { startSimulator, type Simulator } from '../simulator/server.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { migrate } from '../store/migrate.js';
import { takeDataFolder } from './data-folder.js';
import { startDemoPacker } from './demo-packer.js';
import { DEMO_STORE, startDemoShopify } from './demo-shopify.js';
import { checkPortsFree } from './ports.js';
import { postgresFolders } from './postgres-folders.js';

const DEMO_COMPANY = 'Demo seller';
const LOG_IN = `${DEMO_OPERATOR.login} / ${DEMO_OPERATOR.password}`;

interface DemoOptions {
  config: Config;
  log: Logger;
  boot: Boot;
}

/**
 * Everything in one process group with nothing installed: a real PostgreSQL, the queue on it, API, worker and the
 * simulator. Loopback only, because its key and its log-in are in every README.
 */
export async function startDemo({ config, log, boot }: DemoOptions): Promise<void> {
  if (config.tiktokAppKey !== null) {
    log.warn(
      {},
      'the demo has a real TikTok app: every user of this machine can change the shops connected here',
    );
  }
  await checkPortsFree(config.host, [
    { port: config.port, variable: 'PORT', use: 'API and pages' },
    { port: config.simulatorPort, variable: 'SIMULATOR_PORT', use: 'simulator' },
  ]);
  const folder = await boot.hold(
    () => takeDataFolder(config.dataDir),
    (taken) => taken.release(),
  );
  const postgres = await boot.hold(
    () => startEmbeddedPostgres({ ...postgresFolders(folder.path), stop: boot.stop }),
    (server) => server.stop(),
  );
  // A server that is stopped meanwhile breaks these off; the next start goes on with them.
  await migrate(postgres.url);
  await migrateQueueStore(postgres.url);
  const publicUrl = config.publicUrl ?? `http://${config.host}:${config.port}`;
  const simulatorOptions = {
    host: config.host,
    port: config.simulatorPort,
    stateFile: join(folder.path, 'simulator.json'),
    seed: 'demo',
    redirectUrl: `${publicUrl}/connections/callback`,
    allowedHosts: config.allowedHosts,
  } as const;
  const simulator = await boot.hold(
    () => startSimulator(simulatorOptions),
    (started) => started.close(),
  );
  const shopify = config.demoShopify ? await boot.hold(startDemoShopify, (started) => started.close()) : null;
  const connectorOptions: ComposeOptions = {
    config: {
      ...demoConfig(config, { databaseUrl: postgres.url, simulator }),
      ...(shopify && { shopifyUrl: shopify.url }),
    },
    log,
    portal: {
      loginHint: `This is the demo: log in with ${LOG_IN}.`,
      links: [
        { label: 'TikTok Shop simulator', href: simulator.url, note: 'accounts, orders, what it received' },
      ],
    },
  };
  const connector = await boot.hold(
    () => compose(connectorOptions),
    (composed) => composed.close(),
  );
  await createDemoAccounts(connector);
  const { url } = await connector.start();
  if (config.demoShipStation)
    await boot.hold(
      () => startDemoPacker(connector, { url, log }),
      (packer) => packer.stop(),
    );
  process.stdout.write(
    banner({ url, simulator: simulator.url, folder: postgres.folder, adopted: postgres.adopted }),
  );
  if (shopify)
    process.stdout.write(
      `    Shopify          ${shopify.url}        ${DEMO_STORE.domain}, token ${DEMO_STORE.token}, client secret ${DEMO_STORE.secret}\n`,
    );
}

function demoConfig(config: Config, started: { databaseUrl: string; simulator: Simulator }): Config {
  return { ...config, databaseUrl: started.databaseUrl, simulatorUrl: started.simulator.url };
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

  Connect a shop on ${facts.url} (Base URL: the simulator's, as the page has it); its orders come by themselves, then:

    curl '${facts.url}/api/v3/Orders/Ready?subscription-key=${DEMO_KEY}'

  Ctrl-C ends everything; the next start goes on with the same data.

`;
}
