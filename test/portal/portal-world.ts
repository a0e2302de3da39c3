import { documentKinds, orderUseCases } from '../../src/compose/kinds.js';
import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { openShop, type OpenShop } from '../../src/connections/open-shop.js';
import { listCarriers } from '../../src/shipments/list-carriers.js';
import { fileDeps, trialKindsOf } from '../../src/compose/file-deps.js';
import { feedKindsOf } from '../../src/compose/feed-kinds.js';
import { createTurns } from '../../src/imports/import-turns.js';
import { productFlows } from '../../src/compose/product-flows.js';
import { somebody } from '../support/actors.js';
import fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { createOperator } from '../../src/companies/operator-store.js';
import { defaultSessionTimes, startSession } from '../../src/companies/operator-session-store.js';
import { createRefusalTrail } from '../../src/audit/refusal-trail.js';
import { troubleshooting } from '../../src/compose/troubleshooting.js';
import { portalPlugin } from '../../src/portal/portal-plugin.js';
import type { PortalDeps } from '../../src/portal/portal-deps.js';
import { demoApp } from '../../src/simulator/options.js';
import { ensureFlows, listFlows } from '../../src/sync/flows/flows.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { startConnectionWorld, type ConnectionWorld } from '../connections/connection-world.js';
import { createPublicDoor } from '../../src/outbound/public-door.js';
import { createBrowser, type Browser } from '../support/browser.js';

export const operator = { login: 'ada', password: 'a long password' };

export interface PortalWorld extends ConnectionWorld {
  url: string;
  /** Flows for which a worker was woken without being asked for a run. */
  woken: bigint[];
  /** Every page and form, as `GET /connections/:id`. */
  routes: readonly string[];
  /** A browser without a log-in. */
  browser: () => Browser;
  /** A browser in which the operator has logged in (without the slow check of the password). */
  loggedIn(): Promise<Browser>;
}

/** The pages on a port of their own, with the simulator as TikTok and the real due table behind Run now. */
export async function startPortalWorld(t: Test, change: Partial<PortalDeps> = {}): Promise<PortalWorld> {
  const world = await startConnectionWorld(t);
  const { deps } = world;
  const domain = {
    ...deps,
    openShop: ((id, lane, options) => openShop(deps, id, lane, options)) as OpenShop,
    findCancelling,
  };
  const inventory = { ...deps, wakeFlow: async () => undefined, inventoryChanged: async () => undefined };
  let url = 'http://127.0.0.1';
  const woken: bigint[] = [];
  const imports = { ...deps, feedKinds: feedKindsOf(inventory) };
  const kinds = documentKinds(domain);
  const portal: PortalDeps = {
    ...deps,
    ensureFlows: (tx, which) => ensureFlows(tx, { ...which, flows: productFlows }),
    kinds,
    files: fileDeps({ ...deps, kinds, trialKinds: trialKindsOf(domain), imports }),
    ...orderUseCases(domain),
    imports,
    takeTurn: createTurns(),
    uploadLimitBytes: 1_000_000,
    examine: async () => [],
    carriersOf: (record) => listCarriers(domain, record),
    publicUrl: () => url,
    refusals: createRefusalTrail(deps),
    listFlows: (companyId) =>
      listFlows(deps.db.prisma, { flows: productFlows, companyId, now: deps.clock.now() }),
    async runNow({ companyId, connectionId, flow: name }) {
      await requestRun(deps.db.prisma, { companyId, connectionId, name, now: deps.clock.now() });
    },
    wakeFlow: async ({ id }) => void woken.push(id),
    beforeClose: async () => undefined,
    decideEffect: () => Promise.reject(new Error('no effects here')),
    publicDoor: createPublicDoor(),
    listing: {
      products: deps,
      checkProducts: async () => undefined,
      dryRun: () => Promise.reject(new Error('no products here')),
    },
    links: [{ label: 'API description', href: '/docs' }],
    help: troubleshooting,
    ...change,
  };
  const app = fastify();
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url: path }) => {
    for (const each of [method].flat()) if (each !== 'HEAD') routes.push(`${each} ${path}`);
  });
  await app.register(portalPlugin(portal));
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  world.simulator.control.putApp(demoApp(`${url}/connections/callback`));
  const account = await createOperator(deps.db.prisma, { ...operator, by: somebody });
  const browser = (): Browser => createBrowser(url);
  return {
    ...world,
    url,
    woken,
    routes,
    browser,
    async loggedIn() {
      const fresh = browser();
      const at = { now: deps.clock.now(), times: defaultSessionTimes };
      fresh.cookies.set('operator', (await startSession(deps.db.prisma, account, at)).cookie);
      await fresh.get('/connections');
      return fresh;
    },
  };
}
