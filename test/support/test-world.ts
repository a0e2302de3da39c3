import { productFlows } from '../../src/compose/product-flows.js';
import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import type { ConnectionsDeps } from '../../src/connections/connections-deps.js';
import { recordEvents } from '../../src/documents/document-store.js';
import type { Logger } from '../../src/kernel/log.js';
import type { Clock } from '../../src/kernel/time.js';
import { createHttpDoor, type HttpDoor } from '../../src/outbound/http-door.js';
import {
  DEMO_APP_KEY,
  DEMO_APP_SECRET,
  DEMO_SERVICE_ID,
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/server.js';
import { openDatabase, type Database } from '../../src/store/database.js';
import { createSealer } from '../../src/store/secrets.js';
import { ensureFlows, type FlowHandler } from '../../src/sync/flows/flows.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow, type FlowReport } from '../../src/sync/flows/run-flow.js';
import { createTikTokClient, type CallBudget } from '../../src/tiktok/client.js';
import { hostsFor, type HostSettings } from '../../src/tiktok/hosts.js';
import { createTokenApi } from '../../src/tiktok/token-api.js';
import { testDatabaseUrl } from './database.js';
import { silentLog } from './logs.js';

/** Real time plus what was added: pauses of minutes pass at once, for the connector and for TikTok. */
export interface MovableClock extends Clock {
  advance(ms: number): void;
}

/** A database, a TikTok and a clock that belong together, and connections between them as the product wires them. */
export interface TestWorld {
  simulator: Simulator;
  clock: MovableClock;
  databaseUrl: string;
  db: Database;
  /** Seals tokens; another process needs it to read them. */
  sealingKey: Buffer;
  /** Calls TikTok for `connections`. */
  door: HttpDoor;
  connections: ConnectionsDeps;
  /** The same connections as another process has them: own database connections, nothing shared in memory. */
  anotherProcess(): ConnectionsDeps;
}

/**
 * Which codes TikTok refuses with: the telling ones, or of each call only those that its documents list. Tests that run once
 * more with the second reading set it before they load the others.
 */
export const asDocumented = { isSet: false };

interface TestWorldOptions {
  /** An empty TikTok without pauses when left out. */
  simulator?: SimulatorOptions;
  /** How long a call waits for TikTok's answer; as in the product when left out. */
  answerTimeoutMs?: number;
  log?: Logger;
  /** Stands between the connector and the simulator, such as a proxy that loses answers. @returns its address */
  between?: (simulatorUrl: string) => Promise<string>;
  /** What replaces parts of the connections. */
  parts?: Partial<Pick<ConnectionsDeps, 'ensureFlows'>> & { budget?: CallBudget };
}

/** The ground that a test with a TikTok stands on; everything is closed at the end of the test. */
export async function testWorld(t: Test, options: TestWorldOptions = {}): Promise<TestWorld> {
  const { answerTimeoutMs, log = silentLog, parts = {} } = options;
  const databaseUrl = await testDatabaseUrl(t);
  const simulator = await startSimulator({ fast: true, seed: 'empty', ...options.simulator });
  t.teardown(() => simulator.close());
  if (asDocumented.isSet) simulator.control.setBehaviour({ refusalCodes: 'documented' });
  const origin = (await options.between?.(simulator.url)) ?? simulator.url;
  const clock = movableClock(simulator);
  const sealingKey = randomBytes(32);
  const open = (): { door: HttpDoor; connections: ConnectionsDeps } => {
    const db = openDatabase({ url: databaseUrl });
    t.teardown(() => db.close());
    const door = createHttpDoor({ clock, ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }) });
    t.teardown(() => door.close());
    const tiktok = { simulatorOrigin: origin, simulatorBrowserOrigin: simulator.url };
    return { door, connections: connectionsTo({ db, clock, log, door, key: sealingKey, tiktok, ...parts }) };
  };
  const { door, connections } = open();
  const anotherProcess = (): ConnectionsDeps => open().connections;
  return { simulator, clock, databaseUrl, db: connections.db, sealingKey, door, connections, anotherProcess };
}

/** Grants every call. */
export const noBudget: CallBudget = { take: async () => undefined, throttled: async () => undefined };

/** What the use cases around connections need, with the simulator as TikTok. */
export function connectionsTo(place: {
  db: Database;
  clock: Clock;
  log: Logger;
  door: HttpDoor;
  /** Seals tokens; 32 bytes. */
  key: Buffer;
  tiktok: Pick<HostSettings, 'simulatorOrigin' | 'simulatorBrowserOrigin'>;
  budget?: CallBudget;
  ensureFlows?: ConnectionsDeps['ensureFlows'];
}): ConnectionsDeps {
  const { db, clock, log, door, budget = noBudget } = place;
  const hostSettings: HostSettings = { allowSimulator: true, ...place.tiktok };
  const hosts: Parameters<typeof createTokenApi>[0]['hosts'] = (environment) =>
    hostsFor(environment, hostSettings);
  return {
    db,
    clock,
    log,
    sealer: createSealer([{ id: 'test', bytes: place.key }]),
    tiktok: {
      client: createTikTokClient({ door, hosts, clock, log }),
      tokenApi: createTokenApi({ door, hosts, log }),
      budget,
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
    ensureFlows: place.ensureFlows ?? ((tx, which) => ensureFlows(tx, { ...which, flows: productFlows })),
  };
}

function movableClock({ control }: Simulator): MovableClock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance(ms) {
      offsetMs += ms;
      control.setClock({ advanceSeconds: Math.ceil(ms / 1_000) });
    },
  };
}

/** Runs a flow of a connection as "run now" does. */
export async function runFlowNow(
  { db, clock }: { db: Database; clock: Clock },
  which: { companyId: number; connectionId: number; name: string },
  handlers: ReadonlyMap<string, FlowHandler>,
  stop?: AbortSignal,
): Promise<FlowReport> {
  const { flowId } = await requestRun(db.prisma, { ...which, now: clock.now() });
  return runFlow({ flows: productFlows, db, clock, log: silentLog, recordEvents, handlers }, flowId, stop);
}
