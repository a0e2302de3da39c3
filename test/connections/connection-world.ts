import type { Test } from 'tap';
import { createCompany } from '../../src/companies/company-store.js';
import { claimAuthorization, startAuthorization } from '../../src/connections/authorize.js';
import type { Connection } from '../../src/connections/connection.js';
import { getConnection } from '../../src/connections/connection-store.js';
import type { ConnectionsDeps } from '../../src/connections/connections-deps.js';
import { createConnection } from '../../src/connections/manage-connection.js';
import { exchangeCode, keepConsent, type ConsentOutcome } from '../../src/connections/seller-consent.js';
import { getShops, saveShop } from '../../src/connections/shops.js';
import { DEMO_APP_KEY, type Simulator } from '../../src/simulator/server.js';
import { somebody } from '../support/actors.js';
import { textLog } from '../support/logs.js';
import { testWorld } from '../support/test-world.js';
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
  const lines: string[] = [];
  const flowsFor: number[] = [];
  let proxy: LossyProxy | undefined;
  const ground = await testWorld(t, {
    simulator: { seed: 'demo' },
    log: textLog(lines),
    between: async (url) => (proxy = await startLossyProxy(t, url)).url,
    parts: { ensureFlows: async (_tx, { connectionId }) => void flowsFor.push(connectionId) },
  });
  const { simulator, databaseUrl, sealingKey, clock, connections: deps } = ground;
  const { id: companyId } = await createCompany(deps.db.prisma, { name: 'Harbor Goods LLC' });
  let drafts = 0;
  const world: ConnectionWorld = {
    deps,
    anotherProcess: () => ground.anotherProcess(),
    simulator,
    proxy: proxy!,
    databaseUrl,
    sealingKey,
    companyId,
    flowsFor,
    logged: () => lines.join('\n'),
    advance: (ms) => clock.advance(ms),
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
