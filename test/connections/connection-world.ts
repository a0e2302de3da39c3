import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import { createCompany } from '../../src/companies/company-store.js';
import { claimAuthorization, startAuthorization } from '../../src/connections/authorize.js';
import type { Connection } from '../../src/connections/connection.js';
import { getConnection } from '../../src/connections/connection-store.js';
import type { ConnectionsDeps } from '../../src/connections/connections-deps.js';
import { createConnection } from '../../src/connections/manage-connection.js';
import { exchangeCode, keepConsent, type ConsentOutcome } from '../../src/connections/seller-consent.js';
import { getShops, saveShop } from '../../src/connections/shops.js';
import type { Logger } from '../../src/kernel/log.js';
import {
  DEMO_APP_KEY,
  DEMO_APP_SECRET,
  DEMO_SERVICE_ID,
  startSimulator,
  type Simulator,
} from '../../src/simulator/server.js';
import { openDatabase } from '../../src/store/database.js';
import { createSealer } from '../../src/store/secrets.js';
import { createTikTokClient } from '../../src/tiktok/client.js';
import { hostsFor, type HostSettings } from '../../src/tiktok/hosts.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import { createTokenApi } from '../../src/tiktok/token-api.js';
import type { Clock } from '../../src/kernel/time.js';
import { testDatabaseUrl } from '../support/database.js';
import { somebody } from '../support/actors.js';
import { startLossyProxy, type LossyProxy } from './lossy-proxy.js';

/** Sellers of the simulator's demo. */
export const usSeller = '7010736057180000001';
export const indonesianSeller = '7010736057180000002';
/** Has a local and a cross-border shop. */
export const europeanSeller = '7010736057180000003';

export interface ConnectionWorld {
  deps: ConnectionsDeps;
  /** The same as another process has it: own database connections, nothing shared in memory. */
  anotherProcess(): ConnectionsDeps;
  simulator: Simulator;
  proxy: LossyProxy;
  databaseUrl: string;
  sealingKey: Buffer;
  companyId: number;
  /** Everything that was logged, as text. */
  logged(): string;
  /** Connections that were given flows, in order. */
  flowsFor: number[];
  /** Moves our clock and TikTok's. */
  advance(ms: number): void;
  draft(name?: string, companyId?: number): Promise<Connection>;
  /** Lets a seller consent to a connection, without the browser. */
  consent(connectionId: number, openId: string): Promise<ConsentOutcome>;
  /** A connection that a seller has authorised and that has his first shop. */
  connected(openId: string): Promise<Connection>;
  /** How often TikTok was asked. */
  calls(path: string): number;
}

export const sessionHash = 'hash-of-an-operator-session';

export async function startConnectionWorld(t: Test): Promise<ConnectionWorld> {
  const databaseUrl = await testDatabaseUrl(t);
  const simulator = await startSimulator({ fast: true, seed: 'demo' });
  t.teardown(() => simulator.close());
  const proxy = await startLossyProxy(t, simulator.url);
  let movedMs = 0;
  const clock: Clock = { now: () => new Date(Date.now() + movedMs) };
  const lines: string[] = [];
  const log = collectingLogger(lines);
  const sealingKey = randomBytes(32);
  const sealer = createSealer([{ id: 'test', bytes: sealingKey }]);
  const flowsFor: number[] = [];

  const process = (): ConnectionsDeps => {
    const db = openDatabase({ url: databaseUrl });
    t.teardown(() => db.close());
    const door = createHttpDoor({ clock });
    t.teardown(() => door.close());
    const hostSettings: HostSettings = {
      allowSimulator: true,
      simulatorOrigin: proxy.url,
      simulatorBrowserOrigin: simulator.url,
    };
    const hosts = (environment: 'production' | 'simulator') => hostsFor(environment, hostSettings);
    return {
      db,
      clock,
      log,
      sealer,
      tiktok: {
        client: createTikTokClient({ door, hosts, clock, log }),
        tokenApi: createTokenApi({ door, hosts, log }),
        budget: { take: async () => undefined, throttled: async () => undefined },
        hostSettings,
        apps: {
          simulator: {
            environment: 'simulator',
            appKey: DEMO_APP_KEY,
            appSecret: DEMO_APP_SECRET,
            serviceId: DEMO_SERVICE_ID,
          },
        },
      },
      ensureFlows: async (_tx, { connectionId }) => {
        flowsFor.push(connectionId);
      },
    };
  };

  const deps = process();
  const { id: companyId } = await createCompany(deps.db.prisma, { name: 'Harbor Goods LLC' });
  let drafts = 0;
  const world: ConnectionWorld = {
    deps,
    anotherProcess: process,
    simulator,
    proxy,
    databaseUrl,
    sealingKey,
    companyId,
    flowsFor,
    logged: () => lines.join('\n'),
    advance(ms) {
      movedMs += ms;
      simulator.control.setClock({ advanceSeconds: ms / 1000 });
    },
    draft: (name = `Shop ${++drafts}`, owner = companyId) =>
      createConnection(deps, { by: somebody, companyId: owner, name, baseUrl: simulator.url, isUs: true }),
    async consent(connectionId, openId) {
      const state = await startAuthorization(deps, { connectionId, sessionHash });
      const { code } = simulator.control.authorize({ openId, state });
      const answer = { state, cookieState: state, sessionHash, appKey: DEMO_APP_KEY };
      const claim = await claimAuthorization(deps, answer);
      const grant = await exchangeCode(deps, claim.environment, code);
      return keepConsent(deps, { by: somebody, ...claim, grant });
    },
    async connected(openId) {
      const { id } = await world.draft();
      await world.consent(id, openId);
      const [shop] = await getShops(deps, { connectionId: id });
      await saveShop(deps, { by: somebody, connectionId: id, cipher: shop?.cipher ?? '' });
      return getConnection(deps.db.prisma, { id });
    },
    calls: (path) => simulator.control.requests({ path }).length,
  };
  return world;
}

function collectingLogger(lines: string[]): Logger {
  const write = (fields: object, message?: string): void => {
    lines.push(JSON.stringify({ ...fields, message }));
  };
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  return logger;
}
